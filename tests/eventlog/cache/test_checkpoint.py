"""The checkpoint file against a dict: right rows, CacheDamaged or None, never wrong rows."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from evt.eventlog.cache import saving
from evt.eventlog.cache.checkpoint import Checkpoint, load, rows
from evt.eventlog.cache.idindex import Index
from evt.eventlog.cache.pages import PAGES_FROM, SLOT, CacheDamaged, Header
from evt.eventlog.cache.saving import save
from tests.conftest import often

HASH = "ab" * 32
FOLD = 7
Rows = dict[str, Any]

KEYS = st.one_of(st.sampled_from(["head", "a", "t/p/x", "t/p/\n\t\"'"]), st.text(max_size=5))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)  # fmt: skip
ROWS = st.dictionaries(KEYS, st.dictionaries(st.text(max_size=4), VALUES, max_size=4), max_size=9)


def put(path: Path, rows: Rows, sequence: int, base: Checkpoint | None = None) -> Checkpoint | None:
    return save(str(path), rows, sequence, HASH, (1, 10 * sequence), FOLD, base)


def must(checkpoint: Checkpoint | None) -> Checkpoint:
    assert checkpoint is not None
    return checkpoint


def read(path: Path) -> Checkpoint | None:
    return load(str(path), FOLD)


@pytest.fixture
def two_versions(tmp_path: Path) -> tuple[Path, Rows, Rows]:
    """Return a file with two versions, and the rows of the first and of the second."""
    path = tmp_path / "checkpoint"
    first = {f"key {n}": {"n": n, "text": "é" * n} for n in range(12)}
    base = must(put(path, first, 100))
    change = {"key 3": {"n": -3}, "new": {}}
    must(put(path, change, 200, base))
    return path, first, first | change


class Machine(RuleBasedStateMachine):
    """Save, open and read again in any order, with compactions as often as possible."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.path = Path(self.folder) / "checkpoint"
        self.rows: Rows = {}
        self.sequence = 0
        self.base: Checkpoint | None = None
        self.old: list[tuple[Checkpoint, Rows]] = []
        self.since: set[str] = set()  # keys that changed since the last of `old`
        self.slack, saving.SLACK = saving.SLACK, 0

    @initialize(first=ROWS)
    def begin(self, first: Rows) -> None:
        self.rows, self.sequence = dict(first), 1
        self.base = must(put(self.path, self.rows, 1))

    @rule(changed=ROWS, many=st.booleans())
    def change(self, changed: Rows, many: bool) -> None:
        changed |= {f"{self.sequence}/{n}": {"n": n} for n in range(60)} if many else {}
        assert self.base is not None
        self.old.append((self.base, dict(self.rows)))
        self.since = set(changed)
        self.sequence += 1
        self.rows |= changed
        self.base = must(put(self.path, changed, self.sequence, self.base))

    @rule()
    def open_again(self) -> None:
        self.base = must(read(self.path))

    @rule(changed=ROWS)
    def one_who_is_behind(self, changed: Rows) -> None:
        """Given what changed since an older version, it can be saved on top of the newer one."""
        if self.old and self.base is not None:
            self.sequence += 1
            self.rows |= changed
            self.since |= set(changed)
            since = {key: self.rows[key] for key in self.since}
            self.base = must(put(self.path, since, self.sequence, self.old[-1][0]))

    @rule(changed=ROWS)
    def one_who_is_too_late(self, changed: Rows) -> None:
        assert put(self.path, changed, self.sequence, self.base) is None

    @invariant()
    def what_was_saved_is_there(self) -> None:
        if self.base is not None:
            assert self.base.sequence == self.sequence == must(read(self.path)).sequence
            assert dict(rows(self.base)) == self.rows
            assert self.base.header.count == len(self.rows)
            for key in ("head", "a", "nobody", *list(self.rows)[:3]):
                assert self.base.row(key) == self.rows.get(key)
            assert all(dict(rows(base)) == before for base, before in self.old[-3:])
            assert os.stat(self.path).st_size < 3 * self.base.header.live + 40_000

    def teardown(self) -> None:
        saving.SLACK = self.slack
        shutil.rmtree(self.folder)


Machine.TestCase.settings = settings(max_examples=often(25), stateful_step_count=15, deadline=None)
TestMachine = Machine.TestCase


def seen(path: Path) -> tuple[int, Rows] | str:
    """What a reader gets out of a file: a version with rows, or why there is none."""
    checkpoint = read(path)
    if checkpoint is None:
        return "none"
    try:
        everything = dict(rows(checkpoint))
        assert all(checkpoint.row(key) == row for key, row in everything.items())
        Index.of(checkpoint)
    except CacheDamaged:
        return "damaged"
    return checkpoint.sequence, everything


def test_cut_anywhere(two_versions: tuple[Path, Rows, Rows]) -> None:
    path, _, _ = two_versions
    whole = path.read_bytes()
    for size in reversed(range(len(whole))):
        os.truncate(path, size)
        assert seen(path) in ("none", "damaged"), size


def test_any_byte_changed(two_versions: tuple[Path, Rows, Rows]) -> None:
    """A damaged header leaves the version before; a page that is not in use may be anything."""
    path, before, after = two_versions
    whole = path.read_bytes()
    right = [(100, before), (200, after), "none", "damaged"]
    found = set()
    with path.open("r+b", buffering=0) as file:
        for at, byte in enumerate(whole):
            os.pwrite(file.fileno(), bytes([byte ^ 0x41]), at)
            result = seen(path)
            os.pwrite(file.fileno(), bytes([byte]), at)
            assert result in right, at
            found.add(result[0])
    assert found == {100, 200, "d"}


