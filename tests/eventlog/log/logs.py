"""Logs to break: made in a folder of the test, written by plain decisions or real processes."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evt.eventlog.clock import iso
from evt.eventlog.decision import Accepted, Decision
from evt.eventlog.ids import event_id, new_seed
from evt.eventlog.line import GENESIS, Event
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import SEGMENT_BYTES, Layout, create
from evt.eventlog.log.verify import verify
from evt.eventlog.state import State
from tests.conftest import ROOT

LOG_ID = "log-1"
Fn = Callable[[State, int], Decision]


def new_log(folder: Path, segment_bytes: int = SEGMENT_BYTES) -> FileLog:
    """Make an empty log in `folder`/.evt and open it."""
    create(str(folder / ".evt"), LOG_ID, segment_bytes)
    return open_log(folder)


def open_log(folder: Path) -> FileLog:
    """Open the log as another process would: nothing is remembered."""
    return FileLog(Layout(str(folder / ".evt")))


def note(text: str = "n", count: int = 1, id: str | None = None) -> Fn:
    """Return a decision of `count` events; the first has the given id."""
    seed = new_seed()
    ids = [id if id and n == 0 else event_id(seed, n) for n in range(count)]

    def decide(state: State, now_us: int) -> Decision:
        events = [Event(one, "Noted", "engineer", {"text": text}) for one in ids]
        return Decision(stamped(events, state, now_us), Accepted())

    return decide


def stamped(events: list[Event], state: State, now_us: int) -> list[Event]:
    """Give events the time that a rule gives them."""
    now = iso(now_us)
    for event in events:
        event.time = max(state.time, now)
        event.recordedtime = now if event.time != now else None
    return events


def first_segment(folder: Path) -> Path:
    """Return the file of the first segment."""
    return folder / ".evt" / "log" / f"{1:016d}.jsonl"


def raw_lines(folder: Path) -> list[bytes]:
    """Return all bytes of the log as `cat` shows them, split into lines."""
    paths = sorted((folder / ".evt" / "log").glob("*.jsonl"))
    return b"".join(path.read_bytes() for path in paths).split(b"\n")


def audited(folder: Path) -> list[dict[str, Any]]:
    """Walk the raw file with nothing of evt: whole lines, no gap, chain intact, whole batches."""
    *lines, rest = raw_lines(folder)
    assert rest == b""
    previous, events, missing = GENESIS, [], 0
    for number, line in enumerate(lines, 1):
        event = json.loads(line)
        assert int(event["sequence"]) == number
        assert event["prevhash"] == previous
        previous = hashlib.sha256(line).hexdigest()
        index, total = map(int, event.get("batch", "1/1").split("/"))
        assert missing in (0, total - index + 1) and (missing or index == 1)
        missing = total - index
        events.append(event)
    assert missing == 0
    assert len({event["id"] for event in events}) == len(events)
    assert [event["time"] for event in events] == sorted(event["time"] for event in events)
    return events


def assert_sound(folder: Path) -> list[dict[str, Any]]:
    """Return the stored events after both audits agree that all is well."""
    events = audited(folder)
    report = verify(Layout(str(folder / ".evt")))
    assert report["findings"] == []
    assert report["sequence"] == len(events)
    return events


def own(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what the log wrote by itself."""
    return [event for event in events if event["actor"] != "evt"]


def child(verb: str, folder: Path, *args: object, **more: Any) -> subprocess.Popen[str]:
    """Start a real process of tests/eventlog/log/child.py."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.eventlog.log.child", verb, str(folder), *map(str, args)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT / '.namespace'}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        text=True,
        **more,
    )
