"""What keeps an attempt alive, for how long, and what evt holds back."""

from __future__ import annotations

from typing import Any

import pytest

from evt.eventlog.catalog import SECOND
from evt.eventlog.commands import Emit, Next
from evt.eventlog.decide.draft import log_now
from evt.eventlog.evolve.signs import beat_is_due
from evt.eventlog.rows import Live
from tests.eventlog.world import REFUSED, World, command, sweep


@pytest.fixture
def world() -> World:
    world = World().project().task("t")
    world.join("A")
    world.join("B")
    world.next("A")
    return world


def live(world: World) -> Live:
    return world.state.head["live"]["t"]


def due(world: World, source: str = "hook") -> bool:
    return beat_is_due(world.state, world.row(), source, log_now(world.state, world.now))


@pytest.mark.parametrize(
    ("data", "lease"),
    [
        pytest.param({}, 90, id="default"),
        pytest.param({"leaseSeconds": 30}, 30, id="shorter"),
        pytest.param({"leaseSeconds": 5000}, 1800, id="capped"),
        pytest.param({"leaseSeconds": 5000, "source": "gate"}, 5000, id="gate"),
        pytest.param({"source": "waiting"}, 900, id="waiting"),
        pytest.param({"source": "waiting", "leaseSeconds": 60}, 60, id="waiting-asks"),
        pytest.param({"source": "hook"}, 90, id="hook"),
    ],
)
def test_the_last_sign_of_life_sets_the_lease(
    world: World, data: dict[str, Any], lease: int
) -> None:
    world.emit("A", "Heartbeat", leaseSeconds=1000)
    world.emit("A", "Heartbeat", **data)
    world.wait(lease - 1).do(sweep())
    assert world.column() == "active"
    world.wait(2).do(sweep())
    assert world.column() == "lapsed"


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(("Noted", {}), id="noted"),
        pytest.param(("Intervened", {"kind": "edit"}), id="intervened"),
        pytest.param(("Escalated", {"kind": "context"}), id="advice"),
    ],
)
def test_whatever_the_holder_says_about_its_task_is_a_sign(
    world: World, said: tuple[str, dict[str, Any]]
) -> None:
    world.emit("A", "Heartbeat", leaseSeconds=20)
    world.wait(15).emit("A", said[0], **said[1])
    world.wait(89).do(sweep())
    assert world.column() == "active"
    world.wait(2).do(sweep())
    assert world.column() == "lapsed"


def test_nothing_else_is_a_sign(world: World) -> None:
    """Given words of others, about others, or events that evt derives, then the lease runs on."""
    world.wait(50)
    world.emit("B", "Noted")
    world.emit("A", "Noted", None)
    world.emit("engineer", "TaskRevised")
    world.refused(command("A", "Completed", verdict=REFUSED), 5)
    assert live(world)["until"] == world.row()["attempts"][0]["begin"] + 90 * SECOND


def test_words_of_its_worker_do_not_bring_a_lapsed_attempt_back(world: World) -> None:
    world.wait(91).do(sweep())
    world.emit("A", "Noted")
    assert world.column() == "lapsed"
    world.emit("A", "Heartbeat")
    assert world.column() == "active"


def test_a_revived_attempt_is_no_try(world: World) -> None:
    """Given three lapses of which each was outlived, then the task was not tried too often."""
    for _ in range(4):
        world.wait(91).do(sweep())
        assert (world.column(), world.row()["tries"]) == ("lapsed", 1)
        world.emit("A", "Heartbeat")
        assert world.row()["tries"] == 0
    world.wait(91).do(sweep())
    world.emit("A", "Escalated")
    assert (world.column(), world.row()["tries"]) == ("escalated", 0)
    assert world.row()["attempts"][-1]["state"] == "parked"


def test_an_open_socket_alone_does_not_keep_a_worker_alive_for_ever(world: World) -> None:
    for _ in range(30):
        world.wait(60).emit("A", "Heartbeat", source="socket")
    world.do(sweep())
    assert world.column() == "lapsed"
    before = len(world.events)
    world.emit("A", "Heartbeat", source="socket")
    assert (world.types(before), world.column()) == ([], "lapsed")
    world.emit("A", "Heartbeat", source="hook")
    assert world.column() == "active"


def test_waiting_is_seen_from_its_begin_to_its_end(world: World) -> None:
    began = world.wait(10).now
    world.emit("A", "Heartbeat", source="waiting")
    world.wait(30).emit("A", "Heartbeat", source="waiting")
    assert live(world)["waiting"] == log_now(world.state, world.now) - (world.now - began)
    world.wait(5).emit("A", "Heartbeat", source="hook")
    assert live(world)["waiting"] == 0


def test_one_beat_in_15_seconds_is_enough_but_for_one_that_begins_or_ends_waiting(
    world: World,
) -> None:
    world.emit("A", "Heartbeat")
    world.wait(14)
    assert not due(world)
    assert due(world, "waiting")
    world.wait(1)
    assert due(world)
    world.emit("A", "Heartbeat", source="waiting")
    assert due(world)
    assert not due(world, "waiting")


def test_a_short_lease_is_renewed_before_it_is_over(world: World) -> None:
    """Given a lease of 8 seconds, when its holder asks every 5, then it never lapses."""
    world.emit("A", "Heartbeat", leaseSeconds=8)
    for _ in range(4):
        world.wait(5)
        assert world.next("A") == "t"
        world.emit("A", "Heartbeat", leaseSeconds=8)
        world.do(sweep())
    assert world.column() == "active"


def test_next_of_a_waiting_holder_ends_the_waiting(world: World) -> None:
    world.wait(1).emit("A", "Heartbeat", source="waiting")
    assert world.next("A") == "t"
    assert (live(world)["waiting"], live(world)["lease"]) == (0, 90)


def test_a_sign_on_an_answered_task_keeps_it_from_others(world: World) -> None:
    world.emit("A", "Escalated")
    world.emit("engineer", "Resolved")
    assert live(world)["lease"] == 600
    world.wait(60).emit("A", "Noted")
    world.wait(80)
    world.refused(Next("B"), 3)


def test_a_coordinator_that_works_shows_life_by_what_it_does_to_its_task() -> None:
    world = World().project().task("t")
    world.join("C", role="coordinator")
    world.next("C")
    world.wait(80).emit("C", "TaskRevised")
    world.wait(80).do(sweep())
    assert world.column() == "active"


def test_the_state_of_a_sleeping_log_shows_no_lease_as_over(world: World) -> None:
    """Given a lid that was closed, when a reader looks first, then time stands still."""
    log_us = log_now(world.state, world.now)
    world.wait(3 * 3600)
    assert log_now(world.state, world.now) == log_us
    before = len(world.events)
    world.do(Emit("B", "Noted", None, {"text": "back"}))
    assert world.types(before) == ["LogResumed", "Noted"]
    assert log_now(world.state, world.now) == log_us
