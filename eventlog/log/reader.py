"""Reading lines: only complete batches, and where and why reading stopped.

Nothing here takes the lock. A reader may come while a writer is in the middle of a write, so
whatever follows the last complete batch is simply not shown; `tail.py` judges what it is.
"""

from __future__ import annotations

import os

from evt.eventlog.digest import sha256_hex
from evt.eventlog.errors import Damaged, InvalidInput, LogIO
from evt.eventlog.evolve import evolve_each
from evt.eventlog.line import GENESIS, decode
from evt.eventlog.log.layout import no_log
from evt.eventlog.log.tail import TAIL_MAX, corruption

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from evt.eventlog.line import Event
    from evt.eventlog.log.layout import Layout

CHUNK = 256 << 10  # larger ones leave the processor's cache: a fold takes half as long again
BATCH_MAX, BATCH_BYTES = 1000, 16 << 20


class Position:
    """A place between two lines: what was read last, and where the next line begins."""

    __slots__ = ("_hash", "_raw", "offset", "segment", "sequence")

    def __init__(
        self, sequence: int = 0, hash: str = GENESIS, segment: int = 1, offset: int = 0
    ) -> None:
        self.sequence = sequence  # of the last line read, 0 before the first
        self.segment = segment  # first sequence of the segment the next line is in
        self.offset = offset  # bytes into it
        self._hash = hash
        self._raw: bytes | None = None

    @property
    def hash(self) -> str:
        """Hash of the last line read; counted when asked, as a fold asks only at its end."""
        if self._raw is not None:
            self._hash, self._raw = sha256_hex(self._raw), None
        return self._hash

    def advance(self, sequence: int, raw: bytes, size: int) -> None:
        """A batch that ends with this line was read; it took `size` bytes."""
        self.sequence = sequence
        self.offset += size
        self._raw = raw

    def wrote(self, sequence: int, hash: str, size: int) -> None:
        """A batch that ends with a line of this hash was written; it took `size` bytes."""
        self.sequence = sequence
        self.offset += size
        self._hash, self._raw = hash, None

    def copy(self) -> Position:
        """A position of its own."""
        return Position(self.sequence, self.hash, self.segment, self.offset)


class Line:
    """A stored line: `raw` without its newline, the event in it, its hash on demand."""

    __slots__ = ("event", "raw")

    def __init__(self, raw: bytes, event: Event) -> None:
        self.raw = raw
        self.event = event

    @property
    def hash(self) -> str:
        """sha256 of the bytes."""
        return sha256_hex(self.raw)


class Problem(Exception):
    """Why the next bytes are not the next line; raised and caught inside the log package."""


def location(layout: Layout, position: Position, reason: str) -> dict[str, Any]:
    """The `location` of an error document: where a reader has to look."""
    path = layout.segment(position.segment)
    return {
        "segment": os.path.basename(path),
        "line": position.sequence - position.segment + 2,
        "offset": position.offset,
        "reason": reason,
    }


def damaged(layout: Layout, position: Position, reason: str) -> Damaged:
    """The error for bytes that are neither the next line nor a torn tail."""
    where = location(layout, position, reason)
    return Damaged(
        f"the log is damaged at {where['segment']} line {where['line']}: {reason}; "
        "nothing was changed",
        "tell the engineer: evt repair",
        location=where,
    )


def unreadable(error: OSError) -> LogIO:
    """The error for a disk that does not give the bytes."""
    return LogIO(
        f"the log cannot be read: {error.strerror}; nothing stored", "run the same command again"
    )


