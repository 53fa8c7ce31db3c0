"""What a killed writer leaves is put into quarantine; anything else stops writing (promise 4)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from evt.eventlog.errors import Damaged
from evt.eventlog.evolve import evolve_each
from evt.eventlog.log import syscalls
from evt.eventlog.log.layout import Layout
from evt.eventlog.log.reader import Reader
from evt.eventlog.log.verify import verify
from tests.eventlog.log.logs import (
    assert_sound,
    first_segment,
    new_log,
    note,
    open_log,
    own,
)


@pytest.fixture
def two_and_five(tmp_path: Path) -> tuple[Path, int, bytes]:
    """Make a log of two lines and a batch of five; return it, where the batch begins, its bytes."""
    folder = tmp_path / "log"
    folder.mkdir()
    log = new_log(folder)
    log.transact(note())
    log.transact(note())
    start = first_segment(folder).stat().st_size
    log.transact(note(count=5))
    return folder, start, first_segment(folder).read_bytes()[start:]


def kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / ".evt" / "quarantine").iterdir()}


def assert_kept(folder: Path, event: dict[str, Any], tail: bytes) -> None:
    """The event describes the bytes, and they are there."""
    data = event["data"]
    assert (event["type"], event["actor"], event["subject"]) == ("TailQuarantined", "evt", "log")
    assert kept(folder)[data["file"]] == tail
    assert (data["bytes"], data["sha256"]) == (len(tail), hashlib.sha256(tail).hexdigest())
    assert not any(name.endswith(".jsonl") for name in kept(folder))


def test_a_batch_cut_at_every_byte_is_there_as_a_whole_or_not_at_all(
    two_and_five: tuple[Path, int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syscalls, "fsync", lambda descriptor: None)  # 2,000 times the same disk
    monkeypatch.setattr(syscalls, "sync_data", lambda descriptor: None)
    folder, start, batch = two_and_five
    segment, before = first_segment(folder), first_segment(folder).read_bytes()
    for cut in range(len(batch) + 1):
        segment.write_bytes(before[: start + cut])
        shutil.rmtree(folder / ".evt" / "quarantine")
        (folder / ".evt" / "quarantine").mkdir()
        reader = open_log(folder)
        shown = [line.event.sequence for line in reader.read(0)]
        assert shown == list(range(1, 8 if cut == len(batch) else 3))
        assert reader.head().sequence == reader.state().sequence == len(shown)
        assert segment.read_bytes() == before[: start + cut]
        open_log(folder).transact(note("after"))
        events = [json.loads(line) for line in segment.read_bytes().splitlines()]
        if cut in (0, len(batch)):
            assert [event["data"].get("text") for event in events[len(shown) :]] == ["after"]
            assert kept(folder) == {}
        else:
            assert_kept(folder, events[2], batch[:cut])
            assert events[2]["data"]["offset"] == start
            assert [event["data"].get("text") for event in events[3:]] == ["after"]
        if cut % 97 == 0:
            assert_sound(folder)


@pytest.mark.parametrize(
    "tail",
    [b"\0" * 4096, b"half a line", b"not JSON\n", b"\n\n\n", b"\xff\xfe\n", b'{"a":1}'],
    ids=repr,
)
def test_bytes_that_are_no_batch_go_into_quarantine(tmp_path: Path, tail: bytes) -> None:
    log = new_log(tmp_path)
    log.transact(note())
    with first_segment(tmp_path).open("ab") as file:
        file.write(tail)
    report = verify(log.layout)
    assert [finding["code"] for finding in report["findings"]] == ["tail"]
    assert open_log(tmp_path).head().sequence == 1
    log.transact(note())
    events = assert_sound(tmp_path)
    assert_kept(tmp_path, events[1], tail)
    assert len(events) == 3


def test_quarantine_is_recorded_by_a_writer_that_has_nothing_to_say(tmp_path: Path) -> None:
    """Given a writer that heals and then refuses, then the record is there and the tail is not."""
    log = new_log(tmp_path)
    log.transact(note())
    with first_segment(tmp_path).open("ab") as file:
        file.write(b"half")

    def fail(*_: object) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        log.transact(fail)
    assert assert_sound(tmp_path)[1]["type"] == "TailQuarantined"


def test_a_healer_that_dies_between_cut_and_record_is_finished_by_the_next(tmp_path: Path) -> None:
    """Given a healer killed at each of its steps, then the next writer records the tail, once."""
    for step in range(1, 60):
        folder = tmp_path / str(step)
        folder.mkdir()
        new_log(folder).transact(note())
        with first_segment(folder).open("ab") as file:
            file.write(b"half a line")
        finished = _heal_and_die(folder, step)
        open_log(folder).transact(note("after"))
        events = assert_sound(folder)
        records = [event for event in events if event["type"] == "TailQuarantined"]
        assert len(records) == 1, step
        assert_kept(folder, records[0], b"half a line")
        assert [event["data"]["text"] for event in own(events)][-1] == "after"
        if finished:
            return
    raise AssertionError("the healer never came to its end")


def _heal_and_die(folder: Path, step: int) -> bool:
    """Run a writer in a child that is gone at its n-th call of the disk; whether it survived."""
    child = os.fork()
    if not child:
        try:
            _die_at(step)
            open_log(folder).transact(note("healer"))
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _die_at(step: int) -> None:
    calls = 0
    for name in ("open", "write", "rename", "truncate", "fsync", "sync_data", "unlink"):
        real = getattr(syscalls, name)

        def dying(*args: Any, real: Any = real, **more: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == step:
                os._exit(9)
            return real(*args, **more)

        setattr(syscalls, name, dying)


def _edited(text: bytes) -> list[bytes]:
    return text.splitlines(keepends=True)


DAMAGE = {
    "a line edited": lambda t: t.replace(b'"text":"2"', b'"text":"X"'),
    "a line that no longer parses": lambda t: t.replace(b'{"text":"2"}', b'{"text":"2}}'),
    "a line deleted": lambda t: b"".join(_edited(t)[:2] + _edited(t)[3:]),
    "a line inserted": lambda t: b"".join([*_edited(t)[:2], b"{}\n", *_edited(t)[2:]]),
    "two lines swapped": lambda t: b"".join(_edited(t)[i] for i in (0, 2, 1, 3, 4)),
    "a line twice": lambda t: b"".join(_edited(t)[i] for i in (0, 1, 1, 2, 3, 4)),
    "the last line twice": lambda t: t + _edited(t)[-1],
    "NULs between": lambda t: b"".join([*_edited(t)[:2], b"\0" * 99, *_edited(t)[2:]]),
    "a line of JSON that is no event": lambda t: t + b'{"a":1}\n',
    "an empty object at the end": lambda t: t + b"{}\n",
    "lists at the end": lambda t: t + b"[1]\n" * 9 + b"half",
    "the first line gone": lambda t: b"".join(_edited(t)[1:]),
    "a space added": lambda t: t.replace(b'{"text":"3"}', b'{"text": "3"}'),
}


@pytest.mark.parametrize("change", DAMAGE.values(), ids=DAMAGE)
def test_damage_stops_writing_and_nothing_is_cut(tmp_path: Path, change: Any) -> None:
    """Given any damage before the last line, then exit 6 with the place, and the same bytes."""
    log = new_log(tmp_path)
    for number in range(5):
        log.transact(note(str(number)))
    broken = change(first_segment(tmp_path).read_bytes())
    first_segment(tmp_path).write_bytes(broken)
    shutil.rmtree(tmp_path / ".evt" / "cache")
    for _ in range(2):
        with pytest.raises(Damaged) as damaged:
            open_log(tmp_path).transact(note())
        where = damaged.value.facts["location"]
        assert damaged.value.exit == 6 and damaged.value.hint
        assert set(where) == {"segment", "line", "offset", "reason"}
        lines = broken[: where["offset"]].count(b"\n")
        assert (where["segment"], where["line"]) == (f"{1:016d}.jsonl", lines + 1)
        assert where["line"] in range(1, 7)
    assert first_segment(tmp_path).read_bytes() == broken
    assert kept(tmp_path) == {}
    assert "chain" in [finding["code"] for finding in verify(log.layout)["findings"]]


def test_a_missing_segment_is_damage(tmp_path: Path) -> None:
    log = new_log(tmp_path, segment_bytes=2000)
    for number in range(30):
        log.transact(note(str(number)))
    paths = sorted((tmp_path / ".evt" / "log").glob("*.jsonl"))
    paths[1].unlink()
    shutil.rmtree(tmp_path / ".evt" / "cache")
    with pytest.raises(Damaged):
        open_log(tmp_path).transact(note())
    with pytest.raises(Damaged):
        open_log(tmp_path).state()
    with pytest.raises(Damaged):
        list(open_log(tmp_path).read(0))
    assert [finding["code"] for finding in verify(log.layout)["findings"]] == ["chain"]


def test_a_check_of_the_checkpoint_finds_a_segment_that_is_missing(tmp_path: Path) -> None:
    """Given a checkpoint behind the gap, or none, then the log is damaged all the same."""
    log = new_log(tmp_path, segment_bytes=2000)
    for number in range(60):
        log.transact(note(str(number)))
    paths = sorted((tmp_path / ".evt" / "log").glob("*.jsonl"))
    assert log.checkpoint_differences()[1] == []
    paths[len(paths) // 2].unlink()
    with pytest.raises(Damaged):
        open_log(tmp_path).checkpoint_differences()
    shutil.rmtree(tmp_path / ".evt" / "cache")
    with pytest.raises(Damaged):
        open_log(tmp_path).checkpoint_differences()


def test_half_a_line_at_the_end_of_a_sealed_segment_is_damage(tmp_path: Path) -> None:
    log = new_log(tmp_path, segment_bytes=2000)
    for number in range(30):
        log.transact(note(str(number)))
    with first_segment(tmp_path).open("ab") as file:
        file.write(b"half")
    shutil.rmtree(tmp_path / ".evt" / "cache")
    with pytest.raises(Damaged):
        open_log(tmp_path).transact(note())
    assert [finding["code"] for finding in verify(log.layout)["findings"]] == ["chain"]


def test_a_tail_longer_than_any_batch_is_damage(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    log.transact(note())
    with first_segment(tmp_path).open("ab") as file:
        file.write(b"x" * ((16 << 20) + 1))
    with pytest.raises(Damaged):
        open_log(tmp_path).transact(note())
    assert open_log(tmp_path).layout.segments() == [1]


def test_an_event_that_the_fold_cannot_take_is_damage_not_bad_input(tmp_path: Path) -> None:
    """Given a stored line with a time that is none, then every command says where, exit 6."""
    log = new_log(tmp_path)
    log.transact(note())
    log.transact(note())
    text = first_segment(tmp_path).read_bytes()
    first = text[: text.index(b"\n")]
    time = json.loads(first)["time"].encode()
    first_segment(tmp_path).write_bytes(first.replace(time, b"yesterday") + b"\n")
    shutil.rmtree(tmp_path / ".evt" / "cache")
    for call in (lambda one: one.state(), lambda one: one.transact(note())):
        with pytest.raises(Damaged):
            call(open_log(tmp_path))


def test_what_interrupts_catching_up_does_not_bend_the_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given Ctrl-C in the middle of a fold, then the same handle folds right afterwards."""
    writer = new_log(tmp_path)
    for _ in range(4):
        writer.transact(note())
    log = open_log(tmp_path)

    def interrupted(state: Any, events: Any) -> None:
        evolve_each(state, events[: 2 - state.sequence])
        if state.sequence == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Reader, "apply", staticmethod(interrupted))
        log.state()
    assert log.state().sequence == log.head().sequence == 4
    log.transact(note())
    assert log.state().sequence == 5
    assert Layout(log.layout.folder).segments() == [1]
