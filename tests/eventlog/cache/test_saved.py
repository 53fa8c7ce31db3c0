"""The cache under a log: whatever becomes of the file, state and ids are those of the log."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from evt.eventlog.cache import saved, saving
from evt.eventlog.cache.checkpoint import load
from evt.eventlog.decision import Decision
from evt.eventlog.digest import sha256_hex
from evt.eventlog.evolve import FOLD_VERSION, evolve_each
from evt.eventlog.log import lookup
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.reader import Reader
from evt.eventlog.rawjson import dumps
from evt.eventlog.state import State
from tests.bench.generate import write_log
from tests.eventlog.log.logs import LOG_ID, new_log, note, open_log

EVENTS = 1500


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a log of several segments and its checkpoint."""
    log = new_log(tmp_path, segment_bytes=100_000)
    write_log(tmp_path / ".evt" / "log", LOG_ID, EVENTS, 100_000)
    log.state()
    assert cache(tmp_path).exists()
    return tmp_path


def cache(folder: Path) -> Path:
    return folder / ".evt" / "cache" / "checkpoint"


def everything(state: State, folder: Path) -> bytes:
    """All rows that a fold from zero makes, read as a rule reads them, as bytes."""
    zero = open_log(folder).state_at(10**9)
    rows = {key: state.get(key) for key in sorted({*zero.rows, *zero.packed})}
    return dumps({"head": state.head_row(), **rows})


def from_zero(folder: Path) -> bytes:
    return everything(open_log(folder).state_at(10**9), folder)


def sequences(log: FileLog) -> list[int | None]:
    ids = [log.stored(n).id for n in (1, 2, 700, EVENTS)]
    return [log.seen(one) for one in [*ids, "never"]]


def test_the_state_is_that_of_the_log_however_far_behind(folder: Path) -> None:
    """Given calls of new processes and an old one in turns, all see what a fold from zero makes."""
    old = open_log(folder)
    for count in (1, 63, 64, 65, 300):
        open_log(folder).transact(note("new", count))
        old.transact(note("old"))
        assert everything(open_log(folder).state(), folder) == from_zero(folder)
        assert everything(old.state(), folder) == from_zero(folder)
    assert open_log(folder)._cache.differences()[1] == []
    checkpoint = load(str(cache(folder)), FOLD_VERSION)
    assert checkpoint is not None and checkpoint.sequence > EVENTS + 400


def test_a_cold_call_folds_only_what_is_new(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folded: list[Any] = []

    def apply(state: State, events: list[Any]) -> None:
        folded.extend(events)
        evolve_each(state, events)

    monkeypatch.setattr(Reader, "apply", staticmethod(apply))
    open_log(folder).transact(note())
    assert folded == []
    open_log(folder).transact(note())
    assert len(folded) == 1


def test_an_id_is_found_without_reading_the_log(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = open_log(folder)
    log.transact(note("x", id="mine"))
    scanned: list[Any] = []
    scan = lookup.seen
    monkeypatch.setattr(
        saved.lookup, "seen", lambda *args: (scanned.append(args[2]), scan(*args))[1]
    )
    assert sequences(log) == [1, 2, 700, EVENTS, None]
    assert log.seen("mine") == log.head().sequence
    assert len(scanned) == 6 and all(segment > 1 for segment, _ in scanned)


def test_damage_anywhere_gives_the_same_answers(folder: Path) -> None:
    """Given a cut or a changed byte, log and scan answer instead; the file is made anew."""
    whole, expected = cache(folder).read_bytes(), from_zero(folder)
    size = len(whole)
    places = [0, 30, 600, 1030, *range(1100, size, size // 60), size - 5]
    for at in places:
        for text in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
            cache(folder).write_bytes(text)
            log = open_log(folder)
            assert everything(log.state(), folder) == expected, at
            assert sequences(open_log(folder)) == [1, 2, 700, EVENTS, None], at


def test_a_damaged_row_in_the_middle_of_a_decision(folder: Path) -> None:
    """Given pages that are found damaged under the lock, the decision goes on with right rows."""
    expected = from_zero(folder)
    log, read = open_log(folder), []

    def decide(state: State, now_us: int) -> Decision:
        with cache(folder).open("r+b") as file:
            file.seek(1024)
            file.write(b"\0" * (cache(folder).stat().st_size - 1024))
        read.append(everything(state, folder))
        return note("go on", 70)(state, now_us)

    assert len(log.transact(decide).receipts) == 70
    assert read == [expected]
    assert everything(log.state(), folder) == from_zero(folder)
    assert cache(folder).exists() and open_log(folder)._cache.differences()[1] == []


def test_the_file_of_another_log(folder: Path, tmp_path: Path) -> None:
    """Given a whole file of a log that ran otherwise, it does not fit and is not read."""
    other = tmp_path / "other"
    other.mkdir()
    new_log(other).transact(note("x", 900))
    expected = from_zero(folder)
    shutil.copy(cache(other), cache(folder))
    assert everything(open_log(folder).state(), folder) == expected
    assert sequences(open_log(folder)) == [1, 2, 700, EVENTS, None]
    checkpoint = load(str(cache(folder)), FOLD_VERSION)
    assert checkpoint is not None and checkpoint.sequence == open_log(folder).head().sequence


def test_an_old_file_is_caught_up(folder: Path) -> None:
    old = cache(folder).read_bytes()
    for _ in range(3):
        open_log(folder).transact(note("x", 100))
    cache(folder).write_bytes(old)
    assert everything(open_log(folder).state(), folder) == from_zero(folder)


def test_a_log_that_lost_its_end_is_folded_anew(folder: Path) -> None:
    """Given a power cut that took unsynced lines which a reader had saved, they are forgotten."""
    last = max((folder / ".evt" / "log").iterdir())
    whole = last.read_bytes()
    open_log(folder).transact(note("lost", 80))
    last.write_bytes(whole)
    log = open_log(folder)
    assert everything(log.state(), folder) == from_zero(folder)
    log.transact(note("other", 90))
    assert open_log(folder)._cache.differences()[1] == []


def test_a_forged_row_is_named(folder: Path) -> None:
    """Given digests that were counted anew, only the fold from zero knows better."""
    log = open_log(folder)
    state = log.state()
    source = state.source
    assert isinstance(source, saved.Source) and isinstance(source.checkpoint, saved.Checkpoint)
    base, path = source.checkpoint, str(cache(folder))
    forged = state.get("t/bench/task-000001") | {"status": "forged"}
    made = saving.save(
        path, {"t/bench/task-000001": forged}, base.sequence + 1, base.hash, base.position,
        FOLD_VERSION, base,
    )  # fmt: skip
    assert made is not None
    text = bytearray(cache(folder).read_bytes())
    made.header.sequence -= 1
    slot = 512 * (made.header.generation % 2)
    text[slot : slot + len(made.header.encode())] = made.header.encode()
    cache(folder).write_bytes(text)
    assert open_log(folder)._cache.differences()[1] == ["t/bench/task-000001"]


def test_nothing_is_saved_for_a_few_events_and_nothing_fails_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = new_log(tmp_path)
    log.transact(note("few", 60))
    assert not cache(tmp_path).exists()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OSError):
        os.pwrite(0, b"", 0)
    assert log.transact(note("many", 60)).receipts[-1].sequence == 120
    assert sha256_hex(b"") and open_log(tmp_path).state().sequence == 120
