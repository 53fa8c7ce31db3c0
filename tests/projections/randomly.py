"""Random histories: what the rules allow (made by the decider), and anything a schema allows."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from evt.eventlog.commands import Emit, Join, Next
from evt.eventlog.line import Event
from tests.eventlog.world import PASSED, REFUSED, World, command, pause, sweep, unpause
from tests.projections.history import History

WORKERS = ("A", "B", "C")
TASKS = ("t0", "t1", "t2", "t3")
GAPS = (0, 1, 20, 20, 61, 91, 130, 700, 4_000, -100)


def allowed(seed: int, steps: int) -> list[Event]:
    """A project as racing, dying, returning workers and an engineer would leave it."""
    chance = random.Random(seed)
    world = World().project(policy={"maxAttempts": 2})
    for name in WORKERS:
        world.join(name)
    for number, task in enumerate(TASKS):
        needs = [TASKS[number - 1]] if number == 2 else []
        world.task(task, dependencies=needs, context={"outputFiles": [f"{number % 3}.md"]})
    for _ in range(steps):
        worker, task = chance.choice(WORKERS), chance.choice(TASKS)
        row = world.state.task(task)
        n = row["attempts"][-1]["n"] if row and row["attempts"] else 1
        _step(world, chance, worker, task, n)
    return world.events


def _step(world: World, chance: random.Random, worker: str, task: str, n: int) -> None:
    lead = chance.choice(("engineer", "coordinator"))
    verdict = chance.choice((PASSED, PASSED, REFUSED))
    question = f"{len(world.events)}?"
    action = chance.choice(("resume", "resume", "reassign", "accept"))
    choices: list[tuple[int, Any]] = [
        (9, Next(worker)),
        (6, command(worker, "Heartbeat", task, attempt=n)),
        (5, command(worker, "Completed", task, verdict=verdict, attempt=n)),
        (2, command(worker, "Failed", task, attempt=n)),
        (3, command(worker, "Escalated", task, question=question, attempt=n)),
        (4, command(lead, "Resolved", task, action=action, verdict=PASSED)),
        (2, command(lead, "Intervened", task, kind=chance.choice(("prompt", "setup", "debug")))),
        (2, command("engineer", "Reopened", task, escaped=chance.random() < 0.5)),
        (1, command("engineer", "Assigned", task, worker=worker)),
        (1, Emit(worker, "WorkerLeft", worker, {})),
        (1, Join(worker, {"role": "worker"}, takeover=chance.random() < 0.5)),
        (1, pause()),
        (1, unpause()),
        (5, sweep()),
    ]
    world.wait(chance.choice(GAPS))
    weights = [weight for weight, _ in choices]
    world.run(chance.choices(choices, weights)[0][1])


# Anything that a schema allows, contradictions included: (gap, type, subject, actor, data)
_who = st.sampled_from((*WORKERS, "engineer", "evt"))
_n = st.integers(1, 3)
_DATA: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "Assigned": st.fixed_dictionaries({"worker": st.sampled_from(WORKERS), "attempt": _n}),
    "Heartbeat": st.fixed_dictionaries({"attempt": _n}),
    "Completed": st.fixed_dictionaries({"attempt": _n}),
    "Rejected": st.fixed_dictionaries({"attempt": _n}),
    "Failed": st.fixed_dictionaries({"attempt": _n, "retryable": st.booleans()}),
    "TimedOut": st.fixed_dictionaries({"worker": st.sampled_from(WORKERS), "attempt": _n}),
    "LateResult": st.fixed_dictionaries({"attempt": _n}),
    "Escalated": st.fixed_dictionaries({"kind": st.sampled_from(("blocked", "drift", "gate"))}),
    "Resolved": st.fixed_dictionaries(
        {"action": st.sampled_from(("resume", "reassign", "cancel", "accept"))},
        optional={"escalation": st.integers(1, 40).map("e{}".format)},
    ),
    "Intervened": st.fixed_dictionaries({"kind": st.sampled_from(("prompt", "setup", "debug"))}),
    "ConflictDetected": st.just({"with": "t1"}),
    **dict.fromkeys(
        ("TaskCreated", "TaskCancelled", "Reopened", "Reviewed", "Noted", "Sang"), st.just({})
    ),
}
_WHOLE = ("WorkerJoined", "WorkerLeft", "ProjectPaused", "ProjectResumed", "LogResumed")


@st.composite
def anything(draw: st.DrawFn) -> History:
    """A project with any events in any order."""
    log = History().project()
    log.join(0, "A", "B").tasks(0, *TASKS[:2])
    now = 0.0
    for _ in range(draw(st.integers(0, 40))):
        now += draw(st.sampled_from((0, 1, 20, 61, 100)))
        type = draw(st.sampled_from((*_DATA, *_WHOLE)))
        if type in _WHOLE:
            name = draw(st.sampled_from(WORKERS)) if type.startswith("Worker") else "p"
            log.at(now, type, name, by=name)
        else:
            task = draw(st.sampled_from(TASKS[:3]))
            log.at(now, type, task, by=draw(_who), **draw(_DATA[type]))
    return log
