"""Decoding many lines: a C decoder that keeps only the attributes a fold reads.

Loaded when more than `FROM` bytes have to be folded; below that the import costs more.
"""

from __future__ import annotations

from typing import Any

import msgspec

from evt.eventlog.errors import InvalidInput


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


def decode_bulk(text: bytes) -> BulkEvent:
    """The event of a stored line; raises InvalidInput if it is not one."""
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(str(error)) from None
