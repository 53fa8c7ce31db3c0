"""Conflicts at four moments: both tasks, both workers and the files are named, once."""

from __future__ import annotations

import pytest

from evt.eventlog.commands import Emit, Verdict
from evt.eventlog.line import Event
from tests.eventlog.world import World, command

DONE = {"outcome": "done"}


@pytest.fixture
def world() -> World:
    """A works on `t` (writes a.md), B on `u` (writes b.md)."""
    world = World().project(policy={"ignore": ["*.lock"]})
    for name, task, output in (("A", "t", "a.md"), ("B", "u", "b.md")):
        world.task(task, context={"outputFiles": [output]})
        world.join(name)
        world.next(name)
    return world


def touch(world: World, who: str, task: str, *files: str) -> list[dict[str, object]]:
    """A Heartbeat with touched files; what the worker hears about files of others."""
    told = world.wait(1).do(Emit(who, "Heartbeat", task, {"touched": list(files)}))
    overlap: list[dict[str, object]] = told.result.get("overlap", [])
    return overlap


def conflict(world: World, since: int) -> tuple[Event, Event]:
    """The two events that a conflict leaves behind, and nothing else did."""
    found = [e for e in world.events[since:] if e.actor == "evt"]
    assert [e.type for e in found] == ["ConflictDetected", "Escalated"]
    assert found[1].data["conflict"] == found[0].id
    return found[0], found[1]


def test_the_first_touch_warns_and_the_second_asks(world: World) -> None:
    before = len(world.events)
    told = touch(world, "A", "t", "b.md", "c.md")
    assert told == [{"task": "u", "worker": "B", "files": ["b.md"]}]
    assert world.types(before) == ["Heartbeat"]
    beat = Emit("A", "Heartbeat", "t", {"touched": ["b.md"]}, diff={"b.md": "+2 -1"})
    result = world.do(beat).result
    assert result["parked"] and "evt next --as A" in result["told"][-1]
    detected, asked = conflict(world, before)
    assert detected.data == {"with": "u", "files": ["b.md"], "when": "edited"}
    assert (detected.subject, detected.causationid) == ("t", world.row("t")["attempts"][0]["id"])
    assert asked.data == {
        "kind": "conflict", "to": "engineer", "attempt": 1, "with": "u", "files": ["b.md"],
        "conflict": detected.id, "details": {"workers": ["A", "B"], "diff": {"b.md": "+2 -1"}},
        "question": "t (A) and u (B) both change b.md: who goes on?",
    }  # fmt: skip
    assert (world.column("t"), world.column("u")) == ("escalated", "active")


def test_a_file_of_nobody_is_the_one_s_who_touched_it_first(world: World) -> None:
    assert touch(world, "A", "t", "shared.txt") == []
    assert touch(world, "B", "u", "shared.txt") != []
    before = len(world.events)
    touch(world, "A", "t", "shared.txt")
    conflict(world, before)
    assert world.column("t") == "escalated"


def test_the_intruder_is_stopped_and_not_the_one_whose_output_it_is(world: World) -> None:
    touch(world, "B", "u", "a.md")
    before = len(world.events)
    touch(world, "A", "t", "a.md")
    detected, _ = conflict(world, before)
    assert (detected.subject, detected.data["with"]) == ("u", "t")
    assert "parked" not in world.emit("A", "Heartbeat").result
    assert (world.column("t"), world.column("u")) == ("active", "escalated")


def test_what_never_counts_as_changed_is_nobody_s(world: World) -> None:
    for _ in range(3):
        assert touch(world, "A", "t", "uv.lock") == touch(world, "B", "u", "uv.lock") == []
    assert "ConflictDetected" not in world.types()


def test_one_question_is_open_per_pair_and_files(world: World) -> None:
    for _ in range(2):
        touch(world, "A", "t", "b.md")
    before = len(world.events)
    for who, task in (("A", "t"), ("B", "u"), ("A", "t")):
        touch(world, who, task, "b.md")
    assert "ConflictDetected" not in world.types(before)
    for _ in range(2):
        touch(world, "A", "t", "b.md", "other.md")
        touch(world, "B", "u", "other.md")
    assert conflict(world, before)[0].data["files"] == ["other.md"]


@pytest.mark.parametrize("goes_on", ["A", "B"])
def test_whoever_goes_on_after_the_answer_is_not_asked_about_again(
    world: World, goes_on: str
) -> None:
    for _ in range(2):
        touch(world, "A", "t", "b.md")
    world.emit("engineer", "Resolved", "t", answer=f"{goes_on} goes on")
    before = len(world.events)
    for _ in range(3):
        touch(world, goes_on, "t" if goes_on == "A" else "u", "b.md")
    assert "ConflictDetected" not in world.types(before)


@pytest.mark.parametrize("order", [("A", "B"), ("B", "A")])
def test_a_clash_after_the_answer_is_asked_about_again(
    world: World, order: tuple[str, str]
) -> None:
    """Given an answer, when both write the file after it, then the second of them is a conflict."""
    for _ in range(2):
        touch(world, "A", "t", "b.md")
    for _ in range(2):
        world.emit("engineer", "Resolved", "t", answer="A leaves it")
        before = len(world.events)
        first, second = order
        touch(world, first, "t" if first == "A" else "u", "b.md")
        assert "ConflictDetected" not in world.types(before)
        touch(world, second, "t" if second == "A" else "u", "b.md")
        assert conflict(world, before)[0].data["with"] == "u"


