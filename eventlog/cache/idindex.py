"""Event id -> sequence, so that a repeated id is found in a million events without reading them.

Runs of sorted 8-byte entries (32 bits of the id's crc, 32 bits of the sequence) live in the pages
of the checkpoint file and are held by its root: an entry cannot get lost unnoticed. A new run takes
up older ones that are not larger, up to a limit, so no call ever sorts the whole past. The caller
reads the line of each candidate, as ids may share a crc, and scans the lines that are not covered.
"""

from __future__ import annotations

from bisect import bisect_left
from struct import Struct, unpack, unpack_from
from struct import pack as pack_struct
from zlib import crc32

from evt.eventlog.cache.pages import DIGEST, CacheDamaged, digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.eventlog.cache.checkpoint import Checkpoint
    from evt.eventlog.cache.pages import Output, PageFile, Ref

RUN_MIN = 512  # events that are scanned rather than indexed
RUN_MAX = 1 << 18  # entries; merging that many takes as long as two cold starts
SEQUENCE_MAX = (1 << 32) - 1
_ENTRY = 8
_HEAD = Struct(">QQQI")
_RUN = Struct(">QIB16s")


def entry(event_id: bytes, sequence: int) -> int:
    """The entry of an id."""
    return crc32(event_id) << 32 | sequence


class Entries:
    """What is to be added: entries in order of sequence, and where the last line ends."""

    __slots__ = ("covers", "offset", "segment", "values")

    def __init__(self, values: list[int], covers: int, segment: int, offset: int) -> None:
        self.values = values
        self.covers = covers
        self.segment = segment
        self.offset = offset


class _Run:
    """Sorted entries in 2^bits pages by their first bits; before those a table of ends, digests."""

    __slots__ = ("bits", "count", "offset", "table")

    def __init__(self, offset: int, count: int, bits: int, table: bytes) -> None:
        self.offset = offset
        self.count = count
        self.bits = bits
        self.table = table  # digest of the table

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return self.table_size + self.count * _ENTRY

    @property
    def table_size(self) -> int:
        """Bytes before the pages."""
        return (4 + DIGEST) << self.bits

    @property
    def ref(self) -> Ref:
        """Where the table is."""
        return self.offset, self.table_size, self.table


class Index:
    """The index of one saved version; `covers`, `segment`, `offset`: up to where it is complete."""

    __slots__ = ("covers", "file", "offset", "runs", "segment")

    def __init__(self, file: PageFile | None = None) -> None:
        self.file = file
        self.covers = 0
        self.segment, self.offset = 1, 0
        self.runs: list[_Run] = []

    @classmethod
    def of(cls, checkpoint: Checkpoint | None) -> Index:
        """The index of a checkpoint; raises CacheDamaged."""
        if checkpoint is None:
            return cls()
        index = cls(checkpoint.file)
        page = checkpoint.file.page(checkpoint.header.ids)
        if len(page) < _HEAD.size:
            raise CacheDamaged("there is no index")
        index.covers, index.segment, index.offset, runs = _HEAD.unpack_from(page)
        if len(page) != _HEAD.size + runs * _RUN.size:
            raise CacheDamaged("the index is not as long as it must be")
        index.runs = [
            _Run(*_RUN.unpack_from(page, _HEAD.size + number * _RUN.size)) for number in range(runs)
        ]
        return index

    def encode(self) -> bytes:
        """The page that `of` reads."""
        runs = [_RUN.pack(run.offset, run.count, run.bits, run.table) for run in self.runs]
        return _HEAD.pack(self.covers, self.segment, self.offset, len(runs)) + b"".join(runs)

    def lookup(self, event_id: str) -> Iterator[int]:
        """Sequences that may have this id, the newest first; raises CacheDamaged."""
        crc = crc32(event_id.encode())
        key = crc.to_bytes(4, "big")
        for run in reversed(self.runs):
            page = self._page(run, crc >> (32 - run.bits))
            at = page.rfind(key)
            while at >= 0:
                if at % _ENTRY == 0:
                    yield unpack_from(">I", page, at + 4)[0]
                at = page.rfind(key, 0, at + len(key) - 1)

    def values(self) -> Iterator[int]:
        """All entries, run by run; raises CacheDamaged."""
        for run in self.runs:
            yield from self._values(run)

    def extended(self, entries: Entries | None, out: Output, moving: bool = False) -> Index:
        """The index with more entries; `moving` if `out` is another file than that of the runs."""
        index = Index()
        index.covers, index.segment, index.offset = self.covers, self.segment, self.offset
        kept, values = list(self.runs), []
        if entries is not None:
            index.covers, index.segment, index.offset = (
                entries.covers, entries.segment, entries.offset
            )  # fmt: skip
            values = entries.values
            while kept and kept[-1].count <= len(values) <= RUN_MAX - kept[-1].count:
                run = kept.pop()
                out.live -= 0 if moving else run.size
                values = self._values(run) + values
        index.runs = [self._moved(run, out) for run in kept] if moving else kept
        for start in range(0, len(values), RUN_MAX):
            index.runs.append(_write(sorted(values[start : start + RUN_MAX]), out))
        return index

    def _page(self, run: _Run, number: int) -> bytes:
        assert self.file is not None
        table = self.file.page(run.ref)
        ends = 4 * (number - 1)
        start, end = unpack_from(">II", table, ends) if number else (0, unpack_from(">I", table)[0])
        at = run.offset + run.table_size + start * _ENTRY
        expected = table[(4 << run.bits) + number * DIGEST :][:DIGEST]
        return self.file.page((at, (end - start) * _ENTRY, expected))

    def _values(self, run: _Run) -> list[int]:
        pages = b"".join([self._page(run, number) for number in range(1 << run.bits)])
        if len(pages) != run.count * _ENTRY:
            raise CacheDamaged("a run is not as long as it must be")
        return list(unpack(f">{run.count}Q", pages))

    def _moved(self, run: _Run, out: Output) -> _Run:
        """A copy in another file; what is damaged stays found, as the digests move along."""
        assert self.file is not None
        offset = out.raw(self.file.raw(run.offset, run.size))
        return _Run(offset, run.count, run.bits, run.table)


def _write(values: list[int], out: Output) -> _Run:
    """Append a run of sorted entries."""
    # a table of 20 bytes per page and a page of 8 bytes per entry: together the least to read
    bits = (len(values) * _ENTRY // (4 + DIGEST)).bit_length() // 2
    text = pack_struct(f">{len(values)}Q", *values)
    ends, digests, start = [], [], 0
    shift = 64 - bits
    for number in range(1 << bits):
        end = bisect_left(values, (number + 1) << shift, start)
        ends.append(end)
        digests.append(digest(text[start * _ENTRY : end * _ENTRY]))
        start = end
    table = pack_struct(f">{len(ends)}I", *ends) + b"".join(digests)
    offset = out.raw(table + text)
    return _Run(offset, len(values), bits, digest(table))
