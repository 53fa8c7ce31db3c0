"""The checkpoint: rows by key in one file, of which a cold call reads and checks what it needs.

Keys are spread by hash over 2^bits leaves; two levels of pages with references lead to them, and
the header to those. A leaf is text, one row per line: `"key"<tab>{row}`. Never needed: without
it the log is folded from zero.
"""

from __future__ import annotations

import os

from evt.eventlog.cache.pages import PAGES_FROM, REF, CacheDamaged, PageFile, digest, newest
from evt.eventlog.errors import InvalidInput
from evt.eventlog.rawjson import pack, unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.eventlog.cache.pages import Header, Ref


class Checkpoint:
    """One saved version; what is read stays this version, whatever is saved meanwhile."""

    __slots__ = ("_inner", "_root", "file", "header")

    def __init__(self, file: PageFile, header: Header) -> None:
        self.file = file
        self.header = header
        self._root: bytes | None = None
        self._inner: dict[int, bytes] = {}

    @property
    def sequence(self) -> int:
        """Sequence of the last line folded."""
        return self.header.sequence

    @property
    def hash(self) -> str:
        """Hash of the last line folded."""
        return self.header.hash

    @property
    def position(self) -> tuple[int, int]:
        """First sequence of the segment of that line, and the offset of the byte after the line."""
        return self.header.segment, self.header.offset

    def row(self, key: str) -> dict[str, Any] | None:
        """The row of a key, None if there is none; raises CacheDamaged."""
        leaf = self.leaf(bucket(key, self.header.bits))
        mark = b"\n" + pack(key) + b"\t"
        start = leaf.find(mark)
        if start < 0:
            return None
        start += len(mark)
        end = leaf.find(b"\n", start)
        return _row(leaf[start : end if end >= 0 else len(leaf)])

    def leaf(self, number: int) -> bytes:
        """The text of a leaf; raises CacheDamaged."""
        return self.file.page(self.leaf_ref(number))

    def leaf_ref(self, number: int) -> Ref:
        """Where a leaf is; raises CacheDamaged."""
        low = low_bits(self.header.bits)
        page = self.inner(number >> low)
        return ref_in(page, number & (1 << low) - 1) if page else (0, 0, b"")

    def inner(self, number: int) -> bytes:
        """The references to some of the leaves, b"" if there are none; raises CacheDamaged."""
        page = self._inner.get(number)
        if page is None:
            page = self.file.page(ref_in(self.root(), number))
            if page and len(page) != REF.size << low_bits(self.header.bits):
                raise CacheDamaged("a page of references is not as long as it must be")
            self._inner[number] = page
        return page

    def root(self) -> bytes:
        """The references to the inner pages; raises CacheDamaged."""
        if self._root is None:
            page = self.file.page(self.header.root)
            if len(page) != REF.size << (self.header.bits - low_bits(self.header.bits)):
                raise CacheDamaged("the root is not as long as it must be")
            self._root = page
        return self._root


def load(path: str, fold_version: int) -> Checkpoint | None:
    """The newest version in a file; None if there is none of this fold version."""
    try:
        file = PageFile(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
        slots = os.pread(file.descriptor, PAGES_FROM, 0)
    except OSError:
        return None
    header = newest(slots)
    if header is None or header.fold != fold_version:
        return None
    return Checkpoint(file, header)


def rows(checkpoint: Checkpoint) -> Iterator[tuple[str, dict[str, Any]]]:
    """All keys and rows, in no order; raises CacheDamaged."""
    for number in range(1 << checkpoint.header.bits):
        for key, text in lines(checkpoint.leaf(number)).items():
            yield unpack(key), _row(text)


def lines(leaf: bytes) -> dict[bytes, bytes]:
    """Packed rows by packed key."""
    found = {}
    for line in leaf.split(b"\n")[1:]:
        key, _, text = line.partition(b"\t")
        found[key] = text
    return found


def bucket(key: str, bits: int) -> int:
    """Number of the leaf that holds a key."""
    hashed = digest(key.encode("utf-8", "surrogatepass"))
    return int.from_bytes(hashed[:8], "big") >> (64 - bits)


def low_bits(bits: int) -> int:
    """How many bits of a leaf's number count inside an inner page."""
    return bits // 2


def ref_in(page: bytes | bytearray, number: int) -> Ref:
    """A reference in a page of references."""
    found: Ref = REF.unpack_from(page, number * REF.size)
    return found


def _row(text: bytes) -> dict[str, Any]:
    try:
        found: dict[str, Any] = unpack(text)
    except (InvalidInput, ValueError):
        raise CacheDamaged("a row is not JSON") from None
    return found
