"""The arithmetic that figures have in common."""

from __future__ import annotations

import gc
from contextlib import contextmanager

from evt.eventlog.catalog import SECOND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EVIDENCE_MAX = 100  # sequences named per figure, the latest ones


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looking for cycles meanwhile: views have none, and a long log makes many objects."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def seconds(us: int) -> float:
    """Microseconds as seconds, all of them."""
    return us / SECOND


def seconds_or_none(us: int | None) -> float | None:
    """The same, where there may be nothing."""
    return None if us is None else us / SECOND


def ratio(above: float, below: float | None) -> float | None:
    """A quotient; None if there is nothing to divide by."""
    return above / below if below else None


def evidence(sequences: Iterable[int]) -> list[int]:
    """The latest of these sequences, in order, each once."""
    return sorted(set(sequences))[-EVIDENCE_MAX:]


def nearest_rank(values: Iterable[int], percent: int) -> int:
    """The smallest of the (not no) values that so many percent of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(1, -(-len(ordered) * percent // 100)) - 1]
