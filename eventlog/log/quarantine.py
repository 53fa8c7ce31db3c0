"""Torn tails are kept and recorded, whatever dies in between: keep, note, cut, record, forget.

The note (`quarantine/pending`) lists what is cut but perhaps not recorded yet; whoever writes next
goes on where the last one stopped.
"""

from __future__ import annotations

import os

from evt.eventlog.digest import sha256_hex
from evt.eventlog.errors import InvalidInput, LogIO
from evt.eventlog.ids import event_id, new_seed
from evt.eventlog.log import syscalls
from evt.eventlog.log.layout import read_file, write_file
from evt.eventlog.rawjson import dumps, loads_tolerant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.log.layout import Layout
    from evt.eventlog.log.reader import Position


def pending(layout: Layout) -> list[dict[str, Any]]:
    """`[{"id","data"}]`: the TailQuarantined events that may still have to be appended."""
    try:
        text = read_file(layout.path("quarantine", "pending"))
    except OSError:
        return []
    try:
        noted: list[dict[str, Any]] = loads_tolerant(text)["pending"]
    except (
        InvalidInput,
        KeyError,
        TypeError,
    ):  # a note is renamed into place whole; another's bytes are none of ours
        return []
    return noted


def cut(layout: Layout, position: Position, tail: bytes) -> None:
    """Keep the bytes behind the position, note them, and cut them off; raises LogIO."""
    digest = sha256_hex(tail)
    name = f"{position.sequence + 1:016d}-{digest[:16]}.bin"
    data = {"file": name, "offset": position.offset, "bytes": len(tail), "sha256": digest}
    try:
        os.makedirs(layout.path("quarantine"), mode=0o700, exist_ok=True)
        write_file(layout.path("quarantine", name), tail)
        noted = pending(layout)
        if data not in [one["data"] for one in noted]:
            noted.append({"id": event_id(new_seed()), "data": data})
            write_file(layout.path("quarantine", "pending"), dumps({"pending": noted}) + b"\n")
        descriptor = syscalls.open(layout.segment(position.segment), os.O_RDWR | os.O_CLOEXEC)
        try:
            syscalls.truncate(descriptor, position.offset)
            syscalls.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise LogIO(
            f"a torn tail cannot be kept: {error.strerror}; nothing stored",
            "free some space or repair the disk, then run the same command again",
        ) from None


def forget(layout: Layout) -> None:
    """All that was pending is recorded; a note that cannot be removed is found recorded again."""
    try:
        syscalls.unlink(layout.path("quarantine", "pending"))
    except OSError:
        pass
