"""What a worker hears on its next call, as nothing outside can wake it."""

from __future__ import annotations

import pytest

from evt.eventlog.commands import Emit, Next
from tests.eventlog.world import World, command

SMALL, LARGE = 100, 9000


@pytest.fixture
def world() -> World:
    world = World().project().task("t").task("u")
    world.join("A")
    world.join("B")
    world.next("A")
    return world


def scored(world: World, *scores: int, worker: str = "B") -> None:
    """Let a worker complete a task for each score."""
    for number, score in enumerate(scores):
        name = f"done-{worker}-{number}".lower()
        world.task(name, priority=9)
        assert world.next(worker) == name
        world.emit(worker, "Completed", name, contextEfficiencyScore=score)


def test_nothing_new_is_nothing_to_tell(world: World) -> None:
    assert world.emit("A", "Heartbeat").result == {}


@pytest.mark.parametrize("how", ["TaskCancelled", "Assigned"])
def test_a_heartbeat_hears_that_the_task_is_gone(world: World, how: str) -> None:
    """Given a task that was cancelled, or lapsed and pushed to another, then exit 4 says so."""
    if how == "Assigned":
        world.wait(91).emit("B", "Noted", None)
    world.do(Emit("engineer", how, "t", {"worker": "B"} if how == "Assigned" else {"reason": "r"}))
    before = len(world.events)
    outcome = world.refused(command("A", "Heartbeat"), 4, "superseded")
    assert ("is cancelled" if how == "TaskCancelled" else "B holds t") in outcome.message
    assert outcome.hint == "evt next --as A"
    assert world.types(before) == []


def test_an_answer_is_told_once_on_the_task_itself(world: World) -> None:
    world.emit("A", "Escalated", kind="context", question="too much?")
    world.emit("coordinator", "Resolved", answer="skip the appendix")
    result = world.emit("A", "Heartbeat").result
    assert result == {
        "answered": [
            {"task": "t", "question": "too much?", "action": "resume",
             "answer": "skip the appendix"}
        ],
        "told": ["your question on t was answered (resume: skip the appendix)"],
    }  # fmt: skip
    assert world.emit("A", "Heartbeat").result == {}


def test_an_answer_elsewhere_is_told_until_the_worker_goes_there(world: World) -> None:
    world.emit("A", "Escalated")
    assert world.next("A") == "u"
    world.emit("coordinator", "Resolved")
    for _ in range(2):
        told = world.emit("A", "Heartbeat", "u").result["answered"]
        assert told == [{"task": "t", "question": "q?", "action": "resume", "answer": None}]
    world.emit("A", "Completed", "u")
    again = world.do(Next("A")).result
    assert (again["task"], again["again"]) == ("t", True)
    assert again["told"] == ["your question on t was answered (resume)"]
    assert "told" not in world.do(Next("A")).result


@pytest.mark.parametrize("source", ["gate", "socket"])
def test_a_sign_that_nobody_hears_keeps_the_news_for_the_next_one(
    source: str, world: World
) -> None:
    world.emit("engineer", "TaskRevised")
    world.emit("A", "Escalated", kind="context")
    world.emit("coordinator", "Resolved", answer="go on")
    world.emit("A", "Heartbeat", source=source)
    result = world.emit("A", "Heartbeat").result
    assert (result["revised"], result["answered"][0]["answer"]) == (2, "go on")
    assert world.emit("A", "Heartbeat").result == {}


def test_next_tells_that_the_task_was_revised(world: World) -> None:
    world.emit("engineer", "TaskRevised")
    assert world.do(Next("A")).result["revised"] == 2
    assert "revised" not in world.do(Next("A")).result


def test_the_words_for_a_file_of_somebody_else(world: World) -> None:
    assert world.next("B") == "u"
    world.emit("B", "Heartbeat", "u", touched=["x"])
    (told,) = world.emit("A", "Heartbeat", touched=["x"]).result["told"]
    assert told.startswith("x: u (B) works there; leave it, or ask first: evt emit Escalated t")


def test_a_worker_with_low_scores_is_told_to_hand_over(world: World) -> None:
    scored(world, 5, 3, 3)
    assert "handOver" not in world.do(Next("B")).result
    world.emit("B", "Completed", "u", contextEfficiencyScore=2)
    world.task("v")
    result = world.do(Next("B")).result
    assert (result["task"], result["handOver"]) == ("v", True)
    assert "evt leave --note" in result["told"][0]
    assert world.emit("B", "Heartbeat", "v").result["handOver"]


def test_it_gets_no_task_above_the_median_to_read(world: World) -> None:
    scored(world, 2, 2, 3)
    world.task("v")
    sizes = {"u": LARGE, "v": SMALL}
    assert world.do(Next("B", sizes=sizes)).result["task"] == "v"
    world.join("C")
    assert world.do(Next("C", sizes=sizes)).result["task"] == "u"


def test_alone_the_largest_task_is_the_median(world: World) -> None:
    scored(world, 1, 1, 1)
    assert world.do(Next("B", sizes={"u": LARGE})).result["task"] == "u"


def test_a_task_that_nobody_measured_is_not_for_it(world: World) -> None:
    """Given a task that became ready after the look, then it is for the next call."""
    scored(world, 1, 1, 1)
    world.do(command("engineer", "TaskCancelled", "u"))
    world.task("v")
    outcome = world.refused(Next("B", sizes={"u": SMALL}), 3, "waiting")
    assert outcome.facts["waitsFor"] == ["v: too much to read for B, whose last scores are low"]


def test_what_the_caller_cannot_take_is_not_given_and_says_why(world: World) -> None:
    excluded = {"u": "t (branch b) does not merge: conflict in a.md"}
    outcome = world.refused(Next("B", excluded=excluded), 3, "waiting")
    assert outcome.facts["waitsFor"] == ["u: t (branch b) does not merge: conflict in a.md"]
    world.task("v")
    assert world.do(Next("B", excluded=excluded)).result["task"] == "v"
