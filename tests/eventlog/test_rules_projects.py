"""Rules 6, 8, 9 and 10, and log time."""

from __future__ import annotations

import pytest

from evt.eventlog.commands import Batch, Emit, Join, Next, Plan
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
    world.emit("engineer", "Reopened", "a")
    assert world.events[-1].correlationid == "p"
    assert world.column("a") == "completed"


def test_a_task_without_a_project_starts_one_in_the_same_batch() -> None:
    world = World().task("a")
    assert world.types() == ["ProjectStarted", "TaskCreated"]
    assert world.state.head["project"] == "default"


def test_workers_do_not_create_cancel_or_resolve(world: World) -> None:
    world.task("a")
    create = Emit("A", "TaskCreated", "b", {"type": "task", "description": "d"})
    for wanted in (create, command("A", "TaskCancelled", "a"), command("A", "Resolved", "a")):
        world.refused(wanted, 4, "not_allowed")
    world.join("C", role="coordinator")
    world.do(Emit("C", "TaskCreated", "b", {"type": "task", "description": "d"}))


def test_an_engineer_inside_a_chat_may_not_resolve_or_reopen(world: World) -> None:
    world.task("a")
    world.next("A")
    world.emit("A", "Escalated", "a")
    world.refused(command("engineer", "Resolved", "a", viachat=True), 4, "not_allowed")
    world.do(command("engineer", "Noted", "a", viachat=True))
    assert world.events[-1].viachat


def test_free_names_are_never_used_twice() -> None:
    world = World().project()
    names = [world.do(Join(None, {"role": "worker"})).result["name"] for _ in range(2)]
    world.do(Emit("worker-B", "WorkerLeft", "worker-B", {}))
    names.append(world.do(Join(None, {"role": "worker"})).result["name"])
    assert names == ["worker-A", "worker-B", "worker-C"]


def test_a_live_name_is_taken_over_only_on_purpose(world: World) -> None:
    world.task("a").task("b")
    world.next("A")
    world.emit("A", "Escalated", "a")
    world.next("A")
    world.refused(Join("A", {"role": "worker"}), 4, "name_taken")
    before = len(world.events)
    outcome = world.join("A", takeover=True)
    assert world.types(before) == ["WorkerLeft", "WorkerJoined", "Assigned"]
    assert outcome.result == {"name": "A", "task": "b"}
    assert world.row("b")["attempts"][-1]["n"] == 2
    assert world.state.head["parked"] == {"a": "A"}


def test_a_quiet_name_may_be_taken_and_one_in_a_wait_may_not(world: World) -> None:
    world.wait(500).emit("engineer", "Noted", None)
    world.refused(Join("A", {"role": "worker"}), 4, "name_taken")
    world.wait(101)
    world.refused(Join("A", {"role": "worker"}, waiting=True), 4, "name_taken")
    world.join("A")


def test_the_same_chat_joins_again_without_an_event(world: World) -> None:
    world.do(Join("C", {"role": "worker", "session": "s1"}))
    before = len(world.events)
    assert world.do(Join("C", {"role": "worker", "session": "s1"})).repeated
    assert len(world.events) == before


def test_leaving_gives_the_task_back_without_a_try(world: World) -> None:
    world.task("a")
    world.next("A")
    world.do(Emit("A", "WorkerLeft", "A", {"note": "half done"}))
    assert (world.column("a"), world.row("a")["tries"]) == ("pending", 0)
    world.refused(Next("A"), 4, "not_allowed")
    assert world.next("B") == "a"


def test_the_same_id_is_the_first_receipt_or_refused(world: World) -> None:
    world.task("a")
    first = world.do(command("x", "Noted", None, id="n1"))
    assert first.repeated == ()
    assert world.do(command("x", "Noted", None, id="n1")).repeated == (len(world.events),)
    world.refused(command("x", "Noted", None, id="n1", text="other"), 4, "repeated")
    world.refused(command("y", "Noted", None, id="n1"), 4, "repeated")


def test_an_equal_report_again_is_the_first_receipt(world: World) -> None:
    world.task("a")
    world.next("A")
    world.emit("A", "Failed", "a")
    assert world.emit("A", "Failed", "a").repeated == (len(world.events),)
    world.wait(11)
    world.next("A")
    world.emit("A", "Completed", "a", attempt=2)
    assert world.emit("A", "Completed", "a", attempt=2).repeated == (len(world.events),)


def test_a_batch_is_all_or_nothing(world: World) -> None:
    good = [command("x", "Noted", None, text=str(n)) for n in range(3)]
    world.do(Batch("x", good))
    before = len(world.events)
    outcome = world.refused(Batch("x", [*good, command("x", "Noted", "nowhere")]), 4)
    assert outcome.message.startswith("line 4:")
    assert len(world.events) == before


def test_a_plan_is_applied_once_then_revises_what_differs(world: World) -> None:
    tasks = [
        {"id": "b", "type": "task", "description": "B", "dependencies": ["a"]},
        {"id": "a", "type": "task", "description": "A"},
    ]
    decision = world.run(Plan("coordinator", {"name": "p", "goal": "g"}, tasks))
    assert [e.type for e in decision.events] == ["ProjectRevised", "TaskCreated", "TaskCreated"]
    assert world.run(Plan("coordinator", {"name": "p", "goal": "g"}, tasks)).events == []
    tasks[1]["description"] = "A2"
    (event,) = world.run(Plan("coordinator", None, tasks)).events
    assert (event.type, event.data["changed"]) == ("TaskRevised", {"description": "A2"})
    world.next("A")
    world.emit("A", "Completed", "a")
    tasks[1]["description"] = "A3"
    world.refused(Plan("coordinator", None, tasks), 4, "wrong_state")
    world.refused(Plan("coordinator", {"name": "other"}, tasks), 4, "wrong_state")


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
