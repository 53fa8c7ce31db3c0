"""Names, roles, who may do what."""

from __future__ import annotations

from typing import Any

import pytest

from evt.eventlog.commands import Batch, Emit, Join, Next
from evt.eventlog.errors import InvalidInput
from evt.eventlog.evolve import evolve
from evt.eventlog.line import Event
from tests.eventlog.world import DATA, World, command, sweep


@pytest.fixture
def world() -> World:
    world = World().project()
    world.join("A")
    world.join("B")
    return world


def test_workers_do_not_create_cancel_or_resolve(world: World) -> None:
    world.task("a")
    create = Emit("A", "TaskCreated", "b", {"type": "task", "description": "d"})
    for wanted in (create, command("A", "TaskCancelled", "a"), command("A", "Resolved", "a")):
        world.refused(wanted, 4, "not_allowed")
    world.join("C", role="coordinator")
    world.do(Emit("C", "TaskCreated", "b", {"type": "task", "description": "d"}))


@pytest.mark.parametrize("takeover", [False, True])
def test_a_name_keeps_its_role(world: World, takeover: bool) -> None:
    """Given a worker with a question, when it joins as coordinator, then it cannot answer it."""
    world.task("a")
    world.next("A")
    world.emit("A", "Escalated", "a")
    if not takeover:
        world.do(Emit("A", "WorkerLeft", "A", {}))
    switch = Join("A", {"role": "coordinator"}, takeover=takeover)
    outcome = world.refused(switch, 4, "name_taken")
    assert outcome.message == "A joined as worker: a name keeps its role"
    assert outcome.hint == "evt join --role coordinator"
    world.join("A", takeover=takeover)


def test_a_name_that_had_another_role_once_does_not_lead(world: World) -> None:
    """Given a log in which somebody switched all the same, then the name still may not decide."""
    world.task("a")
    world.do(Emit("A", "WorkerLeft", "A", {}))
    stored = Event("made-up", "WorkerJoined", "A", {"role": "coordinator"}, subject="A")
    stored.time, stored.sequence = world.state.time, len(world.events) + 1
    world.events.append(stored)
    evolve(world.state, stored)
    world.refused(command("A", "TaskCancelled", "a"), 4, "not_allowed")


def test_an_engineer_inside_a_chat_may_not_resolve_or_reopen(world: World) -> None:
    world.task("a")
    world.next("A")
    world.emit("A", "Escalated", "a")
    world.refused(command("engineer", "Resolved", "a", viachat=True), 4, "not_allowed")
    world.do(command("engineer", "Noted", "a", viachat=True))
    assert world.events[-1].viachat


def test_nobody_signs_as_evt(world: World) -> None:
    for wanted in (command("evt", "Noted", None), Batch("evt", [command("evt", "Noted", None)])):
        world.refused(wanted, 2, "invalid_input")
    world.do(sweep())


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


WORKER: dict[str, Any] = {"role": "worker"}


def test_a_name_that_left_may_be_taken_again_by_whoever_says_it(world: World) -> None:
    """Given a chat that left and comes back, then its name is its own, and never handed out."""
    world.do(Join(None, WORKER))
    world.do(Emit("worker-A", "WorkerLeft", "worker-A", {}))
    assert world.do(Join(None, WORKER)).result["name"] == "worker-B"
    assert world.do(Join("worker-A", WORKER)).result == {"name": "worker-A", "task": None}


def test_engineer_and_evt_are_no_names_to_join_with(world: World) -> None:
    for name, role in (("engineer", "coordinator"), ("evt", "worker"), ("coordinator", "worker"),
                       ("a b", "worker"), ("x" * 65, "worker")):  # fmt: skip
        world.refused(Join(name, {"role": role}), 2, InvalidInput.code)


def test_a_second_coordinator_is_told_that_there_is_one(world: World) -> None:
    world.join("coordinator", role="coordinator")
    world.refused(Join("coordinator", {"role": "coordinator"}), 4, "name_taken")
    world.join("coordinator", role="coordinator", takeover=True)


def test_who_left_no_longer_leads(world: World) -> None:
    world.join("C", role="coordinator")
    world.do(Emit("C", "WorkerLeft", "C", {}))
    new = Emit("C", "TaskCreated", "x", {"type": "task", "description": "d"})
    world.refused(new, 4, "not_allowed")


