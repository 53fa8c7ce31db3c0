"""The log in files keeps what every backend promises, and what only files can."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from itertools import pairwise
from pathlib import Path

import pytest

from evt.eventlog.decision import Accepted, Decision
from evt.eventlog.errors import Damaged, Locked, LogIO, Newer, NoLog
from evt.eventlog.ids import event_id, new_seed
from evt.eventlog.line import Event
from evt.eventlog.log import syscalls
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout, create
from evt.eventlog.log.lock import Lock
from evt.eventlog.log.reader import BATCH_MAX
from evt.eventlog.state import State
from tests.eventlog.log.conformance import LogConformance
from tests.eventlog.log.logs import (
    LOG_ID,
    assert_sound,
    child,
    first_segment,
    new_log,
    note,
    open_log,
    stamped,
)


class TestFileLog(LogConformance):
    """Every promise of a backend."""

    @pytest.fixture
    def backend(self, tmp_path: Path) -> FileLog:
        return new_log(tmp_path)

    def again(self, backend: FileLog) -> FileLog:
        return FileLog(Layout(backend.layout.folder))


def test_a_new_log_is_private_and_ignored_by_git(tmp_path: Path) -> None:
    folder = tmp_path / ".evt"
    assert create(str(folder), LOG_ID) is True
    assert create(str(folder), "other") is False
    assert (folder / "config.json").read_text() == '{"logId":"log-1","segmentBytes":67108864}\n'
    assert "*" in (folder / ".gitignore").read_text().splitlines()
    for path in [folder, *folder.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_without_a_log_the_error_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(NoLog) as none:
        open_log(tmp_path)
    assert (none.value.exit, none.value.hint) == (6, "evt init")


def test_a_log_without_its_first_segment_is_no_log(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    log.transact(note())
    first_segment(tmp_path).unlink()
    with pytest.raises(NoLog):
        open_log(tmp_path)
    with pytest.raises(NoLog):
        log.transact(note())
    with pytest.raises(NoLog):
        log.head()


def test_a_log_replaced_during_a_call_is_not_written(tmp_path: Path) -> None:
    """Given a handle, when the folder is swapped, then nothing goes into either log."""
    log = new_log(tmp_path)
    log.transact(note())
    before = first_segment(tmp_path).read_bytes()
    (tmp_path / ".evt").rename(tmp_path / "old")
    new_log(tmp_path)
    with Lock(Layout(str(tmp_path / "old"))), pytest.raises((NoLog, Damaged)):
        log.transact(note())
    assert (tmp_path / "old" / "log" / f"{1:016d}.jsonl").read_bytes() == before
    assert first_segment(tmp_path).read_bytes() == b""


@pytest.mark.parametrize("call", ["read", "write"])
def test_another_log_of_the_same_length_is_noticed(tmp_path: Path, call: str) -> None:
    """Given a handle that knows a log, when another of as many events takes its place."""
    log = new_log(tmp_path)
    log.transact(note("old"))
    (tmp_path / ".evt").rename(tmp_path / "old")
    new_log(tmp_path).transact(note("new"))
    before = first_segment(tmp_path).read_bytes()
    with pytest.raises(NoLog, match="replaced"):
        log.state() if call == "read" else log.transact(note("lost"))
    assert first_segment(tmp_path).read_bytes() == before


@pytest.mark.parametrize("cached", [True, False])
def test_a_writer_that_read_first_walks_the_chain_all_the_same(
    tmp_path: Path, cached: bool
) -> None:
    """Given a line changed in the middle, when a call looks first, its append is refused too."""
    log = new_log(tmp_path)
    for text in ("first", *(["more"] * 70)):  # enough for a checkpoint
        log.transact(note(text))
    path = first_segment(tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"first"', b'"FIRST"'))
    if not cached:
        shutil.rmtree(tmp_path / ".evt" / "cache")
    before = path.read_bytes()
    again = open_log(tmp_path)
    assert again.state().sequence == again.state().sequence == 71
    with pytest.raises(Damaged):
        again.transact(note("behind the damage"))
    assert path.read_bytes() == before


def test_a_lock_file_that_was_replaced_is_noticed(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    holder = Lock(log.layout)
    with pytest.raises(NoLog, match="replaced"), holder:
        os.rename(log.layout.path("lock"), log.layout.path("lock.old"))
        (tmp_path / ".evt" / "lock").touch()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "stat", _stat_of(log.layout.path("lock.old")))
            Lock(log.layout).__enter__()
        raise AssertionError


def _stat_of(path: str) -> object:
    """What is at another path than the one asked for."""
    real = os.stat
    return lambda asked, **more: real(path)


def test_a_lock_that_is_not_had_in_time_names_the_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = new_log(tmp_path)
    monkeypatch.setenv("EVT_LOCK_TIMEOUT", "0.05")
    with Lock(log.layout), pytest.raises(Locked) as locked:
        open_log(tmp_path).transact(note())
    assert locked.value.exit == 75
    assert str(os.getpid()) in locked.value.message
    log.transact(note())


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    new_log(tmp_path)
    writer = child("append", tmp_path, "a", 0)
    assert writer.stdout is not None
    writer.stdout.readline()
    writer.kill()
    writer.communicate()
    open_log(tmp_path).transact(note())


def test_segments_are_sealed_and_the_whole_is_one_chain(tmp_path: Path) -> None:
    log = new_log(tmp_path, segment_bytes=4096)
    for number in range(40):
        log.transact(note(f"{number}", count=number % 4 + 1))
    events = assert_sound(tmp_path)
    segments = sorted((tmp_path / ".evt" / "log").glob("*.jsonl"))
    assert len(segments) > 3
    for path, following in pairwise(segments):
        last = path.read_bytes().splitlines()[-1]
        assert b'"type":"SegmentSealed"' in last and f'"next":"{following.name}"'.encode() in last
        assert int(following.name[:16]) == path.read_bytes().count(b"\n") + int(path.name[:16])
    again = open_log(tmp_path)
    assert again.state().sequence == len(events)
    for sequence in range(1, len(events) + 1):
        assert again.stored(sequence).id == events[sequence - 1]["id"]
        assert again.seen(events[sequence - 1]["id"]) == sequence


def test_a_seal_without_the_next_segment_is_completed(tmp_path: Path) -> None:
    """Given a writer that died between the seal and the new file, then the next one makes it."""
    log = new_log(tmp_path, segment_bytes=500)
    log.transact(note("x" * 500))
    log.transact(note())
    last = max((tmp_path / ".evt" / "log").glob("*.jsonl"))
    last.unlink()
    open_log(tmp_path).transact(note())
    events = assert_sound(tmp_path)
    assert [event["type"] for event in events] == ["Noted", "SegmentSealed", "Noted"]


def test_the_writer_of_a_seal_sees_the_segment_that_another_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a seal whose segment could not be made, then its writer follows whoever makes it."""
    log = new_log(tmp_path, segment_bytes=500)
    log.transact(note("x" * 500))
    monkeypatch.setattr(syscalls, "rename", _no_space)
    with pytest.raises(LogIO):
        log.transact(note())
    monkeypatch.undo()
    assert log.head().sequence == 2
    open_log(tmp_path).transact(note())
    assert log.head().sequence == log.state().sequence == 3


