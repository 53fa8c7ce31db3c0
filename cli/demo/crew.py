"""Chats as programs on real pages: the scratch repository, the plan, the processes, what they do.

What is shown of them, and what is done to them, is each demonstration's own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from evt.cli.demo.summary import LEAST, MOST, summary
from evt.eventlog.errors import Findings, Usage
from evt.eventlog.line import Event
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout

TASKS_LEAST, TASKS_MOST = 3, 8
SECONDS_MAX = 120.0
SIZE_MAX = 1 << 20  # bytes of a page
HALF = 0.5  # progress at which a worker reports for the first time
LEASE = 3  # seconds: a dead worker is found this soon; chats have 90
PACE = 1.0  # seconds that a worker takes for a task at least
OWN_DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


class Crew:
    """Chats that share the summaries of some pages; `folder` stays to be looked at."""

    def __init__(self, files: list[Path], folder: Path, phase: int = 3) -> None:
        self.files = files
        self.folder = folder
        self.phase = phase
        self.began = monotonic()
        self.chats: dict[str, subprocess.Popen[bytes]] = {}

    def prepare(self) -> list[dict[str, Any]]:
        """A git repository with the pages, a log in it, and `plan/tasks.json`; the tasks."""
        evt_environment()
        self.folder.mkdir(parents=True, exist_ok=True)
        command(["git", "init", "-q"], self.folder)
        for name in ("plan", "pages"):
            (self.folder / name).mkdir()
        tasks = []
        for number, file in enumerate(self.files, 1):
            shutil.copyfile(file, self.folder / "pages" / file.name)
            tasks.append(task_of(number, file.name))
        write(self.folder / "plan" / "tasks.json", {"tasks": tasks})
        policy = json.dumps({"heartbeatTimeoutSeconds": LEASE})
        self.evt("init", "--project", "demo", "--phase", str(self.phase), "--policy", policy)
        return tasks

    def log(self) -> FileLog:
        """The log of the scratch repository."""
        return FileLog(Layout(str(self.folder / ".evt")))

    def start(self, name: str, role: str, *args: str) -> None:
        """Start a chat; what it has to say on stderr goes to a file of the scratch repository."""
        with (self.folder / f"{role}.stderr").open("ab") as errors:
            self.chats[name] = subprocess.Popen(
                [sys.executable, "-m", f"evt.cli.demo.{role}", *args],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    def worker(self, name: str, *habits: str) -> None:
        """Start a worker."""
        self.start(name, "worker", name, str(PACE), *habits)

    def events(self) -> Iterator[Event]:
        """Every event as it comes; raises Findings if that takes too long or a leader gave up."""
        log, seen = self.log(), 0
        while monotonic() - self.began < SECONDS_MAX:
            for line in log.read(seen):
                seen = line.event.sequence
                yield line.event
            leader = self.chats.get("coordinator")
            if leader is not None and leader.poll() not in (None, 0):
                raise Findings("the coordinator gave up", f"cat {self.folder}/coordinator.stderr")
            log.wait(seen, 1.0)
        raise Findings(f"the demo took longer than {SECONDS_MAX:.0f} s", f"cd {self.folder}")

    def seconds(self) -> float:
        """Since the beginning."""
        return monotonic() - self.began

    def end(self) -> None:
        """Kill the chats that are left."""
        for chat in self.chats.values():
            if chat.poll() is None:
                chat.kill()
            chat.wait()

    def evt(self, *args: str) -> str:
        """What a call printed; it must exit 0."""
        return command([os.environ["EVT_BIN"], *args], self.folder).rstrip()

    def done_once(self) -> bool:
        """Whether every task was completed, and none twice."""
        done = [line.event.subject for line in self.log().read(0) if line.event.type == "Completed"]
        counts = self.log().state().head["counts"]
        return len(done) == len(set(done)) == counts["completed"] == sum(counts.values())

    def must_hold(self, *promises: tuple[bool, str]) -> None:
        """Raise Findings naming the first promise that did not hold."""
        for holds, what in promises:
            if not holds:
                raise Findings(f"the demo failed: {what}", f"cd {self.folder} && evt log")


def task_of(number: int, page: str) -> dict[str, Any]:
    """The task to sum up a page."""
    return {
        "id": f"task-{number:03d}",
        "type": "summary",
        "description": f"Sum up {page}",
        "context": {
            "targetFiles": [f"pages/{page}"],
            "outputFiles": [f"summaries/{page}"],
            "requirements": ["prose only", "sentences of the page itself"],
        },
        "acceptance": {"checks": [{"check": "word_count", "min": LEAST, "max": MOST}]},
        "estimateSeconds": PACE,
    }


def write(path: Path, value: Any) -> None:
    """A JSON file."""
    path.write_text(json.dumps(value, indent=1) + "\n", "utf-8")


def command(args: list[str], folder: Path) -> str:
    """What a program printed; raises Findings if it failed."""
    done = subprocess.run(args, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Findings(f"{' '.join(args[:2])} exited {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def evt_environment() -> None:
    """The chats find this evt; no chat host's marker and no other log reaches them."""
    from evt.cli.who import MARKERS

    for name in (*MARKERS, "EVT_DIR", "EVT_AS"):
        os.environ.pop(name, None)
    os.environ.setdefault("EVT_BIN", this_evt())


def this_evt() -> str:
    """The `evt` beside this interpreter, else the one on the PATH."""
    beside = Path(sys.executable).parent / "evt"
    found = str(beside) if beside.exists() else shutil.which("evt")
    if found is None:
        raise Usage("there is no evt beside this Python and none on the PATH", "EVT_BIN=/path/evt")
    return found


def pages(folder: str | None) -> list[Path]:
    """Markdown files with enough prose to be summed up; raises Usage if there are too few."""
    roots = [Path(folder)] if folder is not None else [OWN_DOCS, Path.cwd()]
    for root in roots:
        found = [path for path in sorted(root.rglob("*.md")) if ".venv" not in path.parts]
        unique = {path.name: path for path in found if fits(path)}
        if len(unique) >= TASKS_LEAST:
            return list(unique.values())[:TASKS_MOST]
    raise Usage(
        f"{' and '.join(map(str, roots))}: fewer than {TASKS_LEAST} Markdown files with prose for "
        "100 words", "evt demo --files DIR",
    )  # fmt: skip


def fits(path: Path) -> bool:
    """Whether a page has enough prose."""
    try:
        return path.stat().st_size < SIZE_MAX and summary(path.read_text("utf-8")) is not None
    except (OSError, UnicodeDecodeError):
        return False


def scratch(into: str | None) -> Path:
    """The folder to work in: the one that was named, which must be empty, or a new one."""
    if into is None:
        return Path(tempfile.mkdtemp(prefix="evt-demo-"))
    folder = Path(into)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Usage(f"{folder} is not empty", "evt demo --into NEW_FOLDER")
    return folder
