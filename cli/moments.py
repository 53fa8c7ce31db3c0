"""A moment of the log as people say it: a sequence, or a time."""

from __future__ import annotations

from evt.eventlog.clock import us
from evt.eventlog.errors import InvalidInput

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
    found = 0
    for line in log.read(0):  # times in a log never run back
        if us(line.event.time) > moment or (start and us(line.event.time) == moment):
            return line.event.sequence if start else found
        found = line.event.sequence
    return found + 1 if start else found


def _completed(text: str) -> str:
    shape = "0000-00-00T00:00:00Z"
    body = text.removesuffix("Z").replace(" ", "T")
    if len(body) in (10, 13, 16):
        return body + shape[len(body) :]
    if len(body) >= 19 and text[-1:] != "Z" and body[19:20] in ("", ".") and "+" not in body:
        return body + "Z"
    if len(body) < 10:
        raise InvalidInput(f"{text!r} is neither a sequence nor a time", "--at 2026-11-22T20:32")
    return text.replace(" ", "T")
