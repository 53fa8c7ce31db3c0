"""What becomes of a report when the gate has looked at it."""

from __future__ import annotations

import pytest

from evt.eventlog.commands import Emit, Next, Verdict
from evt.eventlog.decide import needs_gate
from tests.eventlog.world import PASSED, REFUSED, World, at_work, command, sweep

FILES = [{"path": "a.md", "sha256": "0" * 64, "bytes": 1}]
ARGV = ["pytest", "-q"]
RESULT = {"check": "command", "verdict": "untrusted", "message": "pytest -q is not approved"}
UNTRUSTED = Verdict(False, FILES, [RESULT], untrusted=True, commands=[ARGV])


@pytest.fixture
def world() -> World:
    return at_work()


def refuse(world: World, message: str = "no", **data: object) -> None:
    finding = {"check": "sections", "verdict": "failed", "path": message, "message": message}
    world.refused(command("A", "Completed", verdict=Verdict(False, FILES, [finding]), **data), 5)


def test_the_evidence_is_stored_with_the_report(world: World) -> None:
    results = [{"check": "not_empty", "verdict": "passed", "message": "1 file"}]
    tree = {"path": "../wt", "branch": "b", "head": "1" * 40}
    verdict = Verdict(True, FILES, results, revision=1, workspace=tree)
    attested = [{"criterion": 2, "how": "read it aloud"}]
    world.emit("A", "Completed", verdict=verdict, attested=attested, notes="done")
    assert world.events[-1].data == {
        "attempt": 1, "deliverables": FILES, "contextEfficiencyScore": 5, "notes": "done",
        "results": results, "attested": attested, "revision": 1, "workspace": tree,
    }  # fmt: skip
    row = world.row()
    assert (row["deliverables"], row["notes"], row["workspace"]) == (FILES, "done", tree)


@pytest.mark.parametrize("verdict", [PASSED, REFUSED, UNTRUSTED], ids=["passed", "refused", "no"])
def test_a_verdict_on_an_older_revision_decides_nothing(world: World, verdict: Verdict) -> None:
    world.emit("engineer", "TaskRevised")
    old = Verdict(
        verdict.passed, verdict.deliverables, verdict.results, verdict.untrusted, revision=1
    )
    before = len(world.events)
    outcome = world.refused(command("A", "Completed", verdict=old), 4, "wrong_state")
    assert "revision 2" in outcome.message
    assert (world.types(before), world.column()) == ([], "active")


def test_an_untrusted_command_parks_the_task_and_asks_once(world: World) -> None:
    for _ in range(2):
        outcome = world.refused(command("A", "Completed", verdict=UNTRUSTED), 4, "parked")
    assert outcome.facts["results"] == [RESULT]
    assert world.types()[-2:] == ["Assigned", "Escalated"]
    event = world.events[-1]
    assert (event.actor, event.causationid) == ("evt", world.events[-2].id)
    assert event.data == {
        "kind": "untrusted", "attempt": 1, "to": "engineer",
        "details": {"commands": [ARGV], "contextEfficiencyScore": 5},
        "question": "may the gate of t run pytest -q?",
    }  # fmt: skip
    assert world.column() == "escalated"


def test_a_question_names_commands_as_one_types_them_and_where_they_run(world: World) -> None:
    argv = ["bash", "-c", "ls -la | wc -l"]
    verdict = Verdict(
        False, FILES, [RESULT], untrusted=True, commands=[argv, ARGV], folders=["", "sub"]
    )
    outcome = world.refused(command("A", "Completed", verdict=verdict), 4, "parked")
    said = "bash -c 'ls -la | wc -l'; pytest -q (in sub)"
    assert said in outcome.message
    data = world.events[-1].data
    assert data["question"] == f"may the gate of t run {said}?"
    assert data["details"]["commands"] == [argv, ARGV]
    assert data["details"]["cwd"] == ["", "sub"]


def test_what_the_worker_can_do_comes_first(world: World) -> None:
    """Given an unapproved command and a criterion to attest, then attesting is the next step."""
    asked = {"check": "criterion", "verdict": "manual", "message": "1. clear: --attest 1=..."}
    verdict = Verdict(False, FILES, [RESULT, asked])
    outcome = world.refused(command("A", "Completed", verdict=verdict), 5, "gate")
    assert asked["message"] in outcome.message
    assert outcome.hint.startswith("attest what is listed")
    assert "the engineer is then asked" in outcome.hint
    assert "fix" not in outcome.hint


def test_a_lapsed_attempt_is_parked_with_its_worker_too(world: World) -> None:
    world.wait(91).do(sweep())
    world.refused(command("A", "Completed", verdict=UNTRUSTED), 4, "parked")
    assert world.state.head["parked"] == {"t": "A"}


def test_once_approved_the_worker_reports_again(world: World) -> None:
    """Given the answer that an approval gives, the worker gets the task back and reports."""
    world.refused(command("A", "Completed", verdict=UNTRUSTED), 4, "parked")
    world.emit("engineer", "Resolved", answer="approved")
    assert world.next("A") == "t"
    world.emit("A", "Completed")
    assert world.column() == "completed"


