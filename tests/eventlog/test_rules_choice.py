"""Which task is given out, and which is not."""

from __future__ import annotations

import pytest

from evt.eventlog.commands import Next
from tests.eventlog.world import World


@pytest.fixture
def world() -> World:
    world = World().project().task("t", context={"outputFiles": ["a.md"]})
    world.join("A")
    world.join("B")
    return world


def test_workers_who_have_not_tried_it_come_first(world: World) -> None:
    world.task("u")
    assert world.next("A") == "t"
    world.emit("A", "Failed")
    world.wait(11)
    assert world.next("A") == "u"
    assert world.next("B") == "t"


def test_no_task_whose_outputs_meet_is_given_out(world: World) -> None:
    world.task("u", context={"outputFiles": ["*.md"]})
    world.next("A")
    outcome = world.refused(Next("B"), 3, "overlap")
    assert outcome.facts["waitsFor"] == ["u: t: output a.md held by A"]
    before = len(world.events)
    world.emit("engineer", "Assigned", "u", worker="B")
    assert world.types(before) == ["Assigned", "ConflictDetected", "Escalated"]
    assert world.events[-2].data == {"with": "t", "files": ["a.md"], "when": "assigned"}


def test_a_task_passed_over_three_times_is_not_starved() -> None:
    world = World().project()
    world.join("A")
    world.join("B")
    world.task("holds", context={"outputFiles": ["x"]})
    world.next("A")
    world.task("big", priority=5, context={"outputFiles": ["x", "y"]})
    for number in range(4):
        world.task(f"small-{number}", context={"outputFiles": ["y"]})
    for number in range(3):
        assert world.next("B") == f"small-{number}"
        world.emit("A", "Heartbeat", "holds")
        world.emit("B", "Completed", f"small-{number}")
    outcome = world.refused(Next("B"), 3, "overlap")
    assert "small-3: output y is kept for a task of higher rank" in outcome.facts["waitsFor"]
    world.emit("A", "Completed", "holds")
    assert world.next("B") == "big"


def test_rank_is_priority_then_the_chain_that_waits_then_age() -> None:
    world = World().project().task("old").task("head").task("urgent", priority=1)
    world.task("tail", dependencies=["head"])
    for name in ("A", "B", "C"):
        world.join(name)
    assert [world.next(name) for name in ("A", "B", "C")] == ["urgent", "head", "old"]


def test_a_task_passed_over_once_and_for_five_minutes_is_not_starved() -> None:
    world = World().project()
    for name in "AB":
        world.join(name)
    world.task("holds", context={"outputFiles": ["x"]})
    world.next("A")
    world.task("big", priority=5, context={"outputFiles": ["x", "y"]})
    world.task("small-0", context={"outputFiles": ["y"]}).task("small-1")
    world.wait(1)
    assert world.next("B") == "small-0"
    world.emit("B", "Completed", "small-0")
    world.task("small-2", priority=1, context={"outputFiles": ["y"]})
    for seconds, given in ((299, "small-2"), (2, "small-1")):
        for _ in range(5):
            world.wait(seconds / 5).emit("A", "Heartbeat", "holds")
        assert world.next("B") == given
        world.emit("B", "Failed", given)


def test_a_push_gives_out_a_task_whatever_its_worker_did_before(world: World) -> None:
    world.next("A")
    world.emit("A", "Failed")
    world.emit("coordinator", "Assigned", worker="A", leaseSeconds=40)
    assert world.state.head["live"]["t"]["lease"] == 40
    assert world.next("A") == "t"
