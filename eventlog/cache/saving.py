"""Saving a checkpoint: the leaves that changed and the path to them, appended; then the header.

Nothing is synced and nothing is waited for: a page that did not reach the disk is found by its
digest, and a checkpoint that is not saved is saved by a later call. When more than half of the file
is no longer in use, what is in use moves to a new file, with more leaves if there are more rows.
"""

from __future__ import annotations

import fcntl
import os

from evt.eventlog.cache.checkpoint import bucket, lines, load, low_bits, ref_in
from evt.eventlog.cache.idindex import Index
from evt.eventlog.cache.pages import (
    NOTHING,
    PAGES_FROM,
    REF,
    SLOT,
    CacheDamaged,
    Header,
    Output,
    write_at,
)
from evt.eventlog.errors import EvtError
from evt.eventlog.rawjson import pack, unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from evt.eventlog.cache.checkpoint import Checkpoint
    from evt.eventlog.cache.idindex import Entries
    from evt.eventlog.cache.pages import Ref

    Changes = dict[int, dict[bytes, bytes]]  # leaf -> packed key -> packed row
    MoreIds = Callable[[Index], Entries | None]

ROWS_PER_LEAF = 8
SLACK = 1 << 20  # bytes of garbage that are not worth a compaction


def save(
    path: str,
    rows: Mapping[str, Any],
    sequence: int,
    hash: str,
    position: tuple[int, int],
    fold_version: int,
    base: Checkpoint | None,
    more_ids: MoreIds | None = None,
) -> Checkpoint | None:
    """Save a state: all its rows, or with `base` those that changed since that version.

    `more_ids` gives the event ids that the index lacks. None if another process is saving, or has
    saved this much or another past, or if the disk refuses: nothing is lost but time.
    """
    try:
        lock = _lock(path)
    except OSError:
        return None
    try:
        disk = load(path, fold_version)
        if not _goes_on(disk, base, sequence):
            return None
        header = Header()
        header.fold, header.sequence, header.hash = fold_version, sequence, hash
        header.segment, header.offset = position
        _write(path, header, rows, disk if base else None, more_ids)
        return load(path, fold_version)
    except CacheDamaged:
        discard(path)
    except (OSError, EvtError, ValueError, TypeError, RecursionError):
        pass  # a full disk, or a row that is not JSON: the log will be folded again
    finally:
        os.close(lock)
    return None


def discard(path: str) -> None:
    """Delete a file that is of no use."""
    try:
        os.unlink(path)
    except OSError:
        pass


