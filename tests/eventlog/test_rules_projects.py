"""Dependencies, projects, and log time."""

from __future__ import annotations

import pytest

from evt.eventlog.catalog import POLICY
from evt.eventlog.commands import Batch, Emit, Next, Plan
from tests.eventlog.world import World, command, sweep


@pytest.fixture
def world() -> World:
    world = World().project()
    world.join("A")
    world.join("B")
    return world


def test_dependencies_must_be_there_once_and_without_a_cycle(world: World) -> None:
    world.task("a").task("b", dependencies=["a"]).task("c", dependencies=["b"])
    create = {"type": "task", "description": "d"}
    for needed, code in ((["x"], "not_found"), (["a", "a"], "wrong_state"), (["d"], "wrong_state")):
        new = Emit("engineer", "TaskCreated", "d", {**create, "dependencies": needed})
        world.refused(new, 4, code)
    outcome = world.refused(
        command("engineer", "TaskRevised", "a", changed={"dependencies": ["c"]}), 4, "wrong_state"
    )
    assert "a -> c -> b -> a" in outcome.message
    assert "d -> d" in world.refused(new, 4).message


def test_a_task_is_ready_when_all_it_needs_is_completed(world: World) -> None:
    world.task("a").task("b", dependencies=["a"])
    assert world.next("A") == "a"
    assert world.next("B") is None
    world.emit("A", "Completed", "a")
    assert world.next("B") == "b"


def test_one_question_lists_what_waits_for_a_failed_task(world: World) -> None:
    world.task("a").task("b", dependencies=["a"]).task("c", dependencies=["a"])
    world.next("A")
    before = len(world.events)
    world.emit("A", "Failed", "a", retryable=False)
    assert world.types(before) == ["Failed", "Escalated"]
    assert world.events[-1].data["details"] == {"waiting": ["b", "c"]}
    world.emit("engineer", "Resolved", "a", action="resume")
    assert world.next("B") == "a"


def test_nothing_may_wait_for_what_was_cancelled(world: World) -> None:
    """Given a cancelled task, then neither a new nor a revised one nor a plan comes to need it."""
    world.task("a").task("b", dependencies=["a"]).task("c")
    world.emit("engineer", "TaskCancelled", "a")
    for wanted in (
        Emit("engineer", "TaskCreated", "d", {"description": "d", "dependencies": ["a"]}),
        command("engineer", "TaskRevised", "c", changed={"dependencies": ["a"]}),
        Plan("engineer", None, [{"id": "d", "description": "d", "dependencies": ["a"]}]),
        Plan("engineer", None, [{"id": "c", "description": "d", "dependencies": ["a"]}]),
    ):
        outcome = world.refused(wanted, 4, "wrong_state")
        assert "depends on a, which is cancelled" in outcome.message
    world.emit("engineer", "TaskRevised", "b", changed={"dependencies": ["a", "c"]})


@pytest.mark.parametrize("how", ["created", "revised", "planned", "planned anew"])
def test_what_comes_to_wait_for_a_failed_task_is_asked_about(world: World, how: str) -> None:
    world.task("a")
    world.next("A")
    world.emit("A", "Failed", "a", retryable=False)
    world.task("c")
    before = len(world.events)
    waits = {"type": "task", "description": "d", "dependencies": ["a"]}
    wanted = {
        "created": Emit("engineer", "TaskCreated", "d", waits),
        "revised": command("engineer", "TaskRevised", "c", changed={"dependencies": ["a"]}),
        "planned": Plan("engineer", None, [{"id": "d", **waits}]),
        "planned anew": Plan("engineer", None, [{"id": "c", **waits}]),
    }[how]
    world.do(wanted)
    asked = world.events[-1]
    assert (len(world.events), asked.type, asked.subject) == (before + 2, "Escalated", "a")
    assert "a is failed, but these wait for it" in asked.data["question"]
    world.task("e", dependencies=["a"])
    assert world.types()[-1] == "TaskCreated"  # the question is open still