class Reader:
    """Reads complete batches from a position on, chunk by chunk, and moves the position.

    `chained`: check every prevhash (writers and `verify` do). `alone`: the lock is held, so nobody
    changes what is read. Afterwards `tail` has the torn bytes behind the last batch, and `reason`
    says why what is there is damage, None if it is not. `before` has sequence and offset before
    what was yielded last.
    """

    __slots__ = (
        "_problem", "_rest", "_sealed", "alone", "before", "chained", "decoder", "layout",
        "position", "reason", "tail",
    )  # fmt: skip

    apply = staticmethod(evolve_each)  # how the events of `events` become state

    def __init__(
        self,
        layout: Layout,
        position: Position,
        chained: bool = False,
        decoder: Callable[[bytes], Any] = decode,
        alone: bool = False,
    ) -> None:
        self.layout = layout
        self.position = position
        self.chained = chained
        self.decoder = decoder
        self.alone = alone
        self.tail = b""
        self.reason: str | None = None
        self.before = (position.sequence, position.offset)
        self._rest = b""  # read, but not a complete batch
        self._problem: str | None = None  # why the bytes there are not the next line
        self._sealed = False  # the last line read ends its segment

    def batches(self) -> Iterator[list[tuple[bytes, Any]]]:
        """Complete batches as lists of (bytes, event); ends at the end of the log or at damage."""
        suspect = None
        while True:
            self.tail, self.reason = b"", None
            yield from self._segments()
            self._judge()
            if self.reason is None or self.alone or suspect == (self.tail, self.reason):
                return
            # Without the lock: a writer may have cut and written between two reads. Look again.
            suspect = (self.tail, self.reason)

    def events(self) -> Iterator[list[Any]]:
        """The events of complete batches, of one or of many at once; else as `batches`."""
        for batch in self.batches():
            yield [event for _, event in batch]

    def _judge(self) -> None:
        """Whether what was read behind the last batch is nothing, a torn tail, or damage."""
        if not self._rest and self._problem is None:
            if self._sealed and self.layout.segments()[-1] > self.position.segment:
                self.reason = "the segment that follows is missing"
            return
        self.tail = _from(self.layout, self.position)
        if self._problem is not None:
            self.reason = corruption(self.tail, self._problem)
        if self.reason is None and self.layout.segments()[-1] > self.position.segment:
            self.reason = self._problem or "a segment that is not the last ends in half a batch"

    def _segments(self) -> Iterator[list[tuple[bytes, Any]]]:
        """Batches up to the end, over the borders of segments."""
        position = self.position
        self._problem = None
        while True:
            yield from self._segment()
            following = position.sequence + 1
            if self._problem or self._rest or following == position.segment:
                return
            if not os.path.exists(self.layout.segment(following)):
                return
            position.segment, position.offset = following, 0
            self._sealed = False

    def _segment(self) -> Iterator[list[tuple[bytes, Any]]]:
        """Batches of the segment that the position is in."""
        try:
            descriptor = os.open(
                self.layout.segment(self.position.segment), os.O_RDONLY | os.O_CLOEXEC
            )
        except FileNotFoundError:
            raise no_log(self.layout.folder) from None
        except OSError as error:
            raise unreadable(error) from None
        try:
            self._rest = b""
            at = self.position.offset
            while block := os.pread(descriptor, CHUNK, at):
                at += len(block)
                yield from self._chunk(self._rest + block)
                if self._problem or len(self._rest) > BATCH_BYTES:
                    self._problem = self._problem or "more than a batch without its end"
                    return
                if len(block) == CHUNK and len(self._rest) < CHUNK // 2:
                    at -= len(self._rest)  # reading it again is less than copying what follows
                    self._rest = b""
        except OSError as error:
            raise unreadable(error) from None
        finally:
            os.close(descriptor)

    def _chunk(self, text: bytes) -> Iterator[list[tuple[bytes, Any]]]:
        """Batches that end in these bytes; the bytes after the last of them stay in `_rest`."""
        position = self.position
        done = start = 0
        pending: list[tuple[bytes, Any]] = []
        sequence, last = position.sequence, position.hash if self.chained else ""
        while (end := text.find(b"\n", start)) >= 0:
            raw = text[start:end]
            try:
                event = self.decoder(raw)
                sequence, last = self._next(event, raw, sequence, last, len(pending))
            except (Problem, InvalidInput, ValueError) as problem:
                self._problem = str(problem)
                break
            start = end + 1
            pending.append((raw, event))
            if event.batch is None or is_last(event.batch):
                self.before = (position.sequence, position.offset)
                position.advance(sequence, raw, start - done)
                done = start
                self._sealed = event.type == "SegmentSealed"
                yield pending
                pending = []
        self._rest = text[done:]

    def _next(
        self, event: Any, raw: bytes, sequence: int, last: str, pending: int
    ) -> tuple[int, str]:
        """Sequence and hash after this line; raises Problem if it is not the next one."""
        if int(event.sequence) != sequence + 1:
            raise Problem(f"sequence {int(event.sequence)} where {sequence + 1} belongs")
        if event.batch is None:
            if pending:
                raise Problem("a batch ends too early")
        elif _number(event.batch) != pending + 1:
            raise Problem(f"batch {event.batch} where line {pending + 1} of a batch belongs")
        if not self.chained:
            return sequence + 1, ""
        if event.prevhash != last:
            raise Problem("prevhash is not the hash of the line before")
        return sequence + 1, sha256_hex(raw)


def _number(batch: str) -> int:
    """i of "i/n"; raises Problem if it is not of that form."""
    number, _, total = batch.partition("/")
    if not (
        number.isdecimal() and total.isdecimal() and 0 < int(number) <= int(total) <= BATCH_MAX
    ):
        raise Problem(f"{batch!r} is not a batch number")
    return int(number)


def is_last(batch: str) -> bool:
    """Whether "i/n" is the end of a batch."""
    number, _, total = batch.partition("/")
    return number == total


def _from(layout: Layout, position: Position) -> bytes:
    """All bytes from the position to the end of its segment, as they are now."""
    with open(layout.segment(position.segment), "rb") as file:
        file.seek(position.offset)
        return file.read(TAIL_MAX + 1)


def read_back(layout: Layout, position: Position, size: int) -> bytes:
    """Up to `size` bytes of the segment before the position, from the start of a line."""
    start = max(0, position.offset - size)
    descriptor = os.open(layout.segment(position.segment), os.O_RDONLY | os.O_CLOEXEC)
    try:
        text = os.pread(descriptor, position.offset - start, start)
    finally:
        os.close(descriptor)
    return text if start == 0 else text[text.find(b"\n") + 1 :]
