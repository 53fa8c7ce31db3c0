"""Sets of moments as sorted, disjoint [from, to) in microseconds, so that durations add up."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Interval = tuple[int, int]
    Intervals = list[Interval]


def union(pieces: Iterable[Interval]) -> Intervals:
    """The moments in any of the pieces, which may come in any order and meet."""
    found: Intervals = []
    for start, end in sorted(pieces):
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        elif end > start:
            found.append((start, end))
    return found


def clip(pieces: Intervals, low: int, high: int) -> Intervals:
    """The part of a set between two moments."""
    first = bisect_right(pieces, low, key=_end)
    found = pieces[first : bisect_left(pieces, high, lo=first, key=_start)]
    if found:
        found[0] = (max(found[0][0], low), found[0][1])
        found[-1] = (found[-1][0], min(found[-1][1], high))
    return found


def without(pieces: Intervals, holes: Intervals) -> Intervals:
    """The part of a set that is in none of the holes."""
    found, at = [], 0
    for start, end in pieces:
        while at < len(holes) and holes[at][1] <= start:
            at += 1
        hole = at
        while hole < len(holes) and holes[hole][0] < end:
            if holes[hole][0] > start:
                found.append((start, holes[hole][0]))
            start = holes[hole][1]
            hole += 1
        if start < end:
            found.append((start, end))
    return found


def common(pieces: Intervals, others: Intervals) -> Intervals:
    """The moments in both sets."""
    found, at = [], 0
    for start, end in pieces:
        while at < len(others) and others[at][1] <= start:
            at += 1
        other = at
        while other < len(others) and others[other][0] < end:
            found.append((max(start, others[other][0]), min(end, others[other][1])))
            other += 1
    return found


def length(pieces: Intervals) -> int:
    """Microseconds in a set."""
    return sum(end - start for start, end in pieces)


def _start(piece: Interval) -> int:
    return piece[0]


def _end(piece: Interval) -> int:
    return piece[1]
