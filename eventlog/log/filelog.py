"""The log in files: `LogBackend` over `.evt/log/*.jsonl`.

A writer: lock, catch up (checking the chain), heal a torn tail, seal a full segment, decide,
append. A reader: catch up, no lock. Both start at the checkpoint if it fits the log, else at zero.
"""

from __future__ import annotations

import os

from evt.eventlog.cache.saved import Cache
from evt.eventlog.clock import now_us
from evt.eventlog.decision import Accepted
from evt.eventlog.errors import InvalidInput, Newer
from evt.eventlog.evolve import evolve_each
from evt.eventlog.log import lookup
from evt.eventlog.log.backend import Appended, Head
from evt.eventlog.log.layout import exists, no_log, replaced
from evt.eventlog.log.lock import Lock
from evt.eventlog.log.reader import Line, Position, Reader, damaged, unreadable
from evt.eventlog.log.writer import (
    Receipt,
    add_segment,
    append,
    confirm,
    encoded,
    in_batches,
    must_not_be_poisoned,
    system_event,
)
from evt.eventlog.state import State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evt.eventlog.decision import Decision
    from evt.eventlog.line import Event
    from evt.eventlog.log.layout import Layout

BULK_FROM = 2 << 20  # bytes to fold; below, loading the bulk decoder costs more than it saves
RECHECK = 64 << 10  # bytes before a checkpoint whose chain every writer walks again


