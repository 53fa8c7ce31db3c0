"""Questions park, answers bring back."""

from __future__ import annotations

import pytest

from evt.eventlog.commands import Emit, Next
from tests.eventlog.world import World, command, sweep


@pytest.fixture
def world() -> World:
    world = World().project().task("t", context={"outputFiles": ["a.md"]})
    world.join("A")
    world.join("B")
    return world


def test_a_question_parks_and_frees_the_worker(world: World) -> None:
    world.task("u", context={"outputFiles": ["a.md"]})
    world.task("v")
    world.next("A")
    world.emit("A", "Escalated")
    assert world.next("A") == "v"
    assert "u: t: output a.md held by A" in world.refused(Next("B"), 3, "overlap").facts["waitsFor"]
    world.wait(80_000).do(sweep())
    world.wait(80).emit("engineer", "Noted", None)
    assert world.column() == "escalated"


def test_with_two_parked_a_worker_gets_no_new_task(world: World) -> None:
    world.task("u")
    world.task("v")
    for name in ("t", "u"):
        assert world.next("A") == name
        world.emit("A", "Escalated", name)
    world.refused(Next("A"), 3, "blocked")
    assert world.next("B") == "v"


def test_an_answer_brings_the_task_back_to_its_worker(world: World) -> None:
    world.task("u")
    world.next("A")
    world.emit("A", "Escalated")
    assert world.next("A") == "u"
    world.emit("coordinator", "Resolved", answer="like this")
    assert world.next("A") == "u"
    world.emit("A", "Completed", "u")
    world.refused(Next("B"), 3)
    assert world.next("A") == "t"
    assert world.row()["attempts"][-1]["n"] == 1


def test_an_answered_task_is_free_for_others_after_the_grace(world: World) -> None:
    world.next("A")
    world.emit("A", "Escalated")
    world.emit("coordinator", "Resolved")
    world.refused(Next("B"), 3)
    world.wait(121)
    assert world.next("B") == "t"
    assert world.row()["attempts"][-1]["n"] == 2


def test_two_questions_need_two_answers_but_one_reassign(world: World) -> None:
    world.next("A")
    world.emit("A", "Escalated")
    world.emit("engineer", "Escalated", question="and this?")
    world.emit("engineer", "Resolved")
    assert world.column() == "escalated"
    world.emit("engineer", "Resolved", action="reassign")
    assert world.column() == "pending"
    assert world.state.head["questions"] == {}
    assert world.row()["last"] == ["A"]


def test_the_first_answer_wins_and_the_same_one_again_is_its_receipt(world: World) -> None:
    world.next("A")
    world.emit("A", "Escalated")
    world.emit("engineer", "Resolved", answer="yes")
    assert world.emit("engineer", "Resolved", answer="yes").repeated == (len(world.events),)
    world.refused(command("engineer", "Resolved", answer="no"), 4, "wrong_state")


def test_the_answer_to_a_parked_task_whose_worker_left_makes_it_ready(world: World) -> None:
    world.next("A")
    world.emit("A", "Escalated")
    world.do(Emit("A", "WorkerLeft", "A", {}))
    assert world.column() == "escalated"
    world.emit("engineer", "Resolved")
    assert world.next("B") == "t"


def test_escalating_twice_with_the_same_words_is_one_question(world: World) -> None:
    world.next("A")
    world.emit("A", "Escalated")
    assert world.emit("A", "Escalated").repeated == (len(world.events),)


def test_a_report_on_a_parked_task_is_kept_and_told_why(world: World) -> None:
    world.next("A")
    world.emit("A", "Escalated")
    outcome = world.refused(command("A", "Completed"), 4, "parked")
    assert outcome.message.startswith("t is parked until its question is answered")
    assert world.types()[-1] == "LateResult"


def test_an_answer_gives_the_tries_back(world: World) -> None:
    """Given three tries that failed, when the engineer resumes, then three more may fail."""
    for n in (1, 2, 3):
        world.wait(40)
        assert world.next("A") == "t"
        world.emit("A", "Failed", attempt=n)
    assert (world.column(), world.row()["tries"]) == ("escalated", 3)
    world.emit("engineer", "Resolved")
    assert (world.column(), world.row()["tries"]) == ("pending", 0)
    assert world.next("A") == "t"
    world.emit("A", "Failed", attempt=4)
    assert world.column() == "pending"


def test_reassigning_gives_it_to_another_first(world: World) -> None:
    world.task("u")
    world.next("A")
    world.emit("A", "Escalated")
    world.emit("engineer", "Resolved", action="reassign")
    assert world.next("A") == "u"
    assert world.next("B") == "t"


def test_a_reassigned_task_is_kept_from_its_worker_while_another_may_take_it(world: World) -> None:
    world.next("A")
    world.emit("A", "Escalated")
    world.wait(60).emit("engineer", "Resolved", action="reassign")
    facts = world.refused(Next("A"), 3, "waiting").facts
    assert facts["waitsFor"][0].startswith("t: kept for another worker until ")
    assert facts["retryAfterSeconds"] == 120
    world.wait(119).refused(Next("A"), 3, "waiting")
    world.wait(1)
    assert world.next("A") == "t"


@pytest.mark.parametrize("why", ["busy", "left", "tried", "silent"])
def test_nobody_waits_for_one_who_cannot_take_it(world: World, why: str) -> None:
    world.next("A")
    world.emit("A", "Escalated")
    if why == "busy":
        world.task("u")
        world.next("B")
    elif why == "left":
        world.do(Emit("B", "WorkerLeft", "B", {}))
    elif why == "silent":
        world.wait(601)
    else:
        world.emit("engineer", "Resolved", action="reassign")
        world.next("B")
        world.emit("B", "Escalated", question="and now?")
    world.emit("engineer", "Resolved", action="reassign", answer="again")
    assert world.next("A") == "t"


def test_who_leads_may_ask_about_an_attempt_or_the_task(world: World) -> None:
    world.emit("engineer", "Escalated")
    assert world.state.head["parked"] == {"t": ""}
    world.emit("engineer", "Resolved")
    world.next("A")
    world.emit("engineer", "Escalated", attempt=1, question="why?")
    assert world.events[-1].causationid == world.row()["attempts"][0]["id"]
    assert world.state.head["parked"] == {"t": "A"}
    world.refused(command("engineer", "Escalated", attempt=7, question="and?"), 4, "not_found")


def test_a_worker_asks_only_about_what_it_holds(world: World) -> None:
    world.refused(command("A", "Escalated"), 4, "not_holder")
    world.next("A")
    world.emit("A", "Completed")
    world.emit("engineer", "Reopened")
    world.refused(command("A", "Escalated", question="again?"), 4, "superseded")


@pytest.mark.parametrize(
    ("kind", "to"),
    [("blocked", "coordinator"), ("drift", "coordinator"), ("context", "coordinator"),
     ("conflict", "engineer"), ("gate", "engineer"), ("untrusted", "engineer")],
)  # fmt: skip
def test_who_is_asked_first(world: World, kind: str, to: str) -> None:
    world.next("A")
    world.emit("A", "Escalated", kind=kind)
    assert world.events[-1].data["to"] == to
