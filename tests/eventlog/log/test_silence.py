"""After a silence that nobody watched, whoever writes first says so: also the log for itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evt.eventlog.commands import Command, Emit, Join, Next, Sweep
from evt.eventlog.decide import decide
from evt.eventlog.log.filelog import FileLog
from tests.eventlog.log.logs import assert_sound, first_segment, new_log, open_log

HOURS = 5 * 3600 * 1_000_000


def do(log: FileLog, command: Command, ago_us: int = 0) -> None:
    log.transact(lambda state, now: decide(command, state, now - ago_us))


def long_ago(folder: Path) -> FileLog:
    """Make a log in which A took a task hours ago and nothing happened since."""
    log = new_log(folder)
    for command in (
        Emit("engineer", "TaskCreated", "t", {"type": "task", "description": "d"}),
        Join("A", {"role": "worker"}),
        Next("A"),
    ):
        do(log, command, HOURS)
    return log


@pytest.mark.parametrize("why", ["TailQuarantined", "SegmentSealed"])
def test_what_the_log_writes_for_itself_expires_nothing(tmp_path: Path, why: str) -> None:
    """Given a torn tail or a full segment, when it is put right, then no lease is over by that."""
    before = long_ago(tmp_path).head().sequence
    if why == "TailQuarantined":
        with first_segment(tmp_path).open("ab") as file:
            file.write(b'{"specversion":"1.0","id":"half')
    else:
        config = tmp_path / ".evt" / "config.json"
        full = {"segmentBytes": first_segment(tmp_path).stat().st_size}
        config.write_text(json.dumps(json.loads(config.read_text()) | full))
    do(open_log(tmp_path), Sweep("evt"))
    do(open_log(tmp_path), Emit("B", "Noted", None, {"text": "here again"}))
    events = assert_sound(tmp_path)
    assert [e["type"] for e in events[before:]] == ["LogResumed", why, "Noted"]
    assert open_log(tmp_path).state().head["live"]["t"]["worker"] == "A"