def test_one_plan_asks_once_for_all_that_come_to_wait(world: World) -> None:
    """Given a failed task about which there is only advice, then one question names both."""
    world.task("a")
    world.next("A")
    world.emit("A", "Escalated", "a", kind="context")
    world.emit("A", "Failed", "a", retryable=False)
    plan = [{"id": name, "description": "d", "dependencies": ["a"]} for name in ("b", "c")]
    world.do(Plan("engineer", None, plan))
    assert world.events[-1].data["details"] == {"waiting": ["b", "c"]}


def test_next_says_which_answer_is_missing(world: World) -> None:
    world.task("a").task("b", dependencies=["a"])
    world.next("A")
    world.emit("A", "Failed", "a", retryable=False)
    outcome = world.refused(Next("A"), 3, "blocked")
    assert outcome.facts["waitsFor"] == ["a: waits for an answer"]


def test_a_cancelled_task_is_asked_about_again_while_others_wait_for_it(world: World) -> None:
    world.task("a").task("b", dependencies=["a"]).task("c", dependencies=["a"])
    world.emit("engineer", "TaskCancelled", "a")
    for name, change in (("b", "TaskRevised"), ("c", "TaskCancelled")):
        world.emit("engineer", "Resolved", "a")
        assert world.types()[-2:] == ["Resolved", "Escalated"]
        assert f"a is cancelled, but these wait for it: {name}" in world.events[-1].data["question"]
        world.emit("engineer", change, name, **(
            {"changed": {"dependencies": []}} if change == "TaskRevised" else {}
        ))  # fmt: skip
    world.emit("engineer", "Resolved", "a")
    assert world.state.head["questions"] == {}


def test_cancelling_can_take_along_or_let_go_what_waits(world: World) -> None:
    world.task("a").task("b", dependencies=["a"]).task("c", dependencies=["b"])
    world.do(command("engineer", "TaskCancelled", "a", cascade=True))
    assert [world.column(name) for name in "abc"] == ["cancelled"] * 3
    world.task("d").task("e", dependencies=["d"])
    world.do(command("engineer", "TaskCancelled", "d", drop=True))
    assert world.next("A") == "e"


def test_reopening_holds_back_what_has_not_started_and_marks_what_has(world: World) -> None:
    world.task("a").task("b", dependencies=["a"]).task("c", dependencies=["a"])
    world.next("A")
    world.emit("A", "Completed", "a")
    assert world.next("B") == "b"
    world.emit("engineer", "Reopened", "a")
    assert world.row("b")["suspect"]
    assert world.row("c")["open"] == 1
    assert world.next("A") == "a"


def test_a_project_ends_when_nothing_is_open(world: World) -> None:
    world.task("a")
    end = Emit("engineer", "ProjectEnded", None, {"outcome": "done"})
    assert world.refused(end, 4, "wrong_state").facts["tasks"] == ["a"]
    world.next("A")
    world.emit("A", "Completed", "a")
    world.refused(Next("A"), 7, "done")
    world.do(end)
    assert world.events[-1].correlationid == "p"
    world.refused(Next("A"), 7, "done")


def test_abandoning_cancels_what_is_open_in_one_batch(world: World) -> None:
    world.task("a").task("b")
    decision = world.run(Emit("engineer", "ProjectEnded", None, {"outcome": "abandoned"}))
    assert [e.type for e in decision.events] == ["TaskCancelled", "TaskCancelled", "ProjectEnded"]


def test_the_project_name_is_on_every_event_from_start_to_end(world: World) -> None:
    world.task("a")
    world.next("A")
    world.emit("A", "Completed", "a")
    world.do(Emit("engineer", "ProjectEnded", None, {"outcome": "done"}))
    assert {event.correlationid for event in world.events} == {"p"}
    world.emit("anyone", "Noted", None)
    assert world.events[-1].correlationid is None
    for type, data in (("Reopened", {"defect": "d"}), ("Reviewed", {"verdict": "accepted"})):
        world.do(Emit("engineer", type, "a", data))
        assert world.events[-1].correlationid == "p"
    assert world.column("a") == "completed"