def _lock(path: str) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        descriptor = os.open(path + ".lock", flags, 0o600)
    except FileNotFoundError:  # somebody deleted the folder, as they may
        os.mkdir(os.path.dirname(path), 0o700)
        descriptor = os.open(path + ".lock", flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _goes_on(disk: Checkpoint | None, base: Checkpoint | None, sequence: int) -> bool:
    """Whether what changed since `base` makes of the file what it should be.

    Rows that changed between `base` and the file are among those that changed since `base`, if
    both are of one lineage: one fold of one log.
    """
    if base is None:
        return disk is None or disk.sequence < sequence
    return (
        disk is not None
        and disk.header.lineage == base.header.lineage
        and base.sequence <= disk.sequence < sequence
    )


def _write(
    path: str,
    header: Header,
    rows: Mapping[str, Any],
    disk: Checkpoint | None,
    more_ids: MoreIds | None,
) -> None:
    index = Index.of(disk)
    entries = more_ids(index) if more_ids else None
    if disk is None:
        header.generation, header.lineage, header.count = 1, os.urandom(16), len(rows)
        header.bits = _bits(len(rows))
        _rewrite(path, header, _sorted(rows, header.bits), index, entries)
        return
    old = disk.header
    header.generation, header.lineage = old.generation + 1, old.lineage
    size = os.fstat(disk.file.descriptor).st_size
    if size - PAGES_FROM > 2 * old.live + SLACK:
        header.bits = max(old.bits, _bits(old.count))
        merged = _merged(disk, rows, header)
        _rewrite(path, header, merged, index, entries)
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        out = Output(descriptor, max(size, PAGES_FROM), old.live - old.ids[1])
        header.bits, header.count = old.bits, old.count
        header.root = _update(disk, header, rows, out)
        header.ids = out.add(index.extended(entries, out).encode())
        out.flush()
        header.live = out.live
        write_at(descriptor, header.encode(), SLOT * (header.generation % 2))
    finally:
        os.close(descriptor)


def _bits(count: int) -> int:
    return max(2, (count // ROWS_PER_LEAF).bit_length())


# Changing some leaves


def _changes(rows: Mapping[str, Any], bits: int) -> Changes:
    changes: Changes = {}
    for key, row in rows.items():
        changes.setdefault(bucket(key, bits), {})[pack(key)] = _packed(row)
    return changes


def _packed(row: Any) -> bytes:
    """The row as text; a fold may have made it already."""
    return row if type(row) is bytes else pack(row)


def _update(disk: Checkpoint, header: Header, rows: Mapping[str, Any], out: Output) -> Ref:
    """Append changed leaves and the pages above them; the new root."""
    changes = _changes(rows, header.bits)
    low = low_bits(header.bits)
    root = bytearray(disk.root())
    inner: dict[int, bytearray] = {}
    for number, changed in changes.items():
        above = number >> low
        if above not in inner:
            inner[above] = bytearray(disk.inner(above) or bytes(REF.size << low))
        found = lines(disk.leaf(number))
        before = len(found)
        found.update(changed)
        header.count += len(found) - before
        _replace(inner[above], number & (1 << low) - 1, _leaf(found), out)
    for above, page in inner.items():
        _replace(root, above, bytes(page), out)
    out.live -= len(root)
    return out.add(bytes(root))


def _replace(page: bytearray, number: int, text: bytes, out: Output) -> None:
    """Append a page and let its reference in the page above say so."""
    out.live -= ref_in(page, number)[1]
    REF.pack_into(page, number * REF.size, *out.add(text))


def _leaf(found: dict[bytes, bytes]) -> bytes:
    return b"".join([b"\n" + key + b"\t" + text for key, text in found.items()])


# Writing all of them


def _sorted(rows: Mapping[str, Any], bits: int) -> Iterator[tuple[int, bytes]]:
    """Leaves of all rows, by number; packed one by one, as all at once may be many."""
    keys: dict[int, list[str]] = {}
    for key in rows:
        keys.setdefault(bucket(key, bits), []).append(key)
    for number in sorted(keys):
        yield number, _leaf({pack(key): _packed(rows[key]) for key in keys[number]})


def _merged(
    disk: Checkpoint, rows: Mapping[str, Any], header: Header
) -> Iterator[tuple[int, bytes]]:
    """Leaves of a saved version with changed rows, by number; counts the rows."""
    old, bits = disk.header.bits, header.bits
    changes = _changes(rows, old)
    header.count = disk.header.count
    for number in range(1 << old):
        leaf = disk.leaf(number)
        if number not in changes and bits == old:
            yield number, leaf
            continue
        found = lines(leaf)
        before = len(found)
        found.update(changes.get(number, {}))
        header.count += len(found) - before
        parts: Changes = {}
        for key, text in found.items():
            parts.setdefault(bucket(_key(key), bits), {})[key] = text
        for part in sorted(parts):
            yield part, _leaf(parts[part])


def _key(packed: bytes) -> str:
    key: str = unpack(packed)
    return key


def _rewrite(
    path: str,
    header: Header,
    leaves: Iterable[tuple[int, bytes]],
    index: Index,
    entries: Entries | None,
) -> None:
    """Write a new file and put it in the place of the old one, which its readers keep."""
    temporary = path + ".tmp"
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, 0o600)
    try:
        out = Output(descriptor, PAGES_FROM, 0)
        header.root = _tree(leaves, header.bits, out)
        header.ids = out.add(index.extended(entries, out, moving=True).encode())
        out.flush()
        header.live = out.live
        write_at(descriptor, bytes(PAGES_FROM), 0)
        write_at(descriptor, header.encode(), SLOT * (header.generation % 2))
    finally:
        os.close(descriptor)
    os.rename(temporary, path)


def _tree(leaves: Iterable[tuple[int, bytes]], bits: int, out: Output) -> Ref:
    """Append leaves, given by number, and the pages above them; the root."""
    low = low_bits(bits)
    root = bytearray(REF.pack(*NOTHING) * (1 << (bits - low)))
    empty = REF.pack(*NOTHING) * (1 << low)
    above, page = -1, bytearray()
    for number, text in leaves:
        if number >> low != above:
            if page:
                REF.pack_into(root, above * REF.size, *out.add(bytes(page)))
            above, page = number >> low, bytearray(empty)
        REF.pack_into(page, (number & (1 << low) - 1) * REF.size, *out.add(text))
    if page:
        REF.pack_into(root, above * REF.size, *out.add(bytes(page)))
    return out.add(bytes(root))
