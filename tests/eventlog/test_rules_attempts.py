"""Rules 1 to 5 and 7: attempts, leases, tries, escalations, overlap."""

from __future__ import annotations

import pytest

from evt.eventlog.commands import Emit, Next, Verdict
from evt.eventlog.decision import Refused
from tests.eventlog.world import REFUSED, World, command, pause, sweep, unpause


@pytest.fixture
def world() -> World:
    world = World().project().task("t", context={"outputFiles": ["a.md"]})
    world.join("A")
    world.join("B")
    return world


def test_one_of_two_claims_wins(world: World) -> None:
    assert world.next("A") == "t"
    outcome = world.refused(Next("B"), 3, "waiting")
    assert outcome.facts["waitsFor"] == ["t: with A"]
    assert outcome.facts["retryAfterSeconds"] == 90


def test_the_holder_gets_its_task_again_and_signs_at_most_every_15_seconds(world: World) -> None:
    world.next("A")
    before = len(world.events)
    assert world.next("A") == "t"
    assert world.types(before) == []
    world.wait(20)
    assert world.next("A") == "t"
    assert world.types(before) == ["Heartbeat"]


def test_silence_is_found_and_the_task_goes_to_another(world: World) -> None:
    world.next("A")
    world.wait(91)
    assert world.next("B") == "t"
    assert world.types()[-2:] == ["TimedOut", "Assigned"]
    timed_out, assigned = world.events[-2:]
    assert timed_out.data["silentSeconds"] == 91.0
    assert timed_out.causationid == world.events[4].id
    assert assigned.data == {
        "worker": "B", "attempt": 2, "reason": "reassigned", "leaseSeconds": 90,
    }  # fmt: skip


def test_a_report_after_timing_out_alone_still_counts(world: World) -> None:
    world.next("A")
    world.wait(91).do(sweep())
    assert world.column() == "lapsed"
    world.emit("A", "Completed")
    assert world.column() == "completed"


def test_a_report_of_a_fenced_attempt_is_kept_once_and_changes_nothing(world: World) -> None:
    world.next("A")
    world.wait(91)
    world.next("B")
    before = len(world.events)
    for _ in range(2):
        outcome = world.refused(command("A", "Completed"), 4, "superseded")
        assert outcome.facts["holder"] == "B"
        assert outcome.hint == "evt next --as A"
    assert world.types(before) == ["LateResult"]
    world.refused(command("A", "Heartbeat"), 4, "superseded")
    assert world.types(before) == ["LateResult"]
    assert world.column() == "active"


def test_the_sweeper_never_expires_its_own_attempt(world: World) -> None:
    world.next("A")
    world.wait(91)
    world.emit("A", "Heartbeat")
    assert "TimedOut" not in world.types()


def test_64_sweepers_write_one_timeout(world: World) -> None:
    world.next("A")
    world.wait(91)
    for _ in range(64):
        world.do(sweep())
    assert world.types().count("TimedOut") == 1


def test_a_sign_of_life_sets_the_lease_it_asks_for(world: World) -> None:
    world.next("A")
    world.emit("A", "Heartbeat", leaseSeconds=600)
    world.wait(595).do(sweep())
    assert world.column() == "active"
    world.wait(6).do(sweep())
    assert world.column() == "lapsed"


def test_only_the_gate_asks_beyond_the_cap(world: World) -> None:
    world.next("A")
    world.emit("A", "Heartbeat", leaseSeconds=5000)
    assert world.state.head["live"]["t"]["lease"] == 1800
    world.emit("A", "Heartbeat", leaseSeconds=5000, source="gate")
    assert world.state.head["live"]["t"]["lease"] == 5000


def test_a_push_waits_for_pickup(world: World) -> None:
    world.emit("engineer", "Assigned", worker="A")
    assert world.state.head["live"]["t"]["lease"] == 600
    assert world.next("A") == "t"
    assert world.state.head["live"]["t"]["lease"] == 90
    assert world.types().count("Assigned") == 1


def test_without_an_attempt_number_several_own_attempts_are_ambiguous(world: World) -> None:
    world.next("A")
    world.emit("A", "Failed")
    world.wait(11)
    assert world.next("A") == "t"
    outcome = world.refused(command("A", "Completed"), 2)
    assert "--attempt" in outcome.hint
    world.emit("A", "Completed", attempt=2)
    assert world.column() == "completed"


def test_a_stranger_and_a_name_that_never_joined_are_told_who_holds_it(world: World) -> None:
    world.next("A")
    outcome = world.refused(command("B", "Heartbeat"), 4, "not_holder")
    assert outcome.facts["holder"] == "A"
    world.refused(command("C", "Heartbeat"), 4, "not_allowed")


