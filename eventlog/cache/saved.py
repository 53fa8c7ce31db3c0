"""The cache as the log uses it: load what fits the log, save after the receipt, find event ids.

Whatever is wrong with the file, the answer is the right one and only later: rows come from a fold
from zero, ids from a scan, and the file is made anew.
"""

from __future__ import annotations

from time import monotonic

from evt.eventlog.cache.checkpoint import Checkpoint, rows
from evt.eventlog.cache.checkpoint import load as load_checkpoint
from evt.eventlog.cache.idindex import RUN_MIN, SEQUENCE_MAX, Entries, Index, entry
from evt.eventlog.cache.pages import CacheDamaged
from evt.eventlog.cache.saving import discard
from evt.eventlog.cache.saving import save as save_checkpoint
from evt.eventlog.digest import sha256_hex
from evt.eventlog.evolve import FOLD_VERSION
from evt.eventlog.line import LINE_MAX, decode
from evt.eventlog.log import lookup
from evt.eventlog.log.reader import Position, read_back

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from evt.eventlog.log.layout import Layout
    from evt.eventlog.state import State

SAVE_AFTER = 64  # events behind; folding fewer costs less than saving
PAUSE = 0.25  # seconds between two savings of one process: a loop of appends must not pay for each
INDEX_MOST = 1 << 14  # events indexed by one call; the rest by later ones
HEAD = "head"
_ID = b'{"specversion":"1.0","id":"'
_BLOCK = 1 << 20


class Source:
    """Rows of a checkpoint; if it is damaged, those that a fold from zero makes."""

    __slots__ = ("checkpoint", "path", "refold", "refolded")

    def __init__(self, path: str, checkpoint: Checkpoint, refold: Callable[[int], State]) -> None:
        self.path = path
        self.checkpoint = checkpoint
        self.refold = refold
        self.refolded: State | None = None

    def __call__(self, key: str) -> dict[str, Any] | None:
        """The row of a key, None if there is none."""
        if self.refolded is None:
            try:
                return self.checkpoint.row(key)
            except CacheDamaged:
                discard(self.path)
                self.refolded = self.refold(self.checkpoint.sequence)
        row: dict[str, Any] | None = self.refolded.get(key)
        return row


class Cache:
    """A cache of one log, in a file of that name; `refold(sequence)` folds from zero."""

    __slots__ = (
        "_index",
        "_looked",
        "_not_before",
        "_pause",
        "_refold",
        "_seen_at",
        "layout",
        "path",
    )

    def __init__(
        self, layout: Layout, refold: Callable[[int], State], name: str = "checkpoint",
        pause: float = PAUSE,
    ) -> None:  # fmt: skip
        self.layout = layout
        self.path = layout.path("cache", name)
        self._refold = refold
        self._pause = pause  # seconds between two savings
        self._not_before = 0.0  # of the monotonic clock: the first saving is always due
        self._looked = False  # whether `_index` is what the file has
        self._index: Index | None = None
        self._seen_at = 0  # sequence of the version that is on disk, as far as known

    def load(self, fresh: Callable[..., State]) -> tuple[State, Position] | None:
        """State and position of the checkpoint, None if there is none that fits the log."""
        checkpoint = self._open()
        if checkpoint is None:
            return None
        try:
            head: Any = checkpoint.row(HEAD)
        except CacheDamaged:
            head = None
        if head is None or head.get("sequence") != checkpoint.sequence:
            discard(self.path)
            return None
        state = fresh(Source(self.path, checkpoint, self._refold))
        state.load_head(head)
        return state, Position(checkpoint.sequence, checkpoint.hash, *checkpoint.position)

    def save(self, state: State, position: Position) -> None:
        """Save what changed when it is worth it."""
        source = state.source if isinstance(state.source, Source) else None
        base = source.checkpoint if source and source.refolded is None else None
        saved = max(self._seen_at, base.sequence if base else 0)
        if position.sequence < saved + SAVE_AFTER or position.offset == 0:
            return
        now = monotonic()
        if now < self._not_before:
            return
        self._not_before = now + self._pause
        rows, packed = state.rows, state.packed
        changed: dict[str, Any] = {
            key: packed[key] if key in packed else rows[key] for key in state.dirty
        }
        if source and source.refolded:
            changed = source.refolded.rows | source.refolded.packed | changed
        changed[HEAD] = state.head_row()
        checkpoint = save_checkpoint(
            self.path, changed, position.sequence, position.hash,
            (position.segment, position.offset), FOLD_VERSION, base,
            lambda index: _missing(self.layout, index, position),
        )  # fmt: skip
        if checkpoint is None:
            self._looked, self._index = False, None
            on_disk = load_checkpoint(self.path, FOLD_VERSION)
            self._seen_at = on_disk.sequence if on_disk else 0
        elif checkpoint.sequence == position.sequence:
            self._take(checkpoint)
            state.source = Source(self.path, checkpoint, self._refold)
            state.clean()

    def seen(self, event_id: str) -> int | None:
        """Sequence of the event with this id, None if it is not in the log."""
        if not self._looked:
            self._open()
        index = self._index
        if index is not None:
            since = (index.segment, index.offset)
            found = lookup.seen(self.layout, event_id, since)
            if found is not None:
                return found
            try:
                return self._indexed(index, event_id)
            except (CacheDamaged, LookupError):
                discard(self.path)
                self._index = None
        return lookup.seen(self.layout, event_id)

    def _indexed(self, index: Index, event_id: str) -> int | None:
        for sequence in index.lookup(event_id):
            if lookup.line_at(self.layout, sequence).event.id == event_id:
                return sequence
        return None

    def _open(self) -> Checkpoint | None:
        """The checkpoint on disk if it fits the log; one that does not is deleted."""
        checkpoint = load_checkpoint(self.path, FOLD_VERSION)
        if checkpoint is not None and not _fits(self.layout, checkpoint):
            discard(self.path)
            checkpoint = None
        self._take(checkpoint)
        return checkpoint

    def _take(self, checkpoint: Checkpoint | None) -> None:
        self._looked = True
        self._seen_at = checkpoint.sequence if checkpoint else 0
        try:
            self._index = Index.of(checkpoint) if checkpoint else None
        except CacheDamaged:
            discard(self.path)
            self._index = None

    def differences(self) -> tuple[int | None, list[str]]:
        """Sequence of the checkpoint on disk (None: there is none that fits), and its false keys.

        A key is false if a fold from zero makes another row of it, byte for byte. Raises
        CacheDamaged if a page is not the one that was saved.
        """
        from evt.eventlog.rawjson import pack

        checkpoint = self._open()
        if checkpoint is None:
            return None, []
        state = self._refold(checkpoint.sequence)
        keys = [*state.rows, *state.packed]
        expected = {key: pack(row) for key in keys if (row := state.get(key)) is not None}
        expected[HEAD] = pack(state.head_row())
        found = {key: pack(row) for key, row in rows(checkpoint)}
        false = [
            key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)
        ]
        if not _index_is_true(self.layout, Index.of(checkpoint)):
            false.append("ids")
        return checkpoint.sequence, sorted(false)


