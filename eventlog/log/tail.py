"""What lies behind the last complete batch: nothing, a torn tail, or corruption.

A torn tail is what a killed or interrupted writer leaves: an unfinished batch, half a line, NULs,
bytes that do not parse. If a whole batch is in there, or a whole line of JSON that is no event,
something else happened, and nothing is cut.
"""

from __future__ import annotations

from evt.eventlog.errors import InvalidInput
from evt.eventlog.line import decode
from evt.eventlog.rawjson import loads_tolerant

TAIL_MAX = 16 << 20


def corruption(tail: bytes, problem: str | None) -> str | None:
    """The reason why the tail is not merely torn, None if it is."""
    if len(tail) > TAIL_MAX:
        return problem or "more than 16 MiB that are not a batch"
    wanted = 1
    for raw in tail.split(b"\n")[:-1]:
        try:
            batch = decode(raw).batch or "1/1"
            number, total = (int(part) for part in batch.split("/"))
        except (InvalidInput, ValueError, TypeError, AttributeError):
            if _parses(raw):
                return problem or "a whole line that is no event"
            wanted = 1
            continue
        if number == 1:
            wanted = 1
        if number != wanted:
            continue
        if number == total:
            return problem or "a whole batch stands behind bytes that are not one"
        wanted += 1
    return None


def _parses(raw: bytes) -> bool:
    """Whether the line is JSON: no writer of this log was torn off in it."""
    try:
        loads_tolerant(raw)
    except (InvalidInput, ValueError):
        return False
    return True
