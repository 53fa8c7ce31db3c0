"""The one writer: every byte of the log is appended here, under the lock.

encode -> one write -> fdatasync -> receipt. A failed write is cut off again: no reader was shown an
incomplete batch. A failed sync is never retried (the kernel may have dropped the pages): the log is
marked poisoned and nothing is cut.
"""

from __future__ import annotations

import os
from errno import EIO

from evt.eventlog.clock import iso
from evt.eventlog.digest import sha256_hex
from evt.eventlog.errors import LogIO, TooLarge
from evt.eventlog.ids import event_id, new_seed
from evt.eventlog.line import Event, encode
from evt.eventlog.log import syscalls
from evt.eventlog.log.layout import sync_folder, write_file
from evt.eventlog.log.reader import BATCH_BYTES, BATCH_MAX, damaged
from evt.eventlog.rawjson import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.log.layout import Layout
    from evt.eventlog.log.reader import Position
    from evt.eventlog.state import State


class Receipt:
    """Proof that an event is stored: its sequence and the hash of its line."""

    __slots__ = ("hash", "id", "sequence", "subject", "time", "type")

    def __init__(self, event: Event, hash: str) -> None:
        self.sequence = event.sequence
        self.hash = hash
        self.id = event.id
        self.time = event.time
        self.type = event.type
        self.subject = event.subject

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {key: getattr(self, key) for key in
                ("sequence", "hash", "id", "time", "type", "subject")}  # fmt: skip


def system_event(state: State, type: str, data: dict[str, Any], now_us: int) -> Event:
    """An event that the log itself writes, stamped."""
    event = Event(
        event_id(new_seed()), type, "evt", data,
        subject="log", correlationid=state.head["project"],
    )  # fmt: skip
    now = iso(now_us)
    event.time = max(state.time, now)
    if event.time != now:
        event.recordedtime = now
    return event


def append(layout: Layout, position: Position, events: list[Event]) -> list[Receipt]:
    """Append one batch at the position, which moves behind it; receipts once it is on the disk.

    Raises TooLarge, LogIO (nothing stored), LogIO (may be stored: poisoned), Damaged.
    """
    if not events:
        return []
    text, receipts = _encoded(layout, position, events)
    try:
        descriptor = syscalls.open(
            layout.segment(position.segment), os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
        )
    except OSError as error:
        raise _not_stored(error) from None
    try:
        if os.fstat(descriptor).st_size != position.offset:
            raise damaged(layout, position, "bytes were written past the lock")
        _write(descriptor, text, position.offset)
        try:
            syscalls.sync_data(descriptor)
        except OSError as error:
            raise _poisoned(layout, receipts, error) from None
    finally:
        os.close(descriptor)
    last = text[text.rfind(b"\n", 0, -1) + 1 : -1]
    position.advance(receipts[-1].sequence, last, len(text))
    return receipts


def _encoded(
    layout: Layout, position: Position, events: list[Event]
) -> tuple[bytes, list[Receipt]]:
    count = len(events)
    if count > BATCH_MAX:
        raise TooLarge(f"{count} events are more than a batch of {BATCH_MAX} can hold")
    lines, receipts, last = [], [], position.hash
    for number, event in enumerate(events, 1):
        event.sequence = position.sequence + number
        event.batch = f"{number}/{count}" if count > 1 else None
        raw = encode(event, layout.log_id, last)
        last = sha256_hex(raw)
        lines.append(raw)
        receipts.append(Receipt(event, last))
    lines.append(b"")
    text = b"\n".join(lines)
    if len(text) > BATCH_BYTES:
        raise TooLarge(f"{len(text)} bytes are more than a batch of 16 MiB can hold")
    return text, receipts


def _write(descriptor: int, text: bytes, start: int) -> None:
    """All bytes, or none: what was written of an unfinished batch is cut off again."""
    done = 0
    try:
        while done < len(text):
            try:
                written = syscalls.write(descriptor, text[done:] if done else text)
            except InterruptedError:
                continue
            if written == 0:
                raise OSError(EIO, "nothing was written")
            done += written
    except BaseException as error:
        if done < len(text):
            try:
                syscalls.truncate(descriptor, start)
            except OSError:
                pass  # what is left is a torn tail, which the next writer puts into quarantine
        if isinstance(error, OSError):
            raise _not_stored(error) from None
        raise


def _not_stored(error: OSError) -> LogIO:
    return LogIO(
        f"the log cannot be written: {error.strerror}; nothing stored",
        "free some space or repair the disk, then run the same command again",
    )


def _poisoned(layout: Layout, receipts: list[Receipt], error: OSError) -> LogIO:
    first = receipts[0]
    note = {"id": first.id, "sequence": first.sequence, "error": error.strerror or str(error)}
    try:
        write_file(layout.path("poisoned"), dumps(note) + b"\n")
    except OSError:
        try:  # the note does not matter, the file does
            os.close(os.open(layout.path("poisoned"), os.O_CREAT | os.O_WRONLY, 0o600))
        except OSError:
            pass
    return LogIO(
        f"the sync failed: {error.strerror}; the event may or may not be stored, id {first.id}",
        "tell the engineer: evt repair",
        id=first.id,
    )


def add_segment(layout: Layout, first: int) -> None:
    """Make the next segment: temporary, fsync, rename, fsync of the folder."""
    path = layout.segment(first)
    temporary = f"{path}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    try:
        descriptor = syscalls.open(temporary, flags, 0o600)
        try:
            syscalls.fsync(descriptor)
        finally:
            os.close(descriptor)
        syscalls.rename(temporary, path)
        sync_folder(os.path.dirname(path))
    except OSError as error:
        raise _not_stored(error) from None
