"""Scratch repositories with a log of a given size in them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from evt.eventlog.commands import Emit
from evt.eventlog.decide import decide
from evt.eventlog.decision import Decision
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout, create
from evt.eventlog.state import State
from tests.bench.generate import write_log
from tests.bench.measure import BIN, clean

EVT = BIN / "evt"
LOG_ID = "0190a0a0-0000-7000-8000-000000000000"


def evt(repo: Path, *args: str, code: int | None = 0) -> str:
    """Run evt in a repository and return what it printed; another exit code raises."""
    done = subprocess.run(
        [EVT, *args], cwd=repo, env=clean(), capture_output=True, text=True, check=False
    )
    if code is not None and done.returncode != code:
        raise RuntimeError(f"evt {' '.join(args)} exited {done.returncode}: {done.stderr}")
    return done.stdout


def open_log(repo: str | Path) -> FileLog:
    """Open the log of a repository as a long-running program does."""
    return FileLog(Layout(str(Path(repo) / ".evt")))


def note(text: str) -> Callable[[State, int], Decision]:
    """Return what appends a note when it is given to `transact`."""
    command = Emit("engineer", "Noted", None, {"text": text})
    return lambda state, now_us: decide(command, state, now_us)


def empty(folder: Path) -> Path:
    """Make a git repository with a fresh log; return its root."""
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    create(str(folder / ".evt"), LOG_ID)
    open_log(folder).transact(note("the log begins"))
    return folder


def with_history(folder: Path, events: int) -> Path:
    """Make a repository whose log has `events` events and whose checkpoint is up to date."""
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    create(str(folder / ".evt"), LOG_ID)
    write_log(folder / ".evt" / "log", LOG_ID, events)
    open_log(folder).transact(note("the history is folded once"))
    return folder
