"""Decoding many lines: a C decoder that keeps only the attributes a fold reads.

Loaded when more than `FROM` bytes have to be folded; below that the import costs more.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import msgspec

from evt.eventlog.errors import InvalidInput
from evt.eventlog.log.layout import Layout
from evt.eventlog.log.reader import Position, Reader, is_last


class BulkEvent(msgspec.Struct, gc=False):
    """The part of a line that `evolve` and the reader look at; the rest is passed over."""

    id: str
    type: str
    time: str
    sequence: str
    actor: str
    data: dict[str, Any]
    subject: str | None = None
    correlationid: str | None = None
    causationid: str | None = None
    batch: str | None = None
    recordedtime: str | None = None
    critical: bool = False
    schemaversion: int = 1
    prevhash: str = ""


_decoder = msgspec.json.Decoder(BulkEvent)
_REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError)


def decode_bulk(text: bytes) -> BulkEvent:
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
        events = None if self.chained else _decoded(text[:end], self.position.sequence)
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


def _decoded(text: bytes, sequence: int) -> list[BulkEvent] | None:
    """The events of whole lines that follow a sequence; None if anything is not as it should be."""
    try:
        events = _decoder.decode_lines(text)
        if len(events) != text.count(b"\n"):
            return None
        left = 0  # lines of the batch that are still to come
        for event in events:
            sequence += 1
            if int(event.sequence) != sequence:
                return None
            if event.batch is None:
                if left:
                    return None
            else:
                number, _, total = event.batch.partition("/")
                if (number != "1" and not left) or (left and int(total) - int(number) != left - 1):
                    return None
                left = int(total) - int(number)
    except _REFUSED:
        return None
    return events
