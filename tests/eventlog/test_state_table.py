"""Every case of the state table, given / when / then, generated from what decide runs on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from evt.eventlog.commands import Command, Emit, Next
from evt.eventlog.decision import Refused
from evt.eventlog.evolve import evolve
from evt.eventlog.line import Event
from evt.eventlog.table import COLUMNS, TABLE
from tests.eventlog.world import PASSED, REFUSED, World, command, sweep

CASES = [
    (request, name, case)
    for request, cells in TABLE.items()
    for name, cell in zip(COLUMNS, cells, strict=True)
    if cell is not None
    for case in cell[1]
]


def _world(column: str, given: str, request: str) -> World:
    """A world whose task `t` is in the column; A had attempt 1, B is there to compete."""
    attempts = 1 if given == "last" else 3
    world = World().project(policy={"maxAttempts": attempts}).task()
    world.join("A")
    world.join("B")
    had = column != "pending" or given in ("closed", "late") or request in NAMES_ATTEMPT
    if had and given != "never":
        world.next("A")
    PREPARE[column](world, given)
    if given in ("advice", "late") and column != "escalated":
        _question(world, given)
    assert world.column() == column
    return world


NAMES_ATTEMPT = ("Heartbeat", "Failed", "Completed, refused by the gate")


def _pending(world: World, given: str) -> None:
    if world.row()["attempts"]:
        world.do(Emit("A", "WorkerLeft", "A", {}))
        world.join("A")


def _lapsed(world: World, given: str) -> None:
    world.wait(80).emit("engineer", "Noted", None)
    world.wait(20).do(sweep())


def _escalated(world: World, given: str) -> None:
    kind = "gate" if given == "gate" else "blocked"
    world.emit("A", "Escalated", kind=kind)


def _completed(world: World, given: str) -> None:
    world.emit("A", "Completed")


def _failed(world: World, given: str) -> None:
    world.emit("A", "Failed", retryable=False)
    if given in ("resume", "reassign", "cancel"):
        world.emit("engineer", "Escalated")


def _cancelled(world: World, given: str) -> None:
    world.emit("engineer", "TaskCancelled")


PREPARE: dict[str, Callable[[World, str], None]] = {
    "pending": _pending,
    "active": lambda world, given: None,
    "lapsed": _lapsed,
    "escalated": _escalated,
    "completed": _completed,
    "failed": _failed,
    "cancelled": _cancelled,
}


def _question(world: World, given: str) -> None:
    """An open advice question or a late result of attempt 1, whatever the column."""
    if given == "late":
        return
    question = Emit("engineer", "Escalated", "t", {"kind": "drift", "question": "?"})
    outcome = world.run(question).outcome
    if isinstance(outcome, Refused):  # completed and cancelled take no question: as for dependants
        _stored(world, "Escalated", {"kind": "drift", "question": "?"})


def _stored(world: World, type: str, data: dict[str, Any]) -> str:
    """Put an event of evt itself into the log, past the rules."""
    event = Event("made-up", type, "evt", data, subject="t")
    event.time, event.sequence = world.state.time, len(world.events) + 1
    world.events.append(event)
    evolve(world.state, event)
    return event.id


def _request(world: World, request: str, given: str) -> Command:
    if request == "Assigned":
        return Next("A") if given == "holder" else command("engineer", "Assigned", worker="B")
    if request.startswith("Completed"):
        verdict = REFUSED if "refused" in request else PASSED
        score = 5 if given == "same" else 4
        return command("A", "Completed", verdict=verdict, contextEfficiencyScore=score)
    if request == "Failed":
        return command("A", "Failed", **({"retryable": False} if given == "final" else {}))
    if request == "Heartbeat":
        return command("A", "Heartbeat")
    if request == "Escalated":
        kind = "drift" if given == "advice" else "blocked"
        asks = "engineer" if world.column() in ("pending", "failed", "escalated") else "A"
        return command(asks, "Escalated", kind=kind, question="another?")
    if request == "sweep, lease over":
        world.wait(80).emit("engineer", "Noted", None)
        world.wait(20)
        return sweep()
    if request == "Resolved":
        if given == "late":
            late = _stored(world, "LateResult", {"attempt": 1, "type": "Completed"})
            return command("engineer", "Resolved", action="accept", late=late, verdict=PASSED)
        action = given if given in ("reassign", "cancel", "accept") else "resume"
        verdict = PASSED if action == "accept" else None
        return command("engineer", "Resolved", action=action, verdict=verdict)
    if request == "WorkerLeft":
        return Emit("A", "WorkerLeft", "A", {})
    return command("engineer", request)


@pytest.mark.parametrize(
    ("request_", "column", "case"), CASES, ids=[f"{r}-{c}-{k[0]}" for r, c, k in CASES]
)
def test_case(request_: str, column: str, case: tuple[str, int, tuple[str, ...], str]) -> None:
    given, exit, types, after = case
    world = _world(column, given, request_)
    wanted = _request(world, request_, given)
    before = len(world.events)
    outcome = world.run(wanted).outcome
    code = outcome.exit if isinstance(outcome, Refused) else 0
    assert (code, tuple(world.types(before))) == (exit, types), getattr(outcome, "message", "")
    assert world.column() == (column if after == "=" else after)
    assert world.state.head["anomalies"] == 0


def test_every_request_has_every_column() -> None:
    assert all(len(cells) == len(COLUMNS) for cells in TABLE.values())


def test_the_page_is_generated_from_the_table() -> None:
    run = subprocess.run([sys.executable, "-m", "evt.eventlog.table", "--check"], check=False)
    assert run.returncode == 0, "run python -m evt.eventlog.table"
