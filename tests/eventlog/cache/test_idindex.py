"""The index of ids: every id that was put in is found, and what is damaged says so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evt.eventlog.cache import idindex
from evt.eventlog.cache.checkpoint import Checkpoint
from evt.eventlog.cache.idindex import Entries, Index, entry
from evt.eventlog.cache.pages import CacheDamaged, Header, Output, PageFile
from tests.conftest import often


class File:
    """A file to which indexes are appended."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.index = Index()
        self.live = 0

    def extend(self, ids: list[str], moving: bool = False) -> None:
        size = self.path.stat().st_size if self.path.exists() and not moving else 8
        name = self.path.with_suffix(".new") if moving else self.path
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT)
        out = Output(descriptor, size, 0 if moving else self.live)
        first = self.index.covers + 1
        values = [entry(id.encode(), first + n) for n, id in enumerate(ids)]
        entries = Entries(values, self.index.covers + len(ids), 1, 0) if ids else None
        extended = self.index.extended(entries, out, moving)
        ref = out.add(extended.encode())
        out.flush()
        self.live = out.live - ref[1]
        os.close(descriptor)
        if moving:
            name.rename(self.path)
        header = Header()
        header.ids = ref
        file = PageFile(os.open(self.path, os.O_RDONLY))
        self.index = Index.of(Checkpoint(file, header))


@settings(max_examples=often(40), deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=25),
    most=st.sampled_from([1, 7, 64, 1 << 18]),
)
def test_every_id_is_found(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool]], most: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(idindex, "RUN_MAX", most)
        file = File(tmp_path_factory.mktemp("ids") / "file")
        ids: list[str] = []
        for count, moving in steps:
            new = [f"id-{len(ids) + n}" for n in range(count)]
            file.extend(new, moving)
            ids += new
        assert file.index.covers == len(ids)
        for number, one in enumerate(ids, 1):
            assert number in file.index.lookup(one)
        assert sorted(file.index.values()) == sorted(
            entry(one.encode(), number) for number, one in enumerate(ids, 1)
        )
        assert all(run.count <= max(most, 40) for run in file.index.runs)
        assert file.live == sum(run.size for run in file.index.runs)


def test_ids_that_share_a_crc_are_all_candidates(tmp_path: Path) -> None:
    file = File(tmp_path / "file")
    file.extend(["plumless", "buckeroo", "other"])  # the first two are a known pair
    assert set(file.index.lookup("plumless")) == set(file.index.lookup("buckeroo")) == {1, 2}


def test_no_lookup_reads_more_than_a_few_pages(tmp_path: Path) -> None:
    """Given many ids, runs stay few and a page small."""
    file = File(tmp_path / "file")
    for step in range(64):
        file.extend([f"{step}-{n}" for n in range(512)])
    assert [run.count for run in file.index.runs] == [64 * 512]
    (run,) = file.index.runs
    assert run.table_size + 8 * run.count // (1 << run.bits) < 6000


def test_any_byte_changed_is_found_or_not_needed(tmp_path: Path) -> None:
    """A lookup answers with the right sequence or raises: an id is never missing."""
    file = File(tmp_path / "file")
    ids = [f"id-{n}" for n in range(70)]
    file.extend(ids[:64])
    file.extend(ids[64:])
    whole = file.path.read_bytes()
    damaged = 0
    with file.path.open("r+b", buffering=0) as changed:
        for at, byte in enumerate(whole):
            os.pwrite(changed.fileno(), bytes([byte ^ 0x20]), at)
            for number in (1, 33, 64, 70):
                try:
                    assert number in file.index.lookup(ids[number - 1])
                except CacheDamaged:
                    damaged += 1
            os.pwrite(changed.fileno(), bytes([byte]), at)
    assert damaged > 100
