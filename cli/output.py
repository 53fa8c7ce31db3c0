"""What evt prints: data on stdout, messages on stderr, nothing that a terminal would obey.

Bytes are written to the descriptors themselves: a receipt that could not be written is an error,
whatever the locale, and half a buffer is never lost at exit.
"""

from __future__ import annotations

import errno
import fcntl
import os

from evt.eventlog.errors import EvtError
from evt.eventlog.obeyed import IN_JSON, WRITTEN_OUT
from evt.eventlog.rawjson import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TAIL_LINES, TAIL_WIDTH = 10, 200
_IN_TEXT = {**WRITTEN_OUT, 0x09: "\t", 0x0A: "\n"}


class OutputGone(Exception):
    """Stdout cannot be written: `why`, what is `done` all the same, `broken`: its reader left."""

    def __init__(
        self, why: str, done: str = "what was done stays done", broken: bool = False
    ) -> None:
        super().__init__(why)
        self.why = why
        self.done = done
        self.broken = broken


def safe(text: str) -> str:
    """The text with everything that a terminal would obey made visible; tab and newline stay."""
    return text if text.isascii() and text.isprintable() else text.translate(_IN_TEXT)


def one_line(text: str, width: int = 0) -> str:
    """The text in one line, cut to `width` characters if that is given."""
    line = " ".join(safe(text).split())
    return line if not width or len(line) <= width else line[: max(1, width - 3)] + "..."


def json_bytes(value: Any) -> bytes:
    """One JSON document in one line; what a terminal would obey is escaped."""
    return json_line(dumps(value))


def json_line(text: bytes) -> bytes:
    """JSON that says the same, with what a terminal would obey escaped."""
    plain = text.isascii() and b"\x7f" not in text
    return text if plain else text.decode().translate(IN_JSON).encode()


def write(text: bytes, descriptor: int = 1) -> None:
    """All bytes to a descriptor; raises OutputGone if nobody reads or nothing can be written."""
    done = 0
    while done < len(text):
        try:
            done += os.write(descriptor, text[done:] if done else text)
        except InterruptedError:
            continue
        except BlockingIOError:
            _until_writable(descriptor)
        except OSError as error:
            why = "it is closed" if error.errno == errno.EBADF else error.strerror or str(error)
            raise OutputGone(why, broken=error.errno == errno.EPIPE) from None


def _until_writable(descriptor: int) -> None:
    import select

    select.select([], [descriptor], [])


def say(text: str) -> None:
    """Text for people on stdout, made safe, with a newline."""
    write((safe(text) + "\n").encode("utf-8", "replace"))


def say_json(value: Any) -> None:
    """One document on stdout."""
    write(json_bytes(value) + b"\n")


def tell(text: str) -> None:
    """A message on stderr; one that cannot be written is lost, nothing else."""
    try:
        write((safe(text) + "\n").encode("utf-8", "replace"), 2)
    except OutputGone:
        pass


def reader_is_there(descriptor: int = 1) -> bool:
    """Whether what is written to the descriptor can still reach somebody."""
    import select

    try:
        if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            return False
        poll = select.poll()
        poll.register(descriptor, 0)
        return not any(
            event & (select.POLLERR | select.POLLNVAL | select.POLLHUP) for _, event in poll.poll(0)
        )
    except OSError:
        return False


def width() -> int:
    """Columns to print in: COLUMNS, else the terminal's, else 80."""
    try:
        return max(40, int(os.environ.get("COLUMNS", "")))
    except ValueError:
        pass
    try:
        return max(40, os.get_terminal_size(1).columns or 80)
    except OSError:
        return 80


def error_document(error: EvtError) -> dict[str, Any]:
    """The one document of a call that failed; keys that do not apply are left out."""
    body: dict[str, Any] = {"exit": error.exit, "code": error.code, "message": error.message}
    if error.hint:
        body["hint"] = error.hint
    body |= {key: value for key, value in error.facts.items() if value is not None}
    return {"error": body}


def tell_error(error: EvtError) -> None:
    """What failed, the findings, and the next call, in words on stderr."""
    tell("evt: " + error_words(error))


def error_words(error: EvtError) -> str:
    """What failed, the findings, and the next call, a line each."""
    lines = [error.message]
    for result in error.facts.get("results", ()):
        if result["verdict"] != "passed":
            known = result["message"] in error.message
            lines += [] if known else ["  " + finding(result)]
            lines += tail_lines(result)
    if error.hint:
        lines.append(f"next: {error.hint}")
    return "\n".join(line.replace("\n", " ") for line in lines)


def finding(result: dict[str, Any]) -> str:
    """One result of the gate in a line."""
    where = result.get("path", "")
    if where and "line" in result:
        where += f":{result['line']}"
    place = f" ({where})" if where and where not in result["message"] else ""
    return f"{result['verdict']} {result['check']}: {result['message']}{place}"


def tail_lines(result: dict[str, Any]) -> list[str]:
    """The last lines that a command printed, made safe and cut: why it failed."""
    printed = result.get("tail", "").replace("\r", "\n").split("\n")
    shown = [line.rstrip() for line in printed if line.strip()][-TAIL_LINES:]
    return ["    | " + safe(line)[:TAIL_WIDTH] for line in shown]
