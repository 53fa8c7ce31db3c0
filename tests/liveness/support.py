"""What the tests of this folder share: leases that end soon, workers that are processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from evt.eventlog.clock import us
from tests.cli.support import environment, opened, stored
from tests.conftest import EVT_BIN, ROOT, Evt

SECONDS_MAX = 60.0
Event = dict[str, Any]


def short_leases(evt: Evt, lease: int = 1, **policy: Any) -> None:
    """Start a project in which a worker may be silent for `lease` seconds."""
    said = json.dumps({"heartbeatTimeoutSeconds": lease, **policy})
    evt("init", "--project", "p", "--policy", said)


def tasks(evt: Evt, count: int) -> list[str]:
    """Create independent tasks; return their names."""
    names = [f"task-{number:03d}" for number in range(1, count + 1)]
    lines = [
        {"type": "TaskCreated", "subject": name, "data": {"type": "t", "description": "d"}}
        for name in names
    ]
    evt("emit", "--batch", "-", input="".join(json.dumps(line) + "\n" for line in lines))
    return names


class Players:
    """Worker processes of one repository, each in a process group of its own."""

    def __init__(self, repo: Path) -> None:
        self.repo = repo
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, seconds: float, habit: str = "") -> None:
        """Start a worker, or start it again."""
        path = f"{ROOT / '.namespace'}{os.pathsep}{ROOT}"
        env = environment(self.repo.parent, {"EVT_BIN": str(EVT_BIN), "PYTHONPATH": path})
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", "tests.liveness.player", name, str(seconds), habit],
            cwd=self.repo, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=(self.repo.parent / f"{name}.stderr").open("ab"), start_new_session=True,
        )  # fmt: skip

    def signal(self, name: str, number: int, alone: bool = False) -> None:
        """Send a signal to the worker and to whatever it called, or to the worker alone.

        A call that is stopped while it holds the lock makes all others wait for it.
        """
        send = os.kill if alone else os.killpg
        send(self.running[name].pid, number)
        if number == signal.SIGKILL:
            self.running[name].wait()

    def exits(self) -> dict[str, int]:
        """Wait for all that were not killed; return their exit codes."""
        left = [p for p in self.running.values() if p.returncode is None]
        for process in left:
            process.wait(SECONDS_MAX)
        return {name: process.returncode for name, process in self.running.items()}

    def end(self) -> None:
        """Kill what is left."""
        for process in self.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def playing(repo: Path) -> Iterator[Players]:
    """Players that are gone at the end."""
    players = Players(repo)
    try:
        yield players
    finally:
        players.end()


def until(repo: Path, holds: Callable[[list[Event]], bool]) -> list[Event]:
    """Wait until something holds of the events of the log; return them."""
    log, end = opened(repo), monotonic() + SECONDS_MAX
    while True:
        sequence = log.head().sequence
        found = stored(repo)
        if holds(found):
            return found
        assert monotonic() < end, [(e["type"], e.get("subject"), e["actor"]) for e in found[-30:]]
        log.wait(sequence, 1.0)


def of(events: list[Event], type: str, **data: Any) -> list[Event]:
    """The events of a type with this data."""
    return [
        event
        for event in events
        if event["type"] == type and all(event["data"].get(k) == v for k, v in data.items())
    ]


def seconds_between(one: Event, other: Event) -> float:
    return (us(other["time"]) - us(one["time"])) / 1e6