def test_one_damaged_page_does_not_hide_the_rows_of_others(tmp_path: Path) -> None:
    """A cold call reads only what it needs; what it gets is right all the same."""
    path = tmp_path / "checkpoint"
    everything = {f"key {n}": {"n": n} for n in range(200)}
    checkpoint = must(put(path, everything, 1))
    offset, size, _ = checkpoint.leaf_ref(3)
    with path.open("r+b") as file:
        file.seek(offset + size // 2)
        file.write(b"\xff")
    outcomes = {"right": 0, "damaged": 0}
    checkpoint = must(read(path))
    for key, row in everything.items():
        try:
            assert checkpoint.row(key) == row
            outcomes["right"] += 1
        except CacheDamaged:
            outcomes["damaged"] += 1
    assert outcomes["right"] > 150 and outcomes["damaged"] > 0


def test_pages_of_another_generation_or_file(tmp_path: Path) -> None:
    """Given the header of one file over the pages of another, whatever is read is refused."""
    one, other = tmp_path / "one", tmp_path / "other"
    must(put(one, {f"k{n}": {"n": n} for n in range(30)}, 5))
    must(put(other, {f"k{n}": {"n": -n} for n in range(30)}, 5))
    mixed = one.read_bytes()[:PAGES_FROM] + other.read_bytes()[PAGES_FROM:]
    one.write_bytes(mixed)
    checkpoint = must(read(one))
    for number in range(30):
        with pytest.raises(CacheDamaged):
            checkpoint.row(f"k{number}")


def test_old_header_over_new_pages(two_versions: tuple[Path, Rows, Rows]) -> None:
    """Given a power cut that lost the last header, the version before is read, and built upon."""
    path, before, _ = two_versions
    slots = path.read_bytes()[:PAGES_FROM]
    newer = next(start for start in (0, SLOT) if _generation(slots, start) == 2)
    with path.open("r+b") as file:
        file.seek(newer)
        file.write(bytes(SLOT))
    base = must(read(path))
    assert (base.sequence, dict(rows(base))) == (100, before)
    again = must(put(path, {"later": {"x": 1}}, 300, base))
    assert dict(rows(again)) == before | {"later": {"x": 1}}


def _generation(slots: bytes, start: int) -> int:
    header = Header.decode(slots[start : start + SLOT])
    return header.generation if header else 0


def test_stale_page_in_place_of_a_new_one(two_versions: tuple[Path, Rows, Rows]) -> None:
    """Given a leaf whose write was lost and whose place has an older valid leaf: damaged."""
    path, _, _ = two_versions
    text = path.read_bytes()
    old = text.index(b'"key 3"\t{"n":3')
    new = text.index(b'"key 3"\t{"n":-3}')
    checkpoint = must(read(path))
    assert checkpoint.row("key 3") == {"n": -3}
    stale = text[old : old + 16]
    path.write_bytes(text[:new] + stale + text[new + 16 :])
    with pytest.raises(CacheDamaged):
        must(read(path)).row("key 3")


def test_other_fold_version_is_none_and_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    must(put(path, {"a": {"x": 1}}, 9))
    assert load(str(path), FOLD + 1) is None
    newer = save(str(path), {"b": {}}, 3, HASH, (1, 30), FOLD + 1, None)
    assert dict(rows(must(newer))) == {"b": {}}
    assert read(path) is None


def test_another_past_is_not_built_upon(tmp_path: Path) -> None:
    """Given a file that was made anew from zero, changes to the old one do not belong there."""
    path = tmp_path / "checkpoint"
    base = must(put(path, {"a": {"x": 1}}, 9))
    path.unlink()
    must(put(path, {"a": {"x": 2}}, 10))
    assert put(path, {"b": {}}, 11, base) is None
    assert must(read(path)).row("a") == {"x": 2}
    path.unlink()
    assert put(path, {"b": {}}, 11, base) is None and not path.exists()
    assert base.row("a") == {"x": 1}


def test_busy_lock_means_later(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    with (tmp_path / "checkpoint.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert put(path, {"a": {}}, 1) is None
    assert put(path, {"a": {}}, 1) is not None


def test_a_folder_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "checkpoint"
    assert must(put(path, {"a": {}}, 1)).row("a") == {}
    assert path.parent.stat().st_mode & 0o777 == 0o700 and path.stat().st_mode & 0o777 == 0o600


def test_a_row_that_is_not_json_is_not_saved(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    base = must(put(path, {"a": {"x": 1}}, 1))
    assert put(path, {"a": {"x": float("inf")}}, 2, base) is None
    assert must(read(path)).row("a") == {"x": 1}


def test_lone_surrogates_of_foreign_lines_survive(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    assert must(put(path, {"t/\ud800": {"x": "\udfff"}}, 1)).row("t/\ud800") == {"x": "\udfff"}


def test_leaves_grow_with_the_rows(tmp_path: Path) -> None:
    """What a save writes stays the same: leaves do not fill up."""
    path = tmp_path / "checkpoint"
    base = must(put(path, {"0": {}}, 1))
    for step in range(1, 40):
        base = must(
            put(path, {f"{step}/{n}": {"t": "x" * 500} for n in range(100)}, 1 + step, base)
        )
    leaves = 1 << base.header.bits
    assert base.header.count == 3901 and leaves * 32 > base.header.count
