"""The same request again is answered by what it stored the first time."""

from __future__ import annotations

from typing import Any

import pytest

from evt.eventlog.commands import Batch, Emit, Plan
from tests.eventlog.world import PASSED, World, command, pause


@pytest.fixture
def world() -> World:
    world = World().project()
    world.join("A")
    world.join("B")
    return world


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
    outcome = world.refused(
        Batch("x", [*good, Emit("x", "Intervened", "nowhere", {"kind": "edit"})]), 4
    )
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


def test_a_repeated_id_is_answered_whatever_has_become_of_log_and_caller(world: World) -> None:
    """Given a pause, a worker that left, or an end, the first receipt comes all the same."""
    world.task("t")
    world.next("A")
    beat = command("A", "Heartbeat", id="h1", note="n")
    first = world.do(beat) and len(world.events)
    world.do(pause())
    assert world.do(beat).repeated == (first,)
    world.do(Emit("A", "WorkerLeft", "A", {}))
    assert world.do(beat).repeated == (first,)
    world.do(Emit("engineer", "ProjectEnded", None, {"outcome": "abandoned"}))
    before = len(world.events)
    world.wait(9000)
    assert world.do(beat).repeated == (first,)
    assert world.types(before) == []  # not even what a sweep would append


def test_an_equal_report_of_one_who_left_is_still_the_first_receipt(world: World) -> None:
    world.task("t").task("u")
    world.next("A")
    world.emit("A", "Completed")
    world.next("A")
    world.emit("A", "Failed", "u")
    completed, failed = (
        next(e.sequence for e in world.events if e.type == type) for type in ("Completed", "Failed")
    )
    world.do(Emit("A", "WorkerLeft", "A", {}))
    assert world.emit("A", "Completed").repeated == (completed,)
    assert world.emit("A", "Failed", "u").repeated == (failed,)


def who_may(type: str) -> tuple[World, str]:
    """A world in which somebody may ask for this about task `t`, and who."""
    world = World().project()
    world.join("A")
    if type == "TaskCreated":
        return world, "engineer"
    world.task("t").next("A")
    return world, "A"