def test_a_takeover_brings_everything_that_was_held(world: World) -> None:
    """Given an active, an answered and a lapsed task, the new chat holds all three."""
    for name in ("a", "b", "c"):
        world.task(name)
    for name in ("a", "b"):
        assert world.next("A") == name
        world.emit("A", "Escalated", name)
    world.emit("engineer", "Resolved", "a")
    assert world.next("A") == "a"
    world.emit("engineer", "Resolved", "b")
    world.wait(91).do(sweep())
    assert world.state.head["lapsed"] == {"a": "A"}
    assert world.join("A", takeover=True).result == {"name": "A", "task": "b"}
    assert {name: entry["worker"] for name, entry in world.state.head["live"].items()} == {
        "a": "A", "b": "A",
    }  # fmt: skip


def test_parked_tasks_of_one_who_left_wait_without_a_worker(world: World) -> None:
    world.task("a")
    world.next("A")
    world.emit("A", "Escalated", "a")
    world.do(Emit("A", "WorkerLeft", "A", {}))
    assert world.state.head["parked"] == {"a": ""}
    world.join("A")
    world.refused(command("A", "Completed", "a"), 4, "superseded")
    world.emit("engineer", "Resolved", "a")
    assert world.next("B") == "a"


def test_the_note_of_one_who_left_stays_with_the_attempt(world: World) -> None:
    world.task("a")
    world.next("A")
    world.emit("A", "Heartbeat", "a", touched=["a.md"], note="half")
    world.do(Emit("A", "WorkerLeft", "A", {"note": "the rest is in b.md"}))
    attempt = world.row("a")["attempts"][0]
    assert (attempt["note"], attempt["touched"]) == ("the rest is in b.md", ["a.md"])


ROLE_NEEDED = [
    ("Assigned", {"worker": "B"}, {"engineer", "coordinator"}),
    ("TaskRevised", {}, {"engineer", "coordinator"}),
    ("TaskCancelled", {}, {"engineer", "coordinator"}),
    ("Noted", {}, {"engineer", "coordinator", "A", "stranger"}),
    ("Intervened", {"kind": "edit"}, {"engineer", "coordinator", "A", "stranger"}),
    ("Escalated", {}, {"engineer", "coordinator"}),
    ("Heartbeat", {}, set()),
    ("Failed", {}, set()),
]


@pytest.mark.parametrize(
    ("type", "data", "allowed"), ROLE_NEEDED, ids=[type for type, *_ in ROLE_NEEDED]
)
def test_who_may_say_what_about_a_ready_task(
    type: str, data: dict[str, Any], allowed: set[str]
) -> None:
    for actor in ("engineer", "coordinator", "A", "stranger"):
        world = World().project().task("t")
        world.join("A")
        world.join("B")
        asked = Emit(actor, type, "t", {**DATA.get(type, {}), **data})
        if actor in allowed:
            world.do(asked)
        else:
            world.refused(asked, 4)


def test_only_the_engineer_reviews(world: World) -> None:
    world.task("t")
    world.next("A")
    world.emit("A", "Completed")
    verdict = {"verdict": "accepted"}
    for actor in ("coordinator", "A", "stranger"):
        world.refused(Emit(actor, "Reviewed", "t", verdict), 4, "not_allowed")
    world.do(Emit("engineer", "Reviewed", "t", verdict))


def test_only_the_engineer_revises_a_project(world: World) -> None:
    revised = {"goal": "another"}
    world.refused(Emit("coordinator", "ProjectRevised", None, revised), 4, "not_allowed")
    world.do(Emit("engineer", "ProjectRevised", None, revised))


def test_next_needs_a_name_that_joined(world: World) -> None:
    world.refused(Next("stranger"), 4, "not_allowed")


def test_a_note_may_be_about_anything_but_what_changes_a_task_is_about_one(world: World) -> None:
    world.emit("A", "Noted", "the weather")
    world.refused(Emit("A", "Intervened", "the weather", {"kind": "edit"}), 4, "not_found")
    world.refused(Emit("engineer", "Reviewed", None, {"verdict": "accepted"}), 2, "usage")


def test_in_a_chat_the_engineer_decides_nothing_that_needs_him(world: World) -> None:
    """Given `--as engineer` inside a chat, then to resolve and to reopen are refused."""
    world.task("a")
    world.next("A")
    world.emit("A", "Completed", "a")
    for type in ("Resolved", "Reopened"):
        world.refused(command("engineer", type, "a", viachat=True), 4, "not_allowed")
    world.do(command("coordinator", "Reopened", "a"))
    assert world.events[-1].data == {"defect": "d", "escaped": False}
