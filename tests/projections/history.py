"""Logs written line by line with explicit times: what a golden log says can be checked by hand.

`at(30, "Heartbeat", "t1", by="A", attempt=1)` is an event 30 seconds after the first moment.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evt.eventlog.clock import iso
from evt.eventlog.digest import sha256_hex
from evt.eventlog.evolve import evolve
from evt.eventlog.line import GENESIS, Event, decode, encode
from evt.eventlog.log.layout import Layout, create
from evt.eventlog.state import State
from evt.projections.fold import Fold
from evt.projections.metrics import metrics

START_US = 1_795_680_000_000_000
SHA = "0" * 64
DATA: dict[str, dict[str, Any]] = {
    "ProjectStarted": {},
    "TaskCreated": {"type": "task", "description": "d"},
    "WorkerJoined": {"role": "worker"},
    "Assigned": {"reason": "claimed", "leaseSeconds": 90},
    "Completed": {"deliverables": [], "contextEfficiencyScore": 5},
    "Rejected": {"results": [{"check": "sections", "verdict": "failed", "message": "no"}]},
    "Failed": {"reason": "r"},
    "TimedOut": {"lastSeen": iso(START_US), "silentSeconds": 90},
    "TaskCancelled": {"reason": "r"},
    "TaskRevised": {"reason": "r"},
    "Escalated": {"kind": "blocked", "question": "q?"},
    "Resolved": {"action": "resume"},
    "Reopened": {"defect": "d", "escaped": True},
    "Reviewed": {"verdict": "accepted"},
    "ConflictDetected": {"files": ["a.md"], "when": "edited"},
    "ProjectEnded": {"outcome": "done"},
    "Noted": {"text": "n"},
}
DERIVED = ("TimedOut", "Rejected", "LateResult", "ConflictDetected", "LogResumed")


def _time(seconds: float) -> str:
    return iso(START_US + round(seconds * 1_000_000))


class History:
    """A log in memory; the project is open from `project()` to a ProjectEnded."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.project_name: str | None = None

    def at(
        self, seconds: float, type: str, subject: str | None = None, /, *, by: str = "",
        id: str = "", project: str | None = None, clock: float | None = None, **data: Any,
    ) -> int:  # fmt: skip
        """Append an event; returns its sequence. `clock`: what the clock said if it ran behind."""
        actor = by or ("evt" if type in DERIVED else "coordinator")
        sequence = len(self.lines) + 1
        event = Event(
            id or f"e{sequence}", type, actor, {**DATA.get(type, {}), **data}, subject=subject,
            correlationid=project or self.project_name,
        )  # fmt: skip
        event.sequence, event.time = sequence, _time(seconds)
        event.recordedtime = None if clock is None else _time(clock)
        before = sha256_hex(self.lines[-1]) if self.lines else GENESIS
        self.lines.append(encode(event, "golden", before))
        if type == "ProjectEnded":
            self.project_name = None
        return sequence

    # the verbs of most logs

    def project(self, seconds: float = 0, name: str = "p", **data: Any) -> History:
        """Start a project."""
        self.project_name = name
        self.at(seconds, "ProjectStarted", name, by="engineer", name=name, **data)
        return self

    def join(self, seconds: float, *names: str) -> History:
        """Workers join."""
        for name in names:
            self.at(seconds, "WorkerJoined", name, by=name)
        return self

    def tasks(self, seconds: float, *names: str, **data: Any) -> History:
        """Create tasks that differ in their names only."""
        for name in names:
            self.at(seconds, "TaskCreated", name, **data)
        return self

    def claim(self, seconds: float, worker: str, task: str, n: int = 1, **data: Any) -> int:
        """A worker takes a task."""
        return self.at(seconds, "Assigned", task, by=worker, worker=worker, attempt=n, **data)

    def beat(self, seconds: float, worker: str, task: str, n: int = 1, **data: Any) -> int:
        """A sign of life."""
        return self.at(seconds, "Heartbeat", task, by=worker, attempt=n, **data)

    def ask(self, seconds: float, worker: str, task: str, id: str, **data: Any) -> int:
        """A worker asks something that blocks it."""
        return self.at(seconds, "Escalated", task, by=worker, id=id, **data)

    def answer(self, seconds: float, task: str, id: str, **data: Any) -> int:
        """The engineer answers."""
        return self.at(seconds, "Resolved", task, by="engineer", escalation=id, **data)

    def done(self, seconds: float, worker: str, task: str, n: int = 1, **data: Any) -> int:
        """A worker completes a task; `score` if it is not 5."""
        data = {"contextEfficiencyScore": data.pop("score", 5), **data}
        return self.at(seconds, "Completed", task, by=worker, attempt=n, **data)

    # what becomes of it

    def events(self) -> list[Event]:
        """The events as a reader decodes them."""
        return [decode(line) for line in self.lines]

    def fold(self, **views: Any) -> Fold:
        """All of them folded."""
        fold = Fold(None, **views)
        fold.apply(self.events())
        return fold

    def state(self, sequence: int) -> State:
        """The state after an event, 0: before the first."""
        state = State()
        for event in self.events()[:sequence]:
            evolve(state, event)
        return state

    def metrics(self, project: str | None = None) -> dict[str, Any]:
        """The document of the last project, or of one by name."""
        return metrics(self.fold(), project)

    def write(self, folder: Path) -> Layout:
        """The log on disk."""
        create(str(folder / ".evt"), "golden")
        layout = Layout(str(folder / ".evt"))
        Path(layout.segment(1)).write_bytes(b"".join(line + b"\n" for line in self.lines))
        return layout