SAME: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {
    "TaskCreated": [
        ({"type": "task", "description": "d"}, {"description": "d"}),
        ({"description": "d"}, {"id": "t", "description": "d", "status": None, "createdAt": None}),
        ({"description": "d"}, {"description": "d", "priority": 0, "dependencies": []}),
        ({"description": "d", "priority": 0, "context": {}}, {"description": "d"}),
    ],
    "Heartbeat": [({"note": "n"}, {"note": "n", "source": "report", "attempt": 1})],
    "Failed": [
        ({"reason": "r"}, {"reason": "r", "retryable": True}),
        ({"reason": "r", "retryable": True}, {"reason": "r"}),
    ],
    "Escalated": [
        ({"question": "q"}, {"question": "q", "kind": "blocked", "to": "coordinator"}),
        ({"question": "q", "kind": "conflict", "to": "engineer"},
         {"question": "q", "kind": "conflict"}),
    ],
    "Completed": [
        ({"contextEfficiencyScore": 5}, {"contextEfficiencyScore": 5, "deliverables": ["a.md"]}),
        ({"contextEfficiencyScore": 5},
         {"contextEfficiencyScore": 5, "deliverables": [{"path": "a.md"}]}),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("type", "first", "again"),
    [(type, *pair) for type, pairs in SAME.items() for pair in pairs],
    ids=[f"{type}-{number}" for type, pairs in SAME.items() for number, _ in enumerate(pairs)],
)
def test_what_evt_adds_does_not_count(
    type: str, first: dict[str, Any], again: dict[str, Any]
) -> None:
    world, actor = who_may(type)
    world.do(Emit(actor, type, "t", first, id="one", verdict=PASSED))
    same = Emit(actor, type, "t", again, id="one", verdict=PASSED)
    assert world.do(same).repeated == (len(world.events),)


OTHER: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {
    "TaskCreated": [
        ({"type": "summary", "description": "d"}, {"description": "d"}),
        ({"description": "d"}, {"description": "d", "priority": 1}),
    ],
    "Heartbeat": [({"touched": ["a", "b"]}, {"touched": ["a"]}), ({"touched": ["a"]}, {})],
    "Failed": [({"reason": "r", "retryable": False}, {"reason": "r"})],
    "Escalated": [
        ({"question": "q", "kind": "conflict"}, {"question": "q"}),
        ({"question": "q", "to": "engineer"}, {"question": "q"}),
    ],
    "Noted": [
        ({"text": "n", "extra": True}, {"text": "n", "extra": 1}),
        ({"text": "n", "extra": {"a": [0]}}, {"text": "n", "extra": {"a": [False]}}),
        ({"text": "n", "extra": None}, {"text": "n"}),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("type", "first", "again"),
    [(type, *pair) for type, pairs in OTHER.items() for pair in pairs],
    ids=[f"{type}-{number}" for type, pairs in OTHER.items() for number, _ in enumerate(pairs)],
)
def test_what_a_request_leaves_out_counts_as_its_default(
    type: str, first: dict[str, Any], again: dict[str, Any]
) -> None:
    world, actor = who_may(type)
    world.do(Emit(actor, type, "t", first, id="one"))
    world.refused(Emit(actor, type, "t", again, id="one"), 4, "repeated")


def test_another_subject_is_another_event(world: World) -> None:
    world.task("a")
    world.do(command("x", "Noted", "a", id="n1"))
    world.refused(command("x", "Noted", None, id="n1"), 4, "repeated")
    revision = Emit("engineer", "ProjectRevised", None, {"goal": "g"}, id="r1")
    world.do(revision)
    assert world.do(revision).repeated == (len(world.events),)
    named = Emit("engineer", "ProjectRevised", "p", {"goal": "g"}, id="r1")
    assert world.do(named).repeated == (len(world.events),)


def test_a_push_is_the_same_if_its_lease_is(world: World) -> None:
    """Given a lease that is said, capped or left out, then what comes of it is compared."""
    world.task("a").task("b")

    def push(task: str, **lease: int) -> Emit:
        return command("engineer", "Assigned", task, id=task, worker="A", **lease)

    world.do(push("a", leaseSeconds=99_999))
    assert world.events[-1].data["leaseSeconds"] == 1800
    assert world.do(push("a", leaseSeconds=1800)).repeated == (len(world.events),)
    world.refused(push("a"), 4, "repeated")
    world.do(push("b"))
    assert world.do(push("b", leaseSeconds=600)).repeated == (len(world.events),)
    world.refused(push("b", leaseSeconds=100), 4, "repeated")


def test_the_same_words_as_a_question_of_another_kind_are_a_new_one(world: World) -> None:
    world.task("t")
    world.next("A")
    world.emit("A", "Escalated", question="q", kind="conflict")
    assert world.emit("A", "Escalated", question="q").repeated == ()
    assert [q["kind"] for q in world.row()["questions"]] == ["conflict", "blocked"]


def test_other_files_or_words_are_another_report(world: World) -> None:
    world.task("t")
    world.next("A")
    world.emit("A", "Completed", notes="n", id="one")
    for other in ({"notes": "m"}, {"notes": "n", "deliverables": ["b.md"]}):
        world.refused(command("A", "Completed", id="one", **other), 4, "repeated")


def test_two_questions_in_the_same_words_take_two_answers(world: World) -> None:
    """Given no --escalation, an answer goes to the oldest open question before it is a repeat."""
    world.task("t")
    world.next("A")
    world.emit("A", "Escalated")
    world.emit("engineer", "Escalated", question="and this?")
    for _ in range(2):
        assert world.emit("engineer", "Resolved").repeated == ()
    assert world.column() == "active"
    assert world.emit("engineer", "Resolved").repeated == (len(world.events),)


def test_in_a_batch_too_what_is_stored_already_counts_as_done(world: World) -> None:
    one, two = (command("x", "Noted", None, text=text, id=text) for text in ("one", "two"))
    world.do(one)
    first = len(world.events)
    assert world.do(Batch("x", [one, two])).repeated == (first,)
    assert len(world.events) == first + 1


def test_an_id_serves_once_in_a_batch(world: World) -> None:
    one, same, other = (command("x", "Noted", None, text=t, id="n1") for t in ("a", "a", "b"))
    before = len(world.events)
    world.refused(Batch("x", [one, other]), 4, "repeated")
    world.do(Batch("x", [one, same]))
    assert world.types(before) == ["Noted"]