class FileLog:
    """One log on disk; keeps state and position between calls of one process."""

    __slots__ = ("_cache", "_folder", "_last", "_position", "_state", "_walked", "layout")

    def __init__(self, layout: Layout) -> None:
        if not exists(layout.folder):
            raise no_log(layout.folder)
        self.layout = layout
        self._state: State | None = None
        self._position = Position()
        self._walked = False  # whether the chain was walked up to the position
        self._folder: tuple[int, int] | None = None  # device and inode: it stays the same log
        self._last = 0  # sequence of the line that this process wrote last, if it ends no segment
        self._cache = Cache(layout, self.state_at)

    def transact(self, fn: Callable[[State, int], Decision]) -> Appended:
        """Decide and append under the lock; if `fn` or the append raises, the log is as it was."""
        with Lock(self.layout):
            must_not_be_poisoned(self.layout)
            try:
                state = self._ready_to_write()
                decision = fn(state, now_us())
                receipts = self._append(state, decision)
            except BaseException as error:
                self._state = None  # whatever happened, the next call reads the log again
                if isinstance(error, OSError):
                    raise unreadable(error) from None
                raise
        self._save()
        return Appended(decision, receipts, state)

    def read(self, after: int = 0) -> Iterator[Line]:
        """Lines above a sequence; complete batches only."""
        reader = Reader(self.layout, lookup.position_at(self.layout, after + 1))
        for batch in reader.batches():
            for raw, event in batch:
                if event.sequence > after:
                    yield Line(raw, event)
        self._must_be_sound(reader)

    def wait(self, after: int, timeout: float) -> bool:
        """Whether an event above `after` came within `timeout` seconds."""
        from evt.eventlog.log.wait import wait_for

        return wait_for(self.layout, lambda: self.head().sequence > after, timeout)

    def head(self) -> Head:
        """The last line of the last complete batch."""
        self._catch_up(alone=False)
        return Head(self._position.sequence, self._position.hash)

    # what only files have

    def state(self) -> State:
        """The state now; never takes the write lock."""
        self._catch_up(alone=False)
        self._save()
        return self._load()

    def state_at(self, sequence: int) -> State:
        """The state as it was after a sequence, folded from zero."""
        state = self._fresh(None)
        start = Position()
        reader = self._reader(start, self._size(start))
        for events in reader.events():
            reader.apply(state, events[: sequence - state.sequence])
            if state.sequence == sequence:
                return state
        self._must_be_sound(reader)
        return state

    def seen(self, event_id: str) -> int | None:
        """Sequence of the event with this id, None if it is not in the log."""
        return self._cache.seen(event_id)

    def stored(self, sequence: int) -> Event:
        """A stored event; LookupError if there is none."""
        return lookup.line_at(self.layout, sequence).event

    def checkpoint_differences(self) -> tuple[int | None, list[str]]:
        """Sequence of the checkpoint (None: there is none) and the keys that a fold denies."""
        self.state_at(1 << 53)  # to the end: raises Damaged where the log itself does not go on
        return self._cache.differences()

    def append_system(self, type: str, data: dict[str, object]) -> Receipt:
        """Append an event of the log's own; for `repair`, which holds the lock itself."""
        state = self._ready_to_write()
        self._resume(state)
        return self._store(state, [system_event(state, type, dict(data), now_us())])[0]

    def append_nothing(self) -> None:
        """Heal what a writer would heal; for `repair`, which holds the lock itself."""
        self._ready_to_write()

    # catching up

    def _fresh(self, source: Callable[[str], dict[str, object] | None] | None) -> State:
        state = State(source)
        state.seen, state.stored = self.seen, self.stored
        return state

    def _load(self) -> State:
        """State and position to catch up from: those of this process, the checkpoint, or zero."""
        if self._state is None:
            found = self._cache.load(self._fresh)
            self._state, self._position = found or (self._fresh(None), Position())
        return self._state

    def _catch_up(self, alone: bool) -> bytes:
        """Fold what is new; a writer is `alone` and walks the chain. Returns the torn tail."""
        if alone and not self._walked:
            self._state = None  # it was folded for reading
        new = self._state is None
        state = self._load()
        if new:
            self._walked = alone
            state = self._recheck(state) if alone else state
        position = self._position
        size = self._size(position)
        if not new and size == position.offset and not self._goes_on(position):
            return b""
        self._state = None  # interrupted in the middle, the next call begins again
        reader = self._reader(position, size, self._walked, alone)
        self._fold(state, reader)
        self._must_be_sound(reader)
        self._state = state
        return reader.tail

    def _goes_on(self, position: Position) -> bool:
        """Whether a segment follows the one that was read to its end; looking it up is slow."""
        following = self.layout.segment(position.sequence + 1)
        return position.sequence != self._last and os.access(following, os.F_OK)

    def _fold(self, state: State, reader: Reader) -> None:
        try:
            for events in reader.events():
                reader.apply(state, events)
        except (InvalidInput, ArithmeticError, AttributeError, LookupError, TypeError) as error:
            sequence, offset = reader.before
            place = Position(sequence, "", reader.position.segment, offset)
            raise damaged(self.layout, place, f"it cannot be folded: {error}") from error

    def _must_be_sound(self, reader: Reader) -> None:
        if reader.reason is not None:
            raise damaged(self.layout, reader.position, reader.reason)

    def _size(self, position: Position) -> int:
        """Bytes of the segment of a position; raises NoLog if this is another log by now."""
        try:
            size = os.stat(self.layout.segment(position.segment)).st_size
            folder = os.stat(self.layout.path("log"))
        except OSError:
            raise no_log(self.layout.folder) from None
        if self._folder not in (None, (folder.st_dev, folder.st_ino)):
            raise replaced(self.layout.folder)
        self._folder = (folder.st_dev, folder.st_ino)
        return size

    def _reader(self, at: Position, size: int, walk: bool = False, alone: bool = False) -> Reader:
        """A reader from a position on in a segment of that size: the fast one if that is much."""
        if size - at.offset < BULK_FROM:
            return Reader(self.layout, at, walk, alone=alone)
        from evt.eventlog.log.bulk import BulkReader

        return BulkReader(self.layout, at, walk, alone)

    def _recheck(self, state: State) -> State:
        """Walk the chain just before the checkpoint; what does not fit is folded from zero."""
        lookup.must_be_own(self.layout)
        if lookup.chain_holds(self.layout, self._position, RECHECK):
            return state
        self._position = Position()
        return self._fresh(None)

    # writing

    def _ready_to_write(self) -> State:
        tail = self._catch_up(alone=True)
        state = self._state
        assert state is not None
        newer = state.head["newer"]
        if newer:
            raise Newer(
                f"event {newer} was written by a newer evt: this one may read but not write",
                "upgrade evt: pip install --upgrade evtlog",
            )
        self._heal(state, tail)
        self._make_room(state)
        return state

    def _heal(self, state: State, tail: bytes) -> None:
        """Put a torn tail into quarantine and record it, also for one who died doing so."""
        if not tail and not os.access(self.layout.path("quarantine", "pending"), os.F_OK):
            return
        from evt.eventlog.log import quarantine

        if tail:
            quarantine.cut(self.layout, self._position, tail)
        self._resume(state)
        events = [
            system_event(state, "TailQuarantined", noted["data"], now_us(), noted["id"])
            for noted in quarantine.pending(self.layout)
            if self.seen(noted["id"]) is None
        ]
        self._store(state, events)
        quarantine.forget(self.layout)

    def _make_room(self, state: State) -> None:
        """Seal the segment when it is full, and make the next one."""
        position = self._position
        if position.offset < self.layout.segment_bytes:
            return
        if lookup.is_sealed(self.layout, position):
            self._confirm()  # who sealed it may have been killed before the sync
        else:
            self._resume(state)
            following = os.path.basename(self.layout.segment(position.sequence + 2))
            event = system_event(state, "SegmentSealed", {"next": following}, now_us())
            self._store(state, [event])
        add_segment(self.layout, position.sequence + 1)
        position.segment, position.offset = position.sequence + 1, 0

    def _resume(self, state: State) -> None:
        """Before an event of the log's own: if nobody was watching until now, say that first."""
        from evt.eventlog.decide.draft import seconds, unwatched

        if silent := unwatched(state, now := now_us()):
            data = {"silentSeconds": seconds(silent)}
            self._store(state, [system_event(state, "LogResumed", data, now)])

    def _append(self, state: State, decision: Decision) -> list[Receipt]:
        outcome = decision.outcome
        if not decision.events and isinstance(outcome, Accepted) and outcome.repeated:
            self._confirm()  # the receipt of one who may have been killed before the sync
        *first, rest = in_batches(decision)
        receipts = [receipt for events in first for receipt in self._store(state, events)]
        return receipts + self._store(state, rest, decision.after)

    def _store(self, state: State, events: list[Event], new: State | None = None) -> list[Receipt]:
        """Append one batch; what cannot be folded is not written."""
        if not events:
            return []
        batch = encoded(self.layout, self._position, events)
        evolve_each(state, events) if new is None else state.take_over(new)
        receipts = append(self.layout, self._position, batch)
        self._last = 0 if events[-1].type == "SegmentSealed" else self._position.sequence
        return receipts

    def _confirm(self) -> None:
        last = lookup.line_at(self.layout, self._position.sequence)
        confirm(self.layout, self._position, Receipt(last.event, last.hash))

    def _save(self) -> None:
        if self._state is not None:
            self._cache.save(self._state, self._position)
