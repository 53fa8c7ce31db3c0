"""What a caller hands in by file or on stdin: bounded, regular, strict JSON."""

from __future__ import annotations

import os
import stat

from evt.eventlog.errors import InvalidInput, TooLarge, Usage
from evt.eventlog.rawjson import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BYTES_MAX = 16 << 20


def read(path: str) -> bytes:
    """All bytes of a file, or of stdin for `-`; raises Usage or TooLarge."""
    if path == "-":
        return _all(0, "stdin")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise Usage(f"{path} cannot be read: {error.strerror}") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Usage(f"{path} is not a regular file (use - to read from stdin)")
        return _all(descriptor, path)
    finally:
        os.close(descriptor)


def _all(descriptor: int, name: str) -> bytes:
    parts, size = [], 0
    try:
        while part := os.read(descriptor, 1 << 16):
            parts.append(part)
            size += len(part)
            if size > BYTES_MAX:
                raise TooLarge(f"{name} has more than 16 MiB")
    except OSError as error:
        raise Usage(f"{name} cannot be read: {error.strerror}") from None
    return b"".join(parts)


def read_json(path: str) -> Any:
    """The JSON in a file or on stdin; raises InvalidInput that names the file."""
    try:
        return loads(read(path))
    except InvalidInput as error:
        name = "stdin" if path == "-" else path
        error.message = f"{name}: {error.message}"
        raise


def given_json(text: str, flag: str) -> Any:
    """`JSON`, `-` (stdin) or `@FILE` as a value; raises InvalidInput or Usage."""
    if text == "-" or text[:1] == "@":
        return read_json(text if text == "-" else text[1:])
    try:
        return loads(text)
    except InvalidInput as error:
        raise InvalidInput(f"{flag}: {error.message}", error.hint) from None


def proposal(path: str, details: Any) -> dict[str, Any]:
    """The details of a question with the plan in a file added to them."""
    if details is not None and not isinstance(details, dict):
        raise InvalidInput("--propose needs --details to be an object, or none")
    return {**(details or {}), "propose": read_json(path), "proposeFile": path}