def test_what_was_touched_after_the_answer_is_asked_about_when_it_is_handed_in(
    world: World,
) -> None:
    for _ in range(2):
        touch(world, "B", "u", "a.md")
    world.emit("engineer", "Resolved", "u", answer="leave it")
    touch(world, "B", "u", "a.md")
    before = len(world.events)
    world.emit("A", "Completed")
    assert conflict(world, before)[0].data["when"] == "completed"


def test_a_superseded_attempt_that_goes_on_writing_is_reported(world: World) -> None:
    """Given a worker that was fenced off, when it writes what the new one wrote, that one hears."""
    world.wait(91).emit("B", "Heartbeat", "u")
    world.join("C")
    world.emit("engineer", "Assigned", "t", worker="C")
    late = Emit("A", "Heartbeat", "t", {"touched": ["a.md"], "attempt": 1})
    before = len(world.events)
    world.refused(late, 4, "superseded")
    assert world.types(before) == []
    touch(world, "C", "t", "a.md")
    before = len(world.events)
    for _ in range(2):
        world.refused(late, 4, "superseded")
    detected, asked = conflict(world, before)
    assert detected.data == {"with": "t", "files": ["a.md"], "when": "edited"}
    assert asked.data["details"]["workers"] == ["C", "A"]
    assert asked.data["question"].startswith("t (C) and t (A) both change a.md")
    assert world.column("t") == "escalated"


def test_a_deliverable_that_another_changed_meanwhile_is_shown(world: World) -> None:
    touch(world, "B", "u", "a.md")
    before = len(world.events)
    world.emit("A", "Completed")
    detected, asked = conflict(world, before)
    assert (detected.data["when"], detected.data["with"]) == ("completed", "u")
    assert world.column("t") == "completed"
    assert world.state.head["questions"] == {asked.id: "t"}
    world.emit("B", "Completed", "u")
    world.refused(Emit("engineer", "ProjectEnded", None, DONE), 4)
    world.emit("engineer", "Resolved", "t")
    world.do(Emit("engineer", "ProjectEnded", None, DONE))


def test_what_the_caller_found_to_be_changed_counts_as_well(world: World) -> None:
    files = [{"path": "a.md", "sha256": "0" * 64, "bytes": 1}]
    before = len(world.events)
    verdict = Verdict(True, files, [], foreign={"u": ["a.md"], "nowhere": ["a.md"]})
    world.emit("A", "Completed", verdict=verdict)
    assert conflict(world, before)[0].data["files"] == ["a.md"]


def test_a_question_while_editing_is_not_asked_again_at_the_end(world: World) -> None:
    for _ in range(2):
        touch(world, "B", "u", "a.md")
    world.emit("engineer", "Resolved", "u", answer="fine")
    before = len(world.events)
    world.emit("A", "Completed")
    assert world.types(before) == ["Completed"]


def test_an_overlap_that_was_forced_is_told_and_stops_nobody(world: World) -> None:
    world.task("v", context={"outputFiles": ["*.md"]})
    world.join("C")
    before = len(world.events)
    world.emit("coordinator", "Assigned", "v", worker="C")
    detected = [e for e in world.events[before:] if e.type == "ConflictDetected"]
    met = [(e.data["with"], e.data["files"]) for e in detected]
    assert met == [("t", ["a.md"]), ("u", ["b.md"])]
    assert {e.data["when"] for e in detected} == {"assigned"}
    asked = [e for e in world.events[before:] if e.type == "Escalated"]
    assert [e.data["conflict"] for e in asked] == [e.id for e in detected]
    assert asked[0].data["question"] == "v (C) and t (A) will both write a.md: shall they?"
    assert world.column("v") == "active"
    assert world.next("C") == "v"
    before = len(world.events)
    for _ in range(2):
        touch(world, "C", "v", "a.md")
    assert "ConflictDetected" not in world.types(before)


def test_what_drifted_is_put_down_when_the_project_ends(world: World) -> None:
    """Given files changed after they were handed in, with and without one who did it."""
    a, b = ({"path": path, "sha256": "0" * 64, "bytes": 1} for path in ("a.md", "b.md"))
    world.emit("A", "Completed", "t", verdict=Verdict(True, [a], []))
    world.wait(1)
    world.emit("B", "Completed", "u", verdict=Verdict(True, [a, b], []))
    before = len(world.events)
    drifted = {"t": ["a.md"], "u": ["b.md"]}
    world.do(Emit("engineer", "ProjectEnded", None, DONE, drifted=drifted))
    assert world.types(before) == ["ConflictDetected", "Escalated"] * 2 + ["ProjectEnded"]
    first, asked, second, *_ = world.events[before:]
    assert (first.subject, first.data["with"], first.data["when"]) == ("t", "u", "drifted")
    assert (second.subject, second.data["with"]) == ("u", "u")
    assert asked.data["kind"] == "drift"
    assert asked.data["question"].startswith(
        "a.md was changed after it was handed in, see t (A) and u (B)"
    )
    assert world.state.head["questions"] == {}


def test_a_touched_file_of_a_parked_attempt_is_reserved_too(world: World) -> None:
    world.emit("B", "Escalated", "u")
    assert touch(world, "A", "t", "b.md") == [{"task": "u", "worker": "B", "files": ["b.md"]}]
    world.do(command("engineer", "Resolved", "u"))
    before = len(world.events)
    touch(world, "A", "t", "b.md")
    assert conflict(world, before)[0].data["with"] == "u"
