"""Attempts: one lives per task; sweeping, tries."""

from __future__ import annotations

import pytest

from evt.eventlog.commands import Next
from evt.eventlog.decision import Refused
from tests.eventlog.world import World, command, pause, sweep, unpause


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


def test_the_worker_hears_that_its_task_was_revised(world: World) -> None:
    world.next("A")
    world.emit("engineer", "TaskRevised")
    assert world.emit("A", "Heartbeat").result == {
        "revised": 2, "told": ["t was revised: read it again with evt next --as A"],
    }  # fmt: skip
    assert world.emit("A", "Heartbeat").result == {}


def test_a_refusal_of_a_command_keeps_what_was_swept(world: World) -> None:
    world.next("A")
    world.wait(91)
    outcome = world.run(command("B", "Heartbeat"))
    assert isinstance(outcome.outcome, Refused)
    assert [event.type for event in outcome.events] == ["TimedOut"]
    assert outcome.own == 1