def test_a_task_without_a_project_starts_one_in_the_same_batch() -> None:
    world = World().task("a")
    assert world.types() == ["ProjectStarted", "TaskCreated"]
    assert world.state.head["project"] == "default"


def test_a_closed_lid_expires_nothing(world: World) -> None:
    for name in "abc":
        world.task(name)
    world.join("C")
    for worker in "ABC":
        world.next(worker)
    log_before = world.state.log_us
    world.wait(3 * 3600).do(sweep())
    assert world.types()[-1] == "LogResumed"
    assert world.events[-1].data == {"silentSeconds": 10800.0}
    assert world.state.log_us == log_before
    world.wait(89).do(sweep())
    assert "TimedOut" not in world.types()
    world.wait(2).do(sweep())
    assert world.types().count("TimedOut") == 3


@pytest.mark.parametrize("jump", [-86_400, 365 * 86_400])
def test_a_clock_that_jumps_and_comes_back_expires_nothing(world: World, jump: int) -> None:
    world.task("a")
    world.next("A")
    world.wait(jump).do(sweep())
    world.wait(10).emit("B", "Noted", None)
    world.wait(-jump).emit("B", "Noted", None)
    world.wait(10).emit("A", "Heartbeat", "a")
    assert world.column("a") == "active"
    times = [event.time for event in world.events]
    assert times == sorted(times)
    assert 0 < world.state.log_us < 60_000_000
    world.wait(91).do(sweep())
    assert world.column("a") == "lapsed"


def test_a_revision_of_policy_and_baseline_changes_what_it_names(world: World) -> None:
    for data in ({"policy": {"maxAttempts": 1}, "baseline": {"serialSeconds": 10}},
                 {"policy": {"lowScore": 2}, "baseline": {"debugMinutes": 5}}):  # fmt: skip
        world.do(Emit("engineer", "ProjectRevised", None, data))
    assert world.state.head["policy"] == {**POLICY, "maxAttempts": 1, "lowScore": 2}
    assert world.state.get("p/p")["data"]["baseline"] == {"serialSeconds": 10, "debugMinutes": 5}


def test_after_the_end_nothing_is_revised_asked_or_answered(world: World) -> None:
    world.task("a")
    world.next("A")
    world.emit("A", "Failed", "a", retryable=False)
    world.do(Emit("engineer", "ProjectEnded", None, {"outcome": "done"}))
    for type in ("TaskRevised", "TaskCancelled", "Escalated"):
        world.refused(command("engineer", type, "a"), 4, "wrong_state")


def test_cancelling_takes_along_or_lets_go_but_not_both(world: World) -> None:
    world.task("a").task("b", dependencies=["a"])
    world.refused(command("engineer", "TaskCancelled", "a", cascade=True, drop=True), 2)
    assert world.row("a")["status"] == "pending"


@pytest.mark.parametrize("data", [{}, {"name": "p"}])
def test_a_revision_of_a_project_says_what_changes(world: World, data: dict[str, str]) -> None:
    world.refused(Emit("engineer", "ProjectRevised", None, data), 2, "usage")


def test_only_what_was_delivered_is_reviewed(world: World) -> None:
    def verdict(task: str, said: str) -> Emit:
        return Emit("engineer", "Reviewed", task, {"verdict": said})

    world.task("a").task("b")
    for said in ("accepted", "reopened"):
        world.refused(verdict("a", said), 4, "wrong_state")
    world.next("A")
    world.emit("A", "Completed", "a")
    world.next("A")
    world.emit("A", "Failed", "b", retryable=False)
    world.do(verdict("a", "accepted"))
    world.refused(verdict("b", "accepted"), 4, "wrong_state")
    world.do(verdict("b", "reopened"))


def test_only_lines_of_a_batch_are_numbered(world: World) -> None:
    wrong = Emit("engineer", "Reviewed", "a", {"verdict": "accepted"})
    for lines in (True, False):
        outcome = world.refused(Batch("engineer", [wrong], lines=lines), 4)
        assert outcome.message.startswith("line 1: ") is lines
