"""The bars of the swimlanes: how each piece of an attempt looks, at work and when it ended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.eventlog.world import World, command, sweep
from tests.server.test_history import PAGE, as_page, node

# Reads events, one per line; says how every attempt looks at the end: each piece, and the whole.
SHOW = """
import { History } from "%(page)s/history.js";
import { pieces } from "%(page)s/bars.js";
import { KINDS, lookAt } from "%(page)s/paint.js";
import { readFileSync } from "node:fs";
const history = new History();
for (const line of readFileSync(0, "utf8").trim().split("\\n")) history.add(JSON.parse(line));
for (const one of history.project.attempts) {
  console.log(JSON.stringify([
    one.worker, pieces(one, history.head).map(({ kind }) => kind),
    KINDS[lookAt(one, history.head)].says,
  ]));
}
"""


@pytest.fixture
def world() -> World:
    """Return a project with a task that A claimed; B is there as well."""
    world = World().project().task("t")
    for name in ("A", "B"):
        world.join(name)
    world.next("A")
    return world


def bars(world: World) -> list[Any]:
    return [json.loads(line) for line in node(SHOW % {"page": PAGE}, as_page(world)).splitlines()]


def test_what_a_worker_claimed_itself_is_worked_on(world: World) -> None:
    assert bars(world) == [["A", ["running"], "at work"]]
    world.wait(5).emit("A", "Heartbeat", attempt=1)
    assert bars(world) == [["A", ["running"], "at work"]]


def test_what_was_handed_out_is_not_begun_until_its_worker_speaks(world: World) -> None:
    world.task("u").do(command("engineer", "Assigned", "u", worker="B"))
    assert bars(world)[1] == ["B", ["assigned"], "handed out, not begun"]
    world.wait(5).emit("B", "Heartbeat", "u", attempt=1)
    assert bars(world)[1] == ["B", ["assigned", "running"], "at work"]


@pytest.mark.parametrize("beat", [False, True], ids=["silent", "heard"])
@pytest.mark.parametrize(
    ("type", "data", "look", "says"),
    [
        ("Failed", {"reason": "r"}, "failed", "failed"),
        ("WorkerLeft", {}, "closed", "taken back"),
        ("Heartbeat", {"source": "waiting"}, None, "in a tool call, perhaps waiting for consent"),
    ],
    ids=["failed", "left", "waits"],
)
def test_an_attempt_shows_how_it_ended_whether_it_was_heard_of_or_not(
    world: World, beat: bool, type: str, data: dict[str, Any], look: str | None, says: str
) -> None:
    """Given an attempt with or without a sign of life, when it ends, then its bar says how."""
    if beat:
        world.wait(5).emit("A", "Heartbeat", attempt=1)
    subject = None if type == "WorkerLeft" else "t"
    world.wait(5).do(command("A", type, subject, **({"attempt": 1} if subject else {}), **data))
    (bar,) = bars(world)
    assert bar[2] == says
    assert bar[1][-1] == (look or "waiting")
    assert look is None or set(bar[1]) == {look}


def test_a_timeout_stays_one_when_somebody_else_gets_the_task(world: World) -> None:
    world.wait(100).run(sweep())
    assert bars(world)[0] == ["A", ["lost"], "timed out"]
    world.next("B")
    assert bars(world)[0] == ["A", ["lost"], "timed out"]
    world.do(command("engineer", "TaskCancelled", "t", reason="r"))
    assert [bar[2] for bar in bars(world)] == ["timed out", "taken back"]


def test_what_waits_for_an_answer_is_kept_when_it_ended(world: World) -> None:
    world.wait(5).do(command("A", "Escalated", "t", attempt=1, question="?"))
    assert bars(world)[0][1] == ["running", "parked"]
    world.wait(5).do(command("engineer", "TaskCancelled", "t", reason="r"))
    assert bars(world)[0][1:] == [["closed", "parked"], "taken back"]
