"""Work that is accepted by somebody else: late results, and the score that comes with them."""

from __future__ import annotations

import pytest

from evt.eventlog.commands import Emit, Verdict
from tests.eventlog.world import PASSED, World, at_work, command


@pytest.fixture
def world() -> World:
    return at_work()


def test_a_late_result_is_accepted_while_the_task_waits_for_an_answer(world: World) -> None:
    world.emit("A", "Escalated")
    world.refused(command("A", "Completed"), 4)
    late = world.events[-1]
    assert late.type == "LateResult"
    accept = command("engineer", "Resolved", action="accept", late=late.id, verdict=PASSED)
    before = len(world.events)
    world.do(accept)
    assert world.types(before) == ["Resolved", "Completed"]
    assert world.column() == "completed"
    again = command("engineer", "Resolved", action="accept", late=late.id, verdict=PASSED)
    assert world.do(again).repeated == (before + 1,)


@pytest.mark.parametrize("named", [True, False])
def test_accepted_work_has_the_score_that_its_worker_gave(world: World, named: bool) -> None:
    """Given a late report, accepted by its id or as the answer, then its score is kept."""
    world.emit("A", "Escalated")
    world.refused(command("A", "Completed", contextEfficiencyScore=5), 4)
    late = world.events[-1]
    assert late.data == {
        "attempt": 1, "type": "Completed", "contextEfficiencyScore": 5,
        "deliverables": PASSED.deliverables,
    }  # fmt: skip
    more = {"late": late.id} if named else {}
    world.do(command("engineer", "Resolved", action="accept", verdict=PASSED, **more))
    data = world.events[-1].data
    assert (data["contextEfficiencyScore"], "unscored" in data) == (5, False)
    assert world.state.get("w/A")["scores"] == [5]


def test_a_score_outlives_the_question_whether_the_gate_may_run(world: World) -> None:
    """Given a scored report whose gate may not run, when it is passed over, the score is kept."""
    result = {"check": "command", "verdict": "untrusted", "message": "make is not approved"}
    waits = Verdict(False, [], [result], True, commands=[["make"]])
    report = command("A", "Completed", contextEfficiencyScore=5, verdict=waits)
    world.refused(report, 4, "parked")
    world.do(command("engineer", "Resolved", action="accept", override="looked at", verdict=PASSED))
    assert world.events[-1].data["contextEfficiencyScore"] == 5
    assert "unscored" not in world.events[-1].data


def test_work_that_was_never_scored_counts_in_no_score(world: World) -> None:
    world.emit("A", "Escalated")
    world.do(command("engineer", "Resolved", action="accept", verdict=PASSED))
    assert world.events[-1].data["unscored"] is True
    assert (world.row()["score"], world.state.get("w/A")["scores"]) == (None, [])
    assert world.state.get("w/A")["completed"] == 1


def test_a_late_failure_is_no_work_to_accept(world: World) -> None:
    """Given a late Failed, when it is to be accepted as work, then it is refused."""
    world.wait(91)
    assert world.next("B") == "t"
    world.refused(command("A", "Failed", "t", attempt=1, reason="r"), 4)
    late = world.events[-1]
    assert late.type == "LateResult"
    world.emit("B", "Escalated", "t")
    accept = command("engineer", "Resolved", "t", action="accept", late=late.id, verdict=PASSED)
    assert "no work in it" in world.refused(accept, 4, "wrong_state").message


def test_a_late_report_that_names_no_files_hands_in_the_outputs() -> None:
    world = World().project().task(context={"outputFiles": ["a.md", "b/*"]})
    world.join("A")
    world.next("A")
    world.emit("A", "Escalated")
    report = Emit("A", "Completed", "t", {"contextEfficiencyScore": 4})
    world.refused(report, 4, "parked")
    assert world.events[-1].data["deliverables"] == [{"path": "a.md"}, {"path": "b/*"}]
    before = len(world.events)
    world.refused(report, 4, "parked")
    assert world.types(before) == []


def test_a_late_report_names_its_files_without_a_gate_and_is_kept_once(world: World) -> None:
    world.wait(91)
    assert world.next("B") == "t"
    before = len(world.events)
    named = Emit("A", "Completed", "t", {"contextEfficiencyScore": 5, "deliverables": ["a.md"]})
    world.refused(named, 4, "superseded")
    world.refused(command("A", "Completed", verdict=PASSED), 4, "superseded")
    assert world.types(before) == ["LateResult"]
    assert world.events[-1].data["deliverables"] == [{"path": "a.md"}]
