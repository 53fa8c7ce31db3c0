"""A moment of the log as people say it: a sequence, or a time."""

from __future__ import annotations

from evt.eventlog.clock import us
from evt.eventlog.errors import Damaged, InvalidInput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.log.filelog import FileLog


def sequence_of(log: FileLog, text: str | None, *, start: bool) -> int | None:
    """The sequence meant: of the first event at or after a time (`start`), or the last up to it.

    A time may lack its end: `2026-11-22T20:32` is its beginning; a day is its midnight, all UTC.
    """
    if text is None:
        return None
    if text.isascii() and text.isdecimal() and len(text) <= 16:
        return int(text)
    moment = us(_completed(text))
    low, high = 1, log.head().sequence + 1
    while low < high:  # times in a log never run back
        middle = (low + high) // 2
        time = _time(log, middle)
        if time > moment or (start and time == moment):
            high = middle
        else:
            low = middle + 1
    return low if start else low - 1


def _time(log: FileLog, sequence: int) -> int:
    try:
        return us(log.stored(sequence).time)
    except (InvalidInput, LookupError):
        raise Damaged(f"event {sequence} cannot be read", "evt verify") from None


def _completed(text: str) -> str:
    shape = "0000-00-00T00:00:00Z"
    body = text.removesuffix("Z").replace(" ", "T")
    if len(body) in (10, 13, 16):
        return body + shape[len(body) :]
    if len(body) >= 19 and text[-1:] != "Z" and body[19:20] in ("", ".") and "+" not in body:
        return body + "Z"
    if len(body) < 10:
        raise InvalidInput(
            f"{text[:40]!r} is neither a sequence nor a time",
            "17 is a sequence, 2026-11-22T20:32 a time (UTC)",
        )
    return text.replace(" ", "T")
