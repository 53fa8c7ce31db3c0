"""Pages and headers of the cache file: whatever is read is held against a digest first.

A page is never overwritten. Who points to it holds its digest, up to the root in a header slot, so
that a page which is torn, cut off, stale or of another file is found, whatever it looks like. Two
slots take turns: one that was being written when a process died leaves the other one.
"""

from __future__ import annotations

import os
from struct import Struct

try:
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    Ref = tuple[int, int, bytes]  # offset, size and digest of a page; size 0: nothing is there

DIGEST = 16
REF = Struct(">QI16s")
NOTHING: Ref = (0, 0, bytes(DIGEST))
SLOT, PAGES_FROM = 512, 1024
_MAGIC = b"evtcach1"
_HEAD = Struct(">8sIQ16sQ32sQQBQQQI16sQI16s")
_BITS_MAX = 32


class CacheDamaged(Exception):
    """A page is not what was saved: delete the file and fold from zero."""


def digest(text: bytes) -> bytes:
    """The digest of a page."""
    return blake2b(text, digest_size=DIGEST).digest()


class PageFile:
    """An open cache file; closed with the last one who holds it."""

    __slots__ = ("descriptor",)

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __del__(self) -> None:
        os.close(self.descriptor)

    def raw(self, offset: int, size: int) -> bytes:
        """Bytes as they are, not checked; raises CacheDamaged if they are not all there."""
        try:
            text = os.pread(self.descriptor, size, offset)
            while len(text) < size and (more := self._rest(offset, size, len(text))):
                text += more
        except (OSError, OverflowError, MemoryError) as error:
            raise CacheDamaged(str(error)) from None
        if len(text) != size:
            raise CacheDamaged("the file ends too early")
        return text

    def _rest(self, offset: int, size: int, done: int) -> bytes:
        return os.pread(self.descriptor, size - done, offset + done)

    def page(self, ref: Ref) -> bytes:
        """A page; raises CacheDamaged if it is not the one that was saved."""
        offset, size, expected = ref
        if size == 0:
            return b""
        text = self.raw(offset, size)
        if digest(text) != expected:
            raise CacheDamaged(f"the page at {offset} is not the one that was saved")
        return text


class Header:
    """One saved version: what it is of, and where its pages are."""

    __slots__ = (
        "bits", "count", "fold", "generation", "hash", "ids", "lineage", "live", "offset", "root",
        "segment", "sequence",
    )  # fmt: skip

    fold: int  # FOLD_VERSION of the rows
    generation: int  # counts versions of the file
    lineage: bytes  # drawn when a fold from zero was saved; later versions go on from that one
    sequence: int  # of the last line folded
    hash: str  # of that line
    segment: int  # first sequence of the segment it is in
    offset: int  # of the byte after it
    bits: int  # 2^bits leaves
    count: int  # rows
    live: int  # bytes of pages in use
    root: Ref
    ids: Ref

    def encode(self) -> bytes:
        """The bytes of a slot."""
        text = _HEAD.pack(
            _MAGIC, self.fold, self.generation, self.lineage, self.sequence,
            bytes.fromhex(self.hash), self.segment, self.offset, self.bits, self.count, self.live,
            *self.root, *self.ids,
        )  # fmt: skip
        return text + digest(text)

    @classmethod
    def decode(cls, slot: bytes) -> Header | None:
        """The version that a slot describes; None if it describes none."""
        text = slot[: _HEAD.size]
        if slot[_HEAD.size :][:DIGEST] != digest(text) or not text.startswith(_MAGIC):
            return None
        header = cls()
        found = _HEAD.unpack(text)
        header.fold, header.generation, header.lineage, header.sequence = found[1:5]
        header.hash, header.segment, header.offset = found[5].hex(), found[6], found[7]
        header.bits, header.count, header.live = found[8:11]
        header.root, header.ids = found[11:14], found[14:17]
        return header if header.bits <= _BITS_MAX else None


def newest(slots: bytes) -> Header | None:
    """The newer of the versions that the first `PAGES_FROM` bytes of a file describe."""
    found = None
    for start in (0, SLOT):
        header = Header.decode(slots[start : start + SLOT])
        if header is not None and (found is None or header.generation > found.generation):
            found = header
    return found


class Output:
    """Pages that are being appended to a file from an offset on."""

    __slots__ = ("_at", "_parts", "_size", "descriptor", "live")

    def __init__(self, descriptor: int, offset: int, live: int) -> None:
        self.descriptor = descriptor
        self.live = live  # bytes of pages in use, counted along
        self._at = offset
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, page: bytes) -> Ref:
        """Append a page."""
        if not page:
            return NOTHING
        ref = (self._at + self._size, len(page), digest(page))
        self.raw(page)
        return ref

    def raw(self, text: bytes) -> int:
        """Append bytes that need no digest of their own; their offset."""
        offset = self._at + self._size
        self._parts.append(text)
        self._size += len(text)
        self.live += len(text)
        if self._size > 1 << 20:
            self.flush()
        return offset

    def flush(self) -> None:
        """Write what was added."""
        write_at(self.descriptor, b"".join(self._parts), self._at)
        self._at += self._size
        self._parts, self._size = [], 0

    @property
    def end(self) -> int:
        """Where the file ends with what was added."""
        return self._at + self._size


def write_at(descriptor: int, text: bytes, offset: int) -> None:
    """Write all bytes at an offset; raises OSError."""
    while text:
        written = os.pwrite(descriptor, text, offset)
        text, offset = text[written:], offset + written