def _no_space(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_newer_log_reads_but_is_not_written(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    log.transact(_critical)
    again = open_log(tmp_path)
    assert again.head().sequence == 1
    assert [line.event.type for line in again.read(0)] == ["FromTheFuture"]
    for one in (log, again):
        with pytest.raises(Newer) as newer:
            one.transact(note())
        assert newer.value.exit == 6 and "upgrade" in newer.value.hint
    assert_sound(tmp_path)


def _critical(state: State, now_us: int) -> Decision:
    event = Event("x", "FromTheFuture", "engineer", {})
    event.critical = True
    return Decision(stamped([event], state, now_us), Accepted())


@pytest.mark.parametrize("cached", [True, False])
def test_a_log_of_another_id_is_not_written(tmp_path: Path, cached: bool) -> None:
    """Given the config.json of another log, then nothing is appended that would not fit."""
    log = new_log(tmp_path)
    for number in range(40):
        log.transact(note(str(number)))
    if not cached:
        shutil.rmtree(tmp_path / ".evt" / "cache")
    config = tmp_path / ".evt" / "config.json"
    config.write_text(config.read_text().replace(LOG_ID, "other"))
    before = first_segment(tmp_path).read_bytes()
    with pytest.raises(Damaged, match="source") as refused:
        open_log(tmp_path).transact(note())
    assert refused.value.facts["location"]["line"] == 1
    assert first_segment(tmp_path).read_bytes() == before


def test_what_was_swept_goes_ahead_of_a_batch_that_is_full_already(tmp_path: Path) -> None:
    """Given a request of as many events as a batch can hold, then what was swept is another."""
    log, ids = new_log(tmp_path), [event_id(new_seed(), n) for n in range(BATCH_MAX + 1)]

    def decide(state: State, now_us: int) -> Decision:
        events = [Event(one, "Noted", "engineer", {"text": "n"}) for one in ids]
        return Decision(stamped(events, state, now_us), Accepted(), own=1)

    done = log.transact(decide)
    events = assert_sound(tmp_path)
    assert [receipt.id for receipt in done.receipts] == ids
    assert "batch" not in events[0]
    assert (events[1]["batch"], events[-1]["batch"]) == ("1/1000", "1000/1000")
    assert log.state().sequence == open_log(tmp_path).head().sequence == BATCH_MAX + 1


@pytest.mark.parametrize("written", [True, False])
def test_a_config_that_names_only_the_segment_size_is_enough(tmp_path: Path, written: bool) -> None:
    """Given a config without a log id, then the lines tell it, or the first one decides it."""
    log = new_log(tmp_path)
    if written:
        log.transact(note())
    (tmp_path / ".evt" / "config.json").write_text('{"segmentBytes":4096}\n')
    for _ in range(12):
        open_log(tmp_path).transact(note("x" * 300))
    events = assert_sound(tmp_path)
    assert len({event["source"] for event in events}) == 1
    assert "SegmentSealed" in {event["type"] for event in events}
