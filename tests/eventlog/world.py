"""A log in memory with a clock that the test moves: given / when / then without files."""

from __future__ import annotations

from typing import Any

from evt.eventlog.checking import check
from evt.eventlog.commands import Batch, Command, Emit, Join, Next, Plan, Sweep, Verdict
from evt.eventlog.decide import decide
from evt.eventlog.decision import Accepted, Decision, Refused
from evt.eventlog.evolve import evolve_each
from evt.eventlog.line import Event
from evt.eventlog.rows import TaskRow
from evt.eventlog.state import State
from evt.eventlog.table import column

START = 1_763_843_576_000_000
PASSED = Verdict(True, [{"path": "a.md", "sha256": "0" * 64, "bytes": 1}], [])
REFUSED = Verdict(
    False, [], [{"check": "files_exist", "verdict": "failed", "path": "a.md", "message": "no"}]
)


class World:
    """Runs commands as the one writer does, and keeps what was appended."""

    def __init__(self) -> None:
        self.state = State()
        self.state.seen = self._seen
        self.state.stored = lambda sequence: self.events[sequence - 1]
        self.events: list[Event] = []
        self.now = START

    def _seen(self, event_id: str) -> int | None:
        return next((e.sequence for e in self.events if e.id == event_id), None)

    def run(self, command: Command) -> Decision:
        """Decide and append; the decision comes back."""
        decision = decide(command, self.state, self.now)
        for event in decision.events:
            check(event.type, event.data, written=True)  # what is decided can be written
            event.sequence = len(self.events) + 1
            self.events.append(event)
        if decision.after is None:
            evolve_each(self.state, decision.events)
        else:
            self.state.take_over(decision.after)
        return decision

    def do(self, command: Command) -> Accepted:
        """Run what has to be accepted."""
        outcome = self.run(command).outcome
        assert isinstance(outcome, Accepted), outcome.message
        return outcome

    def refused(self, command: Command, exit: int, code: str | None = None) -> Refused:
        """Run what has to be refused."""
        outcome = self.run(command).outcome
        assert isinstance(outcome, Refused), outcome.result
        assert outcome.exit == exit, (outcome.exit, outcome.message)
        assert code in (None, outcome.code), (outcome.code, outcome.message)
        return outcome

    def wait(self, seconds: float) -> World:
        """Let the clock run on (negative: back)."""
        self.now += int(seconds * 1_000_000)
        return self

    # the verbs that most tests need

    def project(self, **data: Any) -> World:
        """Start project `p`."""
        self.do(Emit("engineer", "ProjectStarted", "p", {"name": "p", **data}))
        return self

    def task(self, name: str = "t", **data: Any) -> World:
        """Create a task."""
        self.do(
            Emit("coordinator", "TaskCreated", name, {"type": "task", "description": "d", **data})
        )
        return self

    def join(self, name: str = "A", role: str = "worker", **more: Any) -> Accepted:
        """Join with a name."""
        return self.do(Join(name, {"role": role}, **more))

    def next(self, worker: str = "A") -> str | None:
        """The task that `next` gives, None if there is none."""
        outcome = self.run(Next(worker)).outcome
        return outcome.result["task"] if isinstance(outcome, Accepted) else None

    def emit(self, actor: str, type: str, subject: str | None = "t", **data: Any) -> Accepted:
        """Emit what has to be accepted."""
        return self.do(command(actor, type, subject, **data))

    def row(self, name: str = "t") -> TaskRow:
        """The task as it is now."""
        row = self.state.task(name)
        assert row is not None
        return row

    def column(self, name: str = "t") -> str:
        """The column of the state table it is in."""
        return column(self.row(name))

    def types(self, since: int = 0) -> list[str]:
        """Types appended after a sequence."""
        return [event.type for event in self.events[since:]]


DATA: dict[str, dict[str, Any]] = {
    "Completed": {"contextEfficiencyScore": 5},
    "Failed": {"reason": "r"},
    "Escalated": {"question": "q?"},
    "Resolved": {"action": "resume"},
    "TaskRevised": {"changed": {"description": "new"}, "reason": "r"},
    "TaskCancelled": {"reason": "r"},
    "Reopened": {"defect": "d"},
    "Noted": {"text": "n"},
}


def command(
    actor: str, type: str, subject: str | None = "t", *, id: str | None = None,
    verdict: Verdict | None = None, override: str | None = None, cascade: bool = False,
    drop: bool = False, viachat: bool = False, **data: Any,
) -> Emit:  # fmt: skip
    """An Emit with the data that its type must have, unless the test gives other."""
    if type == "Completed" and verdict is None:
        verdict = PASSED
    return Emit(
        actor, type, subject, {**DATA.get(type, {}), **data}, id=id, verdict=verdict,
        override=override, cascade=cascade, drop=drop, viachat=viachat,
    )  # fmt: skip


def pause() -> Emit:
    """ProjectPaused by the engineer."""
    return Emit("engineer", "ProjectPaused", None, {})


def unpause() -> Emit:
    """ProjectResumed by the engineer."""
    return Emit("engineer", "ProjectResumed", None, {})


def sweep() -> Sweep:
    """A sweep by nobody in particular."""
    return Sweep("evt")


__all__ = ["PASSED", "REFUSED", "Batch", "Plan", "World", "command", "pause", "sweep", "unpause"]


def at_work() -> World:
    """A works on `t`, which is to write a.md; B has joined and is free."""
    world = World().project().task("t", context={"outputFiles": ["a.md"]})
    world.join("A")
    world.join("B")
    world.next("A")
    return world
