"""Decoding many lines: a C decoder that keeps only the attributes a fold reads.

Loaded when more than `FROM` bytes have to be folded; below that the import costs more.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import msgspec

from evt.eventlog.errors import InvalidInput
from evt.eventlog.evolve.many import evolve_all
from evt.eventlog.log.layout import Layout
from evt.eventlog.log.reader import Position, Reader, is_last


class BulkEvent(msgspec.Struct, gc=False, kw_only=True):
    """The part of a line that `evolve` looks at; the rest is passed over.

    In the order in which a line has them: so the decoder finds each at once.
    """

    id: str
    type: str
    subject: str | None = None
    time: str
    sequence: str
    actor: str
    schemaversion: int = 1
    correlationid: str | None = None
    batch: str | None = None
    recordedtime: str | None = None
    critical: bool = False
    data: dict[str, Any]


class ChainedEvent(BulkEvent, gc=False, kw_only=True):
    """With what a reader looks at that walks the chain."""

    prevhash: str = ""


_LAST = [f"{number:03d}" for number in range(1000)]  # last three digits of a sequence
_bulk = msgspec.json.Decoder(BulkEvent)
_decoder = msgspec.json.Decoder(ChainedEvent)
_REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError)


def decode_bulk(text: bytes) -> ChainedEvent:
    """The event of a stored line; raises InvalidInput if it is not one."""
    try:
        return _decoder.decode(text)
    except _REFUSED as error:
        raise InvalidInput(str(error)) from None


class BulkReader(Reader):
    """Reads as `Reader` does, all lines of a chunk at once; for folds, so only `events` is meant.

    What is not as expected is read again line by line, which says what it is.
    """

    __slots__ = ()
    apply = staticmethod(evolve_all)

    def __init__(self, layout: Layout, position: Position, chained: bool, alone: bool) -> None:
        super().__init__(layout, position, chained, decode_bulk, alone)

    def events(self) -> Iterator[list[Any]]:
        """The events of complete batches, as many as a chunk holds."""
        collecting = gc.isenabled()
        gc.disable()  # rows and events make no cycles; looking for some is a tenth of a fold
        try:
            for found in self.batches():
                yield [event for _, event in found] if type(found[0]) is tuple else found
        finally:
            if collecting:
                gc.enable()

    def _chunk(self, text: bytes) -> Iterator[list[Any]]:
        end = text.rfind(b"\n") + 1
        events = None if self.chained else _decoded(memoryview(text)[:end], self.position.sequence)
        if not events:
            yield from super()._chunk(text)
            return
        last = len(events)
        while last and (batch := events[last - 1].batch) is not None and not is_last(batch):
            end = text.rfind(b"\n", 0, end - 1) + 1
            last -= 1
        self._rest = text[end:]
        if last:
            position = self.position
            self.before = (position.sequence, position.offset)
            start = text.rfind(b"\n", 0, end - 1) + 1
            position.advance(position.sequence + last, text[start : end - 1], end)
            self._sealed = events[last - 1].type == "SegmentSealed"
            yield events[:last]


def _decoded(text: memoryview, sequence: int) -> list[BulkEvent] | None:
    """The events of whole lines that follow a sequence; None if anything is not as it should be."""
    try:
        events = _bulk.decode_lines(text)
        numbers = "".join([event.sequence for event in events])
        if (
            len(events) != len(BytesIO(text).readlines())  # five times as quick as counting
            or numbers != _digits(sequence + 1, len(events))
            or not _are_batches([event.batch for event in events])
        ):
            return None
    except _REFUSED:
        return None
    return events


def _digits(first: int, count: int) -> str:
    """The sixteen digits of each of so many sequences, one behind the other."""
    found = ""
    while count:
        thousands, rest = divmod(first, 1000)
        last = _LAST[rest : rest + count]
        found += (upper := f"{thousands:013d}") + upper.join(last)
        first, count = first + len(last), count - len(last)
    return found


def _are_batches(marks: list[str | None]) -> bool:
    """Whether the lines make whole batches, but for the last one."""
    if marks.count(None) == len(marks):
        return True
    left = 0  # lines of the batch that are still to come
    for mark in marks:
        if mark is None:
            if left:
                return False
        else:
            number, _, total = mark.partition("/")
            if (number != "1" and not left) or (left and int(total) - int(number) != left - 1):
                return False
            left = int(total) - int(number)
    return True
