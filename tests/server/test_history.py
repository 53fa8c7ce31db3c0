"""The page folds the log itself: at every moment it has to show what the log's own fold says."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from evt.eventlog.catalog import FINAL
from evt.eventlog.commands import Emit, Join
from evt.eventlog.evolve import evolve
from evt.eventlog.state import State
from tests.conftest import ROOT
from tests.eventlog.world import PASSED, REFUSED, World, command, pause, sweep, unpause

PAGE = ROOT / "cli/server/page"
WORKERS = ("A", "B", "C")
TASKS = tuple(f"t{number}" for number in range(7))
# Reads events, one per line; says after each what the page would show.
SHOW = """
import { History } from "%(page)s/history.js";
import { View } from "%(page)s/view.js";
import { readFileSync } from "node:fs";
const history = new History();
for (const line of readFileSync(0, "utf8").trim().split("\\n")) history.add(JSON.parse(line));
for (let n = 1; n <= history.head; n += 1) {
  const view = new View(history, n, 0);
  console.log(JSON.stringify({
    log: history.log[n - 1],
    statuses: Object.fromEntries(view.statuses),
    ready: view.counts.ready,
    held: Object.fromEntries(
      view.tasks.map((task) => [task.id, view.attempt(task)?.worker ?? null])),
    questions: view.questions.map((one) => one.id).sort(),
    workers: view.workers.filter((one) => one.joined.at(n)).map((one) => one.name).sort(),
    paused: view.paused,
    done: view.project?.done.at(n) ?? 0,
  }));
}
"""


def node(script: str, given: str) -> str:
    """Run a module of the page's with node."""
    if not shutil.which("node"):
        pytest.skip("needs node")
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        input=given, capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def walk(seed: int, steps: int) -> World:
    """A project in which anything may happen, and the beginning of the next one."""
    dice = random.Random(seed)
    world = World().project()
    for name in WORKERS:
        world.join(name)
    moves: list[Callable[[], Any]] = [
        lambda: world.run(Emit("coordinator", "TaskCreated", dice.choice(TASKS), {
            "type": "task", "description": "d",
            "dependencies": dice.sample(TASKS, dice.randint(0, 1)),
        })),
        *[lambda: world.next(dice.choice(WORKERS))] * 3,
        *[lambda: _by_holder(world, dice, "Heartbeat", source=dice.choice(
            ["report", "hook", "waiting", "socket"]), progress=0.5)] * 2,
        *[lambda: _by_holder(world, dice, "Completed", verdict=dice.choice([PASSED, REFUSED]))] * 2,
        lambda: _by_holder(world, dice, "Failed", retryable=dice.random() < 0.5),
        lambda: _by_holder(world, dice, "Escalated", kind=dice.choice(
            ["blocked", "gate", "drift", "untrusted"]), question=f"{len(world.events)}?"),
        *[lambda: world.run(command("engineer", "Resolved", _asked(world, dice), verdict=PASSED,
            action=dice.choice(["resume", "reassign", "cancel", "accept"])))] * 2,
        lambda: world.run(command("coordinator", "Escalated", dice.choice(TASKS), question="why?")),
        lambda: world.run(command("engineer", "TaskCancelled", dice.choice(TASKS), cascade=True)),
        lambda: world.run(command("coordinator", "TaskRevised", dice.choice(TASKS))),
        lambda: world.run(command("engineer", "Reopened", dice.choice(TASKS))),
        lambda: world.run(command("engineer", "Assigned", dice.choice(TASKS),
                                  worker=dice.choice(WORKERS))),
        lambda: world.run(Emit(dice.choice(WORKERS), "WorkerLeft", None, {})),
        *[lambda: world.run(Join(dice.choice(WORKERS), {"role": "worker"}))] * 2,
        lambda: world.run(Join(dice.choice(WORKERS), {"role": "worker"}, True)),
        lambda: world.run(dice.choice([pause(), unpause()])),
        *[unpause_if_paused(world)] * 2,
        lambda: world.wait(dice.choice([100, 700, 5000])).run(sweep()),
    ]  # fmt: skip
    for _ in range(steps):
        world.wait(dice.uniform(0, 20))
        dice.choice(moves)()
    world.run(Emit("engineer", "ProjectEnded", None, {"outcome": "abandoned"}))
    world.run(Emit("engineer", "ProjectStarted", "q", {"name": "q"}))
    world.run(Emit("engineer", "TaskCreated", "t0", {"type": "task", "description": "d"}))
    return world


def unpause_if_paused(world: World) -> Callable[[], Any]:
    return lambda: world.run(unpause())


def _by_holder(world: World, dice: random.Random, type: str, **data: Any) -> None:
    head = world.state.head
    held = [(task, live["worker"]) for task, live in head["live"].items()]
    held += list(head["lapsed"].items()) + [(t, w) for t, w in head["parked"].items() if w]
    if held:
        task, worker = dice.choice(held)
        n = world.row(task)["attempts"][-1]["n"]
        world.run(command(worker, type, task, attempt=n, **data))


def _asked(world: World, dice: random.Random) -> str:
    asked = list(world.state.head["questions"].values())
    return dice.choice(asked) if asked else "t0"


def as_page(world: World) -> str:
    """The events as the page's feed hands them over."""
    from evt.eventlog.clock import us

    return "\n".join(
        json.dumps({
            "sequence": event.sequence, "id": event.id, "type": event.type,
            "subject": event.subject, "actor": event.actor, "data": event.data,
            "project": event.correlationid,
            "at": us(event.recordedtime or event.time) / 1000,
        })
        for event in world.events
    )  # fmt: skip


def truth(state: State) -> dict[str, Any]:
    """What the log's fold says, in the page's words."""
    rows = [row for row in map(state.task, state.task_ids()) if row is not None]
    open_project = state.head["project"] is not None
    return {
        "statuses": {row["id"]: row["status"] for row in rows},
        "ready": sum(row["status"] == "pending" and row["open"] == 0 for row in rows),
        "held": {row["id"]: _holder(state, row) if open_project else None for row in rows},
        "questions": sorted(state.head["questions"]),
        "workers": sorted(state.head["seen"]),
        "paused": state.head["paused"],
        "done": sum(row["status"] == "completed" for row in rows),
    }


def _holder(state: State, row: Any) -> str | None:
    live = state.head["live"].get(row["id"])
    parked: str = state.head["parked"].get(row["id"], "")
    return live["worker"] if live else parked or None


@pytest.mark.parametrize("seed", range(4))
def test_the_page_shows_at_every_moment_what_the_log_says(seed: int) -> None:
    """Given a project in which anything happens, then each moment is shown as the log has it."""
    world = walk(seed, 300)
    shown = [json.loads(line) for line in node(SHOW % {"page": PAGE}, as_page(world)).splitlines()]
    state, ended = State(), set()
    for event, page in zip(world.events, shown, strict=True):
        evolve(state, event)
        found = truth(state)
        log_ms = page.pop("log")
        assert abs(log_ms * 1000 - (state.log_us - _first_us(world))) < 2, event.sequence
        assert page == found, (event.sequence, event.type, event.subject)
        ended |= {status for status in found["statuses"].values() if status in FINAL}
    assert ended >= {"completed", "cancelled"}, "the walk is too tame"


def _first_us(world: World) -> int:
    """Log time of the first event, where the page begins to count."""
    state = State()
    evolve(state, world.events[0])
    return state.log_us
