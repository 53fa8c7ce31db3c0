"""How a worker is doing, as status shows it: what the log says, and the clock."""

from __future__ import annotations

import pytest

from evt.eventlog.commands import Emit
from evt.eventlog.decide.draft import log_now
from evt.projections.board import board
from evt.projections.status import status
from tests.eventlog.world import World, pause, sweep

LEASE = 90


@pytest.fixture
def world() -> World:
    """A works on `t`, B has joined."""
    world = World().project().task("t")
    world.join("A")
    world.join("B")
    world.next("A")
    world.wait(1).emit("A", "Heartbeat")
    return world


def verdict(world: World, name: str = "A") -> str:
    workers = status(world.state, "0" * 64, world.now)["workers"]
    found: str = next(one["verdict"] for one in workers if one["name"] == name)
    assert f"{name}  {found}" in board(world.state, world.now)
    return found


def test_a_worker_without_a_task_is_idle(world: World) -> None:
    assert verdict(world, "B") == "idle"
    world.wait(3000)
    assert verdict(world, "B") == "idle"


def test_working_then_quiet_then_dead(world: World) -> None:
    assert verdict(world) == "working"
    world.wait(LEASE / 2 + 1)
    assert verdict(world) == "quiet"
    world.wait(LEASE / 2 - 2)
    assert verdict(world) == "quiet"
    world.wait(1)
    assert verdict(world) == "dead"  # nobody has swept yet
    world.do(sweep())
    assert verdict(world) == "dead"


def test_a_tool_call_that_may_wait_for_consent_is_shown_after_a_minute(world: World) -> None:
    world.emit("A", "Heartbeat", source="waiting")
    world.wait(59)
    assert verdict(world) == "working"
    world.wait(1)
    assert verdict(world) == "waiting"
    world.wait(800)
    assert verdict(world) == "waiting"
    world.wait(60)
    assert verdict(world) == "dead"


def test_the_end_of_the_tool_call_ends_waiting(world: World) -> None:
    world.emit("A", "Heartbeat", source="waiting")
    world.wait(70).emit("A", "Heartbeat", source="hook")
    assert verdict(world) == "working"


def test_who_timed_out_is_dead_also_after_somebody_else_has_the_task(world: World) -> None:
    world.wait(LEASE + 1)
    assert world.next("B") == "t"
    assert (verdict(world), verdict(world, "B")) == ("dead", "working")
    world.emit("B", "Completed")
    assert verdict(world) == "dead"


@pytest.mark.parametrize("how", ["speaks", "asks", "returns"])
def test_who_is_heard_again_is_not_dead(how: str, world: World) -> None:
    """Given a worker that timed out, when it says anything at all, then it is there."""
    world.wait(LEASE + 1).do(sweep())
    world.wait(1)
    if how == "speaks":
        world.emit("A", "Noted", None)
        assert verdict(world) == "idle"
    else:
        if how == "asks":
            world.next("A")
        else:
            world.emit("A", "Heartbeat")
        assert verdict(world) == "working"


def test_a_long_lease_on_one_task_is_not_shortened_by_another_that_ran_out(world: World) -> None:
    """Given a worker inside a long gate, when its answered task lapses, then it is not dead."""
    world.task("u")
    world.emit("A", "Escalated")
    assert world.next("A") == "u"
    world.emit("engineer", "Resolved")
    world.emit("A", "Heartbeat", "u", source="gate", leaseSeconds=1500)
    world.wait(601).do(sweep())
    assert (world.column("t"), world.column("u")) == ("lapsed", "active")
    assert verdict(world) == "working"


def test_a_parked_task_makes_nobody_wait(world: World) -> None:
    """Given a question that waits for its answer, then its worker is free for other work."""
    world.emit("A", "Escalated")
    assert verdict(world) == "idle"


def test_who_left_has_left(world: World) -> None:
    world.do(Emit("A", "WorkerLeft", "A", {}))
    (gone, _) = status(world.state, "0" * 64, world.now)["workers"]
    assert (gone["verdict"], gone["joined"]) == ("left", False)
    assert "A  " not in board(world.state, world.now)


def test_while_nobody_watches_no_one_dies(world: World) -> None:
    world.wait(3 * 3600)
    assert verdict(world) == "working"
    assert log_now(world.state, world.now) == world.state.log_us


def test_while_paused_no_one_dies(world: World) -> None:
    world.do(pause())
    world.wait(3 * LEASE)
    assert verdict(world) == "working"
