"""What a check says, and the limits that keep it readable: a finding is a small dict.

{verdict, message, path?, line?, tail?}; the gate adds `check`. A message says what was found, where
it is and what would pass, in at most 500 bytes.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Finding = dict[str, Any]

MESSAGE_BYTES, TAIL_BYTES, RESULTS_MAX = 500, 4096, 200
_QUOTE_MAX = 80


def failed(
    message: str, path: str | None = None, line: int | None = None, tail: str | None = None
) -> Finding:
    """The content does not pass."""
    return _finding("failed", message, path, line, tail)


def passed(message: str, path: str | None = None) -> Finding:
    """Says what was found good; the gate joins these into the one result of the check."""
    return _finding("passed", message, path, None, None)


def manual(message: str, path: str | None = None) -> Finding:
    """A program cannot tell: the worker has to look and attest."""
    return _finding("manual", message, path, None, None)


def error(message: str, path: str | None = None, tail: str | None = None) -> Finding:
    """The check could not be made, and that is not the fault of the content."""
    return _finding("error", message, path, None, tail)


def untrusted(message: str) -> Finding:
    """A command that the engineer has not approved was not run."""
    return _finding("untrusted", message, None, None, None)


def _finding(
    verdict: str, message: str, path: str | None, line: int | None, tail: str | None
) -> Finding:
    found: Finding = {"verdict": verdict, "message": message}
    if path is not None:
        found["path"] = path
    if line is not None:
        found["line"] = line
    if tail:
        found["tail"] = tail
    return found


def cut(text: str, most_bytes: int = MESSAGE_BYTES) -> str:
    """The beginning of a text that fits into so many bytes of UTF-8."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= most_bytes:
        return raw.decode()
    return raw[: most_bytes - 3].decode("utf-8", "ignore") + "…"


def cut_front(text: str, most_bytes: int = TAIL_BYTES) -> str:
    """The end of a text that fits into so many bytes of UTF-8."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= most_bytes:
        return raw.decode()
    return "…" + raw[len(raw) - most_bytes + 3 :].decode("utf-8", "ignore")


def quote(text: str) -> str:
    """A short piece of content inside a message, on one line."""
    flat = " ".join(text.split())
    return f'"{flat[: _QUOTE_MAX - 1]}…"' if len(flat) > _QUOTE_MAX else f'"{flat}"'


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 file`, `3 files`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