def _fits(layout: Layout, checkpoint: Checkpoint) -> bool:
    """Whether the last line that was folded is in the log where it was."""
    position = Position(checkpoint.sequence, checkpoint.hash, *checkpoint.position)
    try:
        for size in (4 << 10, 64 << 10, LINE_MAX + 2):
            if text := read_back(layout, position, size):
                break
    except OSError:
        return False
    return text.endswith(b"\n") and sha256_hex(text[:-1].rpartition(b"\n")[2]) == checkpoint.hash


def _missing(layout: Layout, index: Index, position: Position) -> Entries | None:
    """Ids of the lines that the index does not cover, None if they are too few."""
    if position.sequence < index.covers + RUN_MIN or position.sequence > SEQUENCE_MAX:
        return None
    values: list[int] = []
    most = min(position.sequence, index.covers + INDEX_MOST)
    sequence = index.covers
    for segment, offset, lines in _blocks(layout, index.segment, index.offset):
        lines = lines[: most - sequence]
        values += _entries(lines, sequence + 1)
        sequence += len(lines)
        if sequence == most:
            return Entries(values, sequence, segment, offset + sum(map(len, lines)))
    return None


def _blocks(layout: Layout, segment: int, offset: int) -> Iterator[tuple[int, int, list[bytes]]]:
    """Lines from a place on, many at once, with the segment and the offset of the first."""
    for first in layout.segments():
        if first < segment:
            continue
        with open(layout.segment(first), "rb") as file:
            if first == segment:
                file.seek(offset)
            while lines := file.readlines(_BLOCK):
                yield first, file.tell() - sum(map(len, lines)), lines


def _entries(lines: list[bytes], first: int) -> list[int]:
    """The entries of lines; `first` is the sequence of the first of them."""
    start = len(_ID)
    ids = [
        line[start : line.index(b'"', start)] if line.startswith(_ID) else decode(line).id.encode()
        for line in lines
    ]
    return list(map(entry, ids, range(first, first + len(ids))))


def _index_is_true(layout: Layout, index: Index) -> bool:
    expected: list[int] = []
    for _, _, lines in _blocks(layout, 1, 0):
        expected += _entries(lines[: index.covers - len(expected)], len(expected) + 1)
    return sorted(index.values()) == sorted(expected)