def test_failed_backs_off_twice_as_long_each_time_and_then_asks(world: World) -> None:
    for n, seconds in ((1, 10), (2, 20)):
        assert world.next("A") == "t"
        world.emit("A", "Failed", attempt=n)
        outcome = world.refused(Next("A"), 3, "backoff")
        assert outcome.facts["retryAfterSeconds"] == seconds
        world.wait(seconds)
    world.next("A")
    world.emit("A", "Failed", attempt=3)
    assert world.types()[-2:] == ["Failed", "Escalated"]
    assert world.events[-1].data["kind"] == "attempts"
    assert world.column() == "escalated"


def test_workers_who_have_not_tried_it_come_first(world: World) -> None:
    world.task("u")
    assert world.next("A") == "t"
    world.emit("A", "Failed")
    world.wait(11)
    assert world.next("A") == "u"
    assert world.next("B") == "t"


def test_the_third_equal_refusal_asks_the_engineer(world: World) -> None:
    world.next("A")
    for _ in range(3):
        world.refused(command("A", "Completed", verdict=REFUSED), 5, "gate")
    assert world.types()[-2:] == ["Rejected", "Escalated"]
    assert world.events[-1].data["kind"] == "gate"
    world.emit("A", "Completed")
    assert world.column() == "completed"
    assert world.state.head["questions"] == {}


def test_other_refusals_count_up_to_the_limit(world: World) -> None:
    world.next("A")
    for number in range(6):
        assert world.column() == "active"
        finding = {"check": f"c{number}", "verdict": "failed", "message": "no"}
        world.refused(command("A", "Completed", verdict=Verdict(False, [], [finding])), 5)
    assert world.column() == "escalated"


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


def test_accept_with_an_override_records_why(world: World) -> None:
    world.next("A")
    world.emit("A", "Escalated", kind="gate")
    accept = command(
        "engineer", "Resolved", action="accept", verdict=REFUSED, override="good enough"
    )
    world.do(accept)
    assert world.types()[-2:] == ["Resolved", "Completed"]
    data = world.events[-1].data
    assert (data["overridden"], data["acceptedBy"]) == ("good enough", "engineer")
    assert world.column() == "completed"


def test_no_task_whose_outputs_meet_is_given_out(world: World) -> None:
    world.task("u", context={"outputFiles": ["*.md"]})
    world.next("A")
    outcome = world.refused(Next("B"), 3, "overlap")
    assert outcome.facts["waitsFor"] == ["u: t: output a.md held by A"]
    before = len(world.events)
    world.emit("engineer", "Assigned", "u", worker="B")
    assert world.types(before) == ["Assigned", "ConflictDetected"]
    assert world.events[-1].data == {"with": "t", "files": ["a.md"], "when": "assigned"}


def test_a_task_passed_over_three_times_is_not_starved() -> None:
    world = World().project()
    world.join("A")
    world.join("B")
    world.task("holds", context={"outputFiles": ["x"]})
    world.next("A")
    world.task("big", priority=5, context={"outputFiles": ["x", "y"]})
    for number in range(4):
        world.task(f"small-{number}", context={"outputFiles": ["y"]})
    for number in range(3):
        assert world.next("B") == f"small-{number}"
        world.emit("A", "Heartbeat", "holds")
        world.emit("B", "Completed", f"small-{number}")
    outcome = world.refused(Next("B"), 3, "overlap")
    assert "small-3: output y is kept for a task of higher rank" in outcome.facts["waitsFor"]
    world.emit("A", "Completed", "holds")
    assert world.next("B") == "big"


def test_rank_is_priority_then_the_chain_that_waits_then_age() -> None:
    world = World().project().task("old").task("head").task("urgent", priority=1)
    world.task("tail", dependencies=["head"])
    for name in ("A", "B", "C"):
        world.join(name)
    assert [world.next(name) for name in ("A", "B", "C")] == ["urgent", "head", "old"]


def test_paused_gives_out_nothing_takes_reports_and_counts_no_time(world: World) -> None:
    world.task("u")
    world.next("A")
    world.do(pause())
    world.refused(Next("B"), 3, "paused")
    world.wait(10_000).do(sweep())
    world.emit("A", "Heartbeat", note="still here")
    world.wait(10_000).do(unpause())
    world.wait(80).do(sweep())
    assert world.column() == "active"
    assert "LogResumed" not in world.types()
    assert world.next("B") == "u"


def test_escalating_twice_with_the_same_words_is_one_question(world: World) -> None:
    world.next("A")
    world.emit("A", "Escalated")
    assert world.emit("A", "Escalated").repeated == (len(world.events),)


def test_the_worker_hears_that_its_task_was_revised(world: World) -> None:
    world.next("A")
    world.emit("engineer", "TaskRevised")
    assert world.emit("A", "Heartbeat").result == {"revised": 2}
    assert world.emit("A", "Heartbeat").result == {}


def test_a_refusal_of_a_command_keeps_what_was_swept(world: World) -> None:
    world.next("A")
    world.wait(91)
    outcome = world.run(command("B", "Heartbeat"))
    assert isinstance(outcome.outcome, Refused)
    assert [event.type for event in outcome.events] == ["TimedOut"]
    assert outcome.own == 1
