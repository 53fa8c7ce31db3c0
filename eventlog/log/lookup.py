"""Finding one stored line: by sequence (binary search in its segment) or by event id (a scan).

Of a long log only the end is scanned: what is older is in the index (`cache/idindex.py`).
"""

from __future__ import annotations

import os
from bisect import bisect_right

from evt.eventlog.digest import sha256_hex
from evt.eventlog.errors import InvalidInput
from evt.eventlog.line import LINE_MAX, decode
from evt.eventlog.log.layout import no_log
from evt.eventlog.log.reader import Line, Position, damaged, read_back
from evt.eventlog.rawjson import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.log.layout import Layout

_SOURCE = b'"source":'
_SEQUENCE = b'"sequence":"'
_STEP = 64 << 10
_BLOCK = 8 << 20
_HEAD = 4096  # bytes of a line in which its sequence is found


def segment_of(layout: Layout, sequence: int) -> int:
    """First sequence of the segment that holds, or would hold, this sequence."""
    segments = layout.segments()
    if not segments:
        raise no_log(layout.folder)
    return segments[max(0, bisect_right(segments, sequence) - 1)]


def position_at(layout: Layout, sequence: int) -> Position:
    """A position from which this sequence is among the next lines; a batch stays whole."""
    segment = segment_of(layout, max(1, sequence))
    descriptor = os.open(layout.segment(segment), os.O_RDONLY | os.O_CLOEXEC)
    try:
        low, high = 0, os.fstat(descriptor).st_size
        while high - low > _STEP:
            middle = (low + high) // 2
            found = _line_after(descriptor, middle)
            if found is None or found[1] > sequence:
                high = middle
            else:
                low = found[0]
        return _batch_start(descriptor, segment, low)
    finally:
        os.close(descriptor)


def _line_after(descriptor: int, offset: int) -> tuple[int, int] | None:
    """(offset, sequence) of the first whole line that begins after an offset."""
    text = os.pread(descriptor, _STEP, offset)
    while (start := text.find(b"\n") + 1) == 0 and len(text) <= LINE_MAX:
        more = os.pread(descriptor, LINE_MAX, offset + len(text))
        if not more:
            return None
        text += more
    sequence = _sequence(text[start:])
    if sequence is None:
        sequence = _sequence(os.pread(descriptor, _HEAD, offset + start))
    return None if sequence is None else (offset + start, sequence)


def _sequence(text: bytes) -> int | None:
    at = text.find(_SEQUENCE)
    digits = text[at + len(_SEQUENCE) :][:16]
    return int(digits) if at >= 0 and digits.isdigit() and len(digits) == 16 else None


def _batch_start(descriptor: int, segment: int, offset: int) -> Position:
    """The position before the batch that the line at this offset is in."""
    text = os.pread(descriptor, LINE_MAX + 1, offset)
    raw = text[: text.find(b"\n")]
    try:
        event = decode(raw) if offset else None
    except InvalidInput:
        event = None
    if event is None:
        return Position(segment - 1, "", segment, 0)
    back = int(event.batch.partition("/")[0]) - 1 if event.batch else 0
    while back:
        offset = _line_before(descriptor, offset)
        back -= 1
        event.sequence -= 1
    return Position(event.sequence - 1, "", segment, offset)


def _line_before(descriptor: int, offset: int) -> int:
    """Where the line that ends at this offset begins."""
    step = _STEP
    while True:
        start = max(0, offset - step)
        found = os.pread(descriptor, offset - 1 - start, start).rfind(b"\n")
        if found >= 0 or start == 0:
            return start + found + 1
        step *= 4


def line_at(layout: Layout, sequence: int) -> Line:
    """The line with this sequence; LookupError if there is none."""
    position = position_at(layout, sequence)
    with open(layout.segment(position.segment), "rb") as file:
        file.seek(position.offset)
        for text in file:
            if not text.endswith(b"\n"):
                break
            found = _sequence(text)
            if found is not None and found >= sequence:
                if found > sequence:
                    break
                return Line(text[:-1], decode(text[:-1]))
    raise LookupError(sequence)


def seen(layout: Layout, event_id: str, since: tuple[int, int] = (1, 0)) -> int | None:
    """Sequence of the event with this id, newest segments first: what is asked for is recent.

    Lines before `since`, a segment and the offset of a line in it, are passed over.
    """
    key = b'{"specversion":"1.0","id":"' + event_id.encode() + b'",'
    for segment in reversed(layout.segments()):
        if segment < since[0]:
            break
        least = since[1] if segment == since[0] else 0
        with open(layout.segment(segment), "rb") as file:
            end = os.fstat(file.fileno()).st_size
            while end > least:
                start = max(least, end - _BLOCK)
                found = _line_with(file.fileno(), key, start, end)
                if found is not None:
                    return _sequence(os.pread(file.fileno(), _HEAD, found))
                end = start
    return None


def _line_with(descriptor: int, key: bytes, start: int, end: int) -> int | None:
    """Offset of the last line that begins in [start, end) and with this key."""
    before = 1 if start else 0
    text = os.pread(descriptor, end - start + before + len(key), start - before)
    found = text.rfind(b"\n" + key)
    if found >= 0:
        return start - before + found + 1
    return 0 if start == 0 and text.startswith(key) else None


def must_be_own(layout: Layout) -> None:
    """Raise Damaged if the first line is of another log than config.json speaks of."""
    descriptor = os.open(layout.segment(1), os.O_RDONLY | os.O_CLOEXEC)
    try:
        text = os.pread(descriptor, _HEAD, 0)
    finally:
        os.close(descriptor)
    start = text.find(_SOURCE)
    own = quoted(f"/evt/{layout.log_id}").encode()
    if start >= 0 and not text.startswith(own, start + len(_SOURCE)):
        raise damaged(layout, Position(), f"its source is not {own.decode()} of config.json")


def is_sealed(layout: Layout, position: Position) -> bool:
    """Whether the last line before a position ends its segment."""
    last = read_back(layout, position, 2048).split(b"\n")[-2]
    return b'"type":"SegmentSealed"' in last


def chain_holds(layout: Layout, position: Position, size: int) -> bool:
    """Whether the lines in so many bytes before a position lead to its hash."""
    if position.offset == 0:
        return True
    last = None
    for raw in read_back(layout, position, size).split(b"\n")[:-1]:
        if last is not None and f'"prevhash":"{last}"'.encode() not in raw:
            return False
        last = sha256_hex(raw)
    return last == position.hash
