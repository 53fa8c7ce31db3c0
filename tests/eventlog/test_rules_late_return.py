"""A worker that timed out once too often comes back: its attempt is open still, its task parked."""

from __future__ import annotations

import pytest

from evt.eventlog.commands import Emit
from tests.eventlog.world import World, command, sweep


@pytest.fixture
def world() -> World:
    """A timed out at its last try: the engineer is asked how `t` shall go on."""
    world = World().project(policy={"maxAttempts": 1}).task().task("u")
    world.join("A")
    world.join("B")
    world.next("A")
    world.wait(91).do(sweep())
    assert world.types()[-2:] == ["TimedOut", "Escalated"]
    assert (world.column(), world.state.head["parked"]) == ("escalated", {"t": ""})
    return world


def test_its_sign_of_life_is_noted_and_the_answer_brings_it_back(world: World) -> None:
    world.emit("A", "Heartbeat", attempt=1, note="back")
    assert (world.column(), world.row()["attempts"][-1]["state"]) == ("escalated", "parked")
    assert world.state.head["parked"] == {"t": "A"}
    world.emit("engineer", "Resolved")
    assert world.next("A") == "t"
    assert world.row()["attempts"][-1]["n"] == 1


def test_without_a_sign_the_answer_makes_it_ready_for_anyone(world: World) -> None:
    world.emit("engineer", "Resolved")
    assert (world.column(), world.row()["tries"]) == ("lapsed", 0)
    assert world.next("B") == "t"
    world.refused(command("A", "Heartbeat", attempt=1), 4, "superseded")


def test_after_the_answer_its_worker_may_go_on_as_well(world: World) -> None:
    world.emit("engineer", "Resolved")
    world.emit("A", "Completed")
    assert world.column() == "completed"


def test_its_report_is_kept_and_told_that_the_task_is_parked(world: World) -> None:
    outcome = world.refused(command("A", "Completed"), 4, "parked")
    assert outcome.message.startswith("t is parked until its question is answered")
    assert world.types()[-1] == "LateResult"


def test_its_failure_closes_the_attempt_and_the_task_stays(world: World) -> None:
    world.emit("A", "Failed", attempt=1)
    assert (world.column(), world.row()["attempts"][-1]["state"]) == ("escalated", "closed")
    assert (world.state.head["parked"], world.row()["tries"]) == ({"t": ""}, 1)
    world.refused(command("A", "Heartbeat"), 4, "superseded")
    world.emit("engineer", "Resolved")
    assert world.column() == "pending"


def test_its_question_is_a_second_one(world: World) -> None:
    world.emit("A", "Escalated")
    assert [q["kind"] for q in world.row()["questions"]] == ["attempts", "blocked"]
    assert world.state.head["parked"] == {"t": "A"}
    world.emit("engineer", "Resolved")
    assert world.column() == "escalated"
    world.emit("engineer", "Resolved")
    assert world.next("A") == "t"


def test_it_leaves_and_nobody_holds_it(world: World) -> None:
    world.do(Emit("A", "WorkerLeft", "A", {}))
    assert (world.column(), world.row()["attempts"][-1]["state"]) == ("escalated", "closed")
    world.emit("engineer", "Resolved")
    assert world.column() == "pending"


def test_it_is_free_for_other_work_meanwhile(world: World) -> None:
    assert world.next("A") == "u"


def test_a_question_of_the_engineer_on_a_lapsed_task_closes_no_attempt() -> None:
    world = World().project().task()
    world.join("A")
    world.next("A")
    world.wait(91).do(sweep())
    world.emit("engineer", "Escalated")
    assert (world.column(), world.state.head["parked"]) == ("escalated", {"t": ""})
    world.emit("A", "Heartbeat")
    assert world.state.head["parked"] == {"t": "A"}
    world.emit("engineer", "Resolved")
    world.emit("A", "Completed")
    assert world.column() == "completed"
    assert world.state.head["anomalies"] == 0
