"""The one writer: every byte of the log is appended here, under the lock.

encode -> one write -> fdatasync -> receipt. A failed write is cut off again: no reader was shown an
incomplete batch. A failed sync is never retried (the kernel may have dropped the pages): the log is
marked poisoned and nothing is cut.
"""

from __future__ import annotations

import os

from evt.eventlog.clock import iso
from evt.eventlog.digest import sha256_hex
from evt.eventlog.errors import InvalidInput, LogIO, Poisoned, TooLarge
from evt.eventlog.ids import event_id, new_seed
from evt.eventlog.line import Event, encode
from evt.eventlog.log import syscalls
from evt.eventlog.log.layout import read_file, sync_folder, write_file
from evt.eventlog.log.reader import BATCH_BYTES, BATCH_MAX, damaged
from evt.eventlog.rawjson import dumps, loads_tolerant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.decision import Decision
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


def system_event(
    state: State, type: str, data: dict[str, Any], now_us: int, id: str | None = None
) -> Event:
    """An event that the log itself writes, stamped."""
    event = Event(
        id or event_id(new_seed()), type, "evt", data,
        subject="log", correlationid=state.head["project"],
    )  # fmt: skip
    now = iso(now_us)
    event.time = max(state.time, now)
    if event.time != now:
        event.recordedtime = now
    return event


def append(layout: Layout, position: Position, batch: Batch) -> list[Receipt]:
    """Append a batch at the position, which moves behind it; receipts once it is on the disk.

    Raises LogIO (nothing stored), LogIO (may be stored: poisoned), Damaged.
    """
    descriptor = _open(layout, position)
    try:
        if os.fstat(descriptor).st_size != position.offset:
            raise damaged(layout, position, "bytes were written past the lock")
        _write(descriptor, batch.text, position.offset)
        _sync(layout, position, descriptor, batch.receipts[0])
    finally:
        os.close(descriptor)
    last = batch.receipts[-1]
    position.wrote(last.sequence, last.hash, len(batch.text))
    return batch.receipts


def confirm(layout: Layout, position: Position, last: Receipt) -> None:
    """Put on the disk what another may have written and not synced before it was killed."""
    descriptor = _open(layout, position)
    try:
        _sync(layout, position, descriptor, last)
    finally:
        os.close(descriptor)


def _open(layout: Layout, position: Position) -> int:
    try:
        return syscalls.open(
            layout.segment(position.segment), os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
        )
    except OSError as error:
        raise _not_stored(error) from None


def _sync(layout: Layout, position: Position, descriptor: int, receipt: Receipt) -> None:
    try:
        syscalls.sync_data(descriptor)
        if position.offset == 0:  # whoever made the segment may have died before this
            sync_folder(layout.path("log"))
    except OSError as error:
        raise _poisoned(layout, receipt, error) from None


def in_batches(decision: Decision) -> list[list[Event]]:
    """The events as they are appended: at once, or what was swept first if that is too many."""
    events, own = decision.events, decision.own
    return [events[:own], events[own:]] if own and len(events) > BATCH_MAX else [events]


class Batch:
    """Events as the bytes that will be appended, with the receipts for them."""

    __slots__ = ("receipts", "text")

    def __init__(self, text: bytes, receipts: list[Receipt]) -> None:
        self.text = text
        self.receipts = receipts


def encoded(layout: Layout, position: Position, events: list[Event]) -> Batch:
    """The batch that these events make at this position; raises TooLarge, InvalidInput."""
    count = len(events)
    if count > BATCH_MAX:
        raise TooLarge(
            f"{count} events are more than a batch of {BATCH_MAX} can hold; nothing stored",
            "do it in parts",
        )
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
        raise TooLarge(
            f"{len(text)} bytes are more than a batch of 16 MiB can hold; nothing stored",
            "do it in parts",
        )
    return Batch(text, receipts)


def _write(descriptor: int, text: bytes, start: int) -> None:
    """All bytes, or none: what was written of an unfinished batch is cut off again."""
    try:
        syscalls.write_all(descriptor, text)
    except BaseException as error:
        try:
            # Interrupted after the last byte, a reader may have been shown the whole batch.
            if os.fstat(descriptor).st_size < start + len(text):
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


def must_not_be_poisoned(layout: Layout) -> None:
    """Refuse to append behind a failed sync; raises Poisoned."""
    path = layout.path("poisoned")
    if not os.access(path, os.F_OK):
        return
    try:
        note = loads_tolerant(read_file(path))
        which = f"event {note['sequence']}, id {note['id']}"
    except (OSError, InvalidInput, KeyError, TypeError):
        which = "an event"
    raise Poisoned(
        f"a sync failed: {which} may not be on the disk; nothing is appended until repaired",
        "tell the engineer: evt repair",
    )


def _poisoned(layout: Layout, first: Receipt, error: OSError) -> LogIO:
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
