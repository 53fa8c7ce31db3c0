"""Questions: the dearest first, to whom and from when, with all that helps to answer."""

from __future__ import annotations

from typing import Any

import pytest

from evt.cli.verbs.inbox import in_words
from evt.cli.verbs.watch import Bell
from evt.eventlog.commands import Emit, Verdict
from evt.projections.inbox import for_caller, inbox
from tests.eventlog.world import REFUSED, World, command

MINUTE = 60


@pytest.fixture
def world() -> World:
    """A, B and C each work on a task; three more wait for B's."""
    world = World().project(policy={"heartbeatTimeoutSeconds": 86400})
    for name, task in (("A", "a"), ("B", "b"), ("C", "c")):
        world.task(task, context={"outputFiles": [f"{task}.md"]})
        world.join(name)
        world.next(name)
    for number in range(3):
        world.task(f"after-{number}", dependencies=["b"])
    return world


def asked(world: World) -> list[dict[str, Any]]:
    return inbox(world.state, world.now)


def shown(world: World) -> str:
    return in_words({"done": False, "failed": [], "questions": asked(world)})


def to(world: World, caller: str) -> list[str]:
    return [item["task"] for item in asked(world) if for_caller(world.state, caller, item)]


def test_the_dearest_question_comes_first(world: World) -> None:
    """Given an old question that holds up one and a newer one that holds up all, then that one."""
    world.emit("A", "Escalated", "a")
    world.wait(4 * MINUTE).emit("B", "Escalated", "b")
    assert [(q["task"], q["heldUpMinutes"]) for q in asked(world)] == [("a", 4.0), ("b", 0.0)]
    world.wait(4 * MINUTE)
    assert [(q["task"], q["heldUpMinutes"]) for q in asked(world)] == [("b", 12.0), ("a", 8.0)]
    assert asked(world)[0]["waiting"] == ["after-0", "after-1", "after-2"]


def test_of_new_questions_the_one_that_holds_up_more_comes_first(world: World) -> None:
    world.emit("A", "Escalated", "a")
    world.emit("B", "Escalated", "b")
    assert [q["task"] for q in asked(world)] == ["b", "a"]


def test_advice_holds_up_nobody_and_comes_last(world: World) -> None:
    world.emit("A", "Escalated", "a", kind="context")
    world.wait(9 * MINUTE).emit("C", "Escalated", "c")
    world.wait(MINUTE)
    assert [(q["task"], q["heldUpMinutes"]) for q in asked(world)] == [("c", 1.0), ("a", 0.0)]


def test_time_that_counts_for_nothing_makes_nothing_dearer(world: World) -> None:
    world.emit("A", "Escalated", "a")
    world.do(Emit("engineer", "ProjectPaused", None, {}))
    world.wait(30 * MINUTE)
    assert asked(world)[0]["heldUpMinutes"] == 0.0
    assert to(world, "engineer") == []


def test_after_ten_minutes_the_engineer_is_asked_as_well(world: World) -> None:
    world.emit("A", "Escalated", "a")
    world.emit("B", "Escalated", "b", kind="conflict")
    assert (to(world, "coordinator"), to(world, "engineer")) == (["a"], ["b"])
    world.wait(10 * MINUTE - 1)
    assert to(world, "engineer") == ["b"]
    world.wait(1)
    assert (to(world, "coordinator"), sorted(to(world, "engineer"))) == (["a"], ["a", "b"])
    assert to(world, "A") == []


def test_everything_that_helps_is_there(world: World) -> None:
    world.emit("A", "Heartbeat", "a", note="both were tried")
    details = {"diff": {"a.md": "+3 -1"}, "workers": ["A", "B"], "proposeFile": "p.json",
               "propose": {}, "cost": 7}  # fmt: skip
    world.emit("A", "Escalated", "a", question="Which?", details=details)
    (item,) = asked(world)
    assert (item["about"], item["note"]) == ("d", "both were tried")
    assert shown(world).splitlines() == [
        "a (blocked, asked by A, 0.0 worker-minutes held up)",
        "  Which?",
        "  the task: d",
        "  so far: both were tried",
        "  a.md: +3 -1",
        "  proposed: evt plan p.json",
        '  details: {"cost":7}',
        f"  evt emit Resolved a --action resume --escalation {item['id']} --answer '...'",
        "  or with --action reassign, --action cancel",
    ]


def test_a_question_of_the_gate_shows_what_it_refused(world: World) -> None:
    for _ in range(3):
        world.refused(command("A", "Completed", "a", verdict=REFUSED), 5)
    assert "  refused for: no\n" in shown(world)
    assert "or with --action accept, --action reassign, --action cancel" in shown(world)


def test_a_command_that_nobody_approved_is_answered_by_trust(world: World) -> None:
    result = {"check": "command", "verdict": "untrusted", "message": "make is not approved"}
    verdict = Verdict(False, [], [result], True, commands=[["make"]])
    world.refused(command("A", "Completed", "a", verdict=verdict), 4, "parked")
    details = '  details: {"commands":[["make"]],"contextEfficiencyScore":5}'
    assert f"{details}\n  evt trust\n" in shown(world)


def test_whoever_waits_for_a_cancelled_task_is_let_go_one_by_one(world: World) -> None:
    """Given three that wait for a cancelled task, then each has its command, then the question."""
    world.emit("engineer", "TaskCancelled", "b")
    for number in range(3):
        (answer,) = (item["answer"] for item in asked(world))
        task = f"after-{number}"
        assert answer == (
            f"evt emit TaskRevised {task} --changed '{{\"dependencies\":[]}}' --reason '...'"
        )
        world.emit("engineer", "TaskRevised", task, changed={"dependencies": []}, reason="r")
    (answer,) = (item["answer"] for item in asked(world))
    assert answer.startswith("evt emit Resolved b --action resume")


def test_the_bell_rings_once_and_again_after_ten_unanswered_minutes(world: World) -> None:
    bell = Bell()
    world.emit("A", "Escalated", "a", kind="conflict", question="Who?")
    world.emit("B", "Escalated", "b", question="Which?")
    assert bell.due(world.state, world.now) == ["a: Who?"]
    for _ in range(9):
        world.wait(MINUTE)
        assert bell.due(world.state, world.now) == []
    world.wait(MINUTE)
    assert sorted(bell.due(world.state, world.now)) == ["a: Who?", "b: Which?"]
    world.emit("engineer", "Resolved", "a")
    world.wait(10 * MINUTE)
    assert bell.due(world.state, world.now) == ["b: Which?"]