def test_who_reports_before_the_answer_is_completed_and_the_question_over(world: World) -> None:
    world.refused(command("A", "Completed", verdict=UNTRUSTED), 4, "parked")
    world.emit("A", "Completed")
    assert (world.column(), world.state.head["questions"]) == ("completed", {})


def test_the_third_equal_refusal_asks_the_engineer(world: World) -> None:
    for _ in range(2):
        refuse(world)
    refuse(world, "other")
    assert world.column() == "active"
    refuse(world)
    assert world.types()[-2:] == ["Rejected", "Escalated"]
    assert world.events[-1].data["kind"] == "gate"
    refuse(world)
    assert world.types()[-1] == "Rejected"  # parked and refused again: nobody is asked twice
    world.emit("A", "Completed")
    assert (world.column(), world.state.head["questions"]) == ("completed", {})


def test_other_refusals_count_up_to_the_limit(world: World) -> None:
    for number in range(6):
        assert world.column() == "active"
        refuse(world, f"finding {number}")
    assert world.column() == "escalated"


def test_after_an_answer_refusals_are_counted_anew(world: World) -> None:
    for _ in range(3):
        refuse(world)
    world.emit("engineer", "Resolved", answer="add a heading")
    for _ in range(2):
        refuse(world)
    assert (world.column(), world.row()["attempts"][0]["refusals"]) == ("active", 5)
    refuse(world)
    assert world.column() == "escalated"


def test_the_last_refusal_is_kept_in_short_for_whoever_goes_on(world: World) -> None:
    refuse(world, "x" * 500, contextEfficiencyScore=2)
    attempt = world.row()["attempts"][0]
    assert attempt["findings"] == [
        {"check": "sections", "verdict": "failed", "message": "x" * 200, "path": "x" * 200}
    ]
    assert (attempt["handed"], attempt["score"]) == (["a.md"], 2)


def test_accept_runs_the_gate_and_only_the_engineer_passes_it_over(world: World) -> None:
    world.emit("A", "Escalated", kind="blocked")
    accept = {"action": "accept", "answer": "fine"}
    before = len(world.events)
    refused = command("coordinator", "Resolved", verdict=REFUSED, **accept)
    assert "--override" not in world.refused(refused, 5, "gate").hint
    refused = command("engineer", "Resolved", verdict=REFUSED, **accept)
    hint = world.refused(refused, 5, "gate").hint
    assert "Resolved t --action accept --override" in hint and "Completed" not in hint
    unproved = command("engineer", "Resolved", verdict=UNTRUSTED, **accept)
    assert "evt trust" in world.refused(unproved, 4, "parked").hint
    assert world.types(before) == []  # the worker did not report anything
    world.refused(
        command("coordinator", "Resolved", verdict=REFUSED, override="so be it", **accept), 4,
        "not_allowed",
    )  # fmt: skip
    world.do(command("engineer", "Resolved", verdict=REFUSED, override="good enough", **accept))
    assert world.types(before) == ["Resolved", "Completed"]
    data = world.events[-1].data
    assert (data["overridden"], data["acceptedBy"]) == ("good enough", "engineer")
    assert (world.column(), world.row()["tries"]) == ("completed", 0)


def test_accepting_what_a_closed_attempt_left_contradicts_nothing(world: World) -> None:
    """Given work that was given up while parked, a refused acceptance changes nothing."""
    world.emit("A", "Escalated")
    world.emit("A", "Failed")
    before = len(world.events)
    refused = command("engineer", "Resolved", action="accept", verdict=REFUSED)
    world.refused(refused, 5, "gate")
    assert world.types(before) == []
    world.do(command("engineer", "Resolved", action="accept", verdict=PASSED))
    assert world.column() == "completed"
    assert world.state.head["anomalies"] == 0


def test_whether_a_gate_has_to_run_is_known_before(world: World) -> None:
    def needed(actor: str, type: str, **data: object) -> bool:
        asked = command(actor, type, **data)
        asked.verdict = None
        return needs_gate(asked, world.state, world.now)

    assert needed("A", "Completed")
    assert not needed("B", "Completed")
    assert not needed("engineer", "Resolved", action="accept")
    world.emit("A", "Escalated")
    assert not needed("A", "Completed")  # only late
    assert needed("engineer", "Resolved", action="accept")
    world.emit("engineer", "Resolved")
    world.emit("A", "Completed")
    assert not needed("A", "Completed")  # repeated
    assert not needed("A", "Completed", notes="other")  # late


def test_a_project_has_to_pass_its_own_checks() -> None:
    world = World().project(acceptance={"validation": "make test"}).task("t")
    world.join("A")
    world.next("A")
    done = {"outcome": "done"}
    assert not needs_gate(Emit("engineer", "ProjectEnded", None, done), world.state, world.now)
    world.emit("A", "Completed")
    assert needs_gate(Emit("engineer", "ProjectEnded", None, done), world.state, world.now)
    outcome = world.refused(Emit("engineer", "ProjectEnded", None, done, verdict=REFUSED), 4)
    assert "files_exist: no" in outcome.message
    assert outcome.facts["results"] == REFUSED.results
    world.refused(Next("A"), 7)
    world.do(Emit("engineer", "ProjectEnded", None, done, verdict=PASSED))
    assert world.state.head["project"] is None
