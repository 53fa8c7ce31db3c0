"""The engineer is away with one question open: all other work is done, and the task waits."""

from __future__ import annotations

from pathlib import Path

from evt.eventlog.catalog import MAX_PARKED
from evt.eventlog.commands import Emit, Next
from evt.eventlog.decision import Refused
from tests.conftest import Evt
from tests.eventlog.world import World
from tests.liveness.support import of, playing, short_leases, tasks, until

MINUTE, WORK = 60, 5  # seconds; minutes that a task takes
NAMES = ("A", "B", "C")


class Team:
    """Workers that take what there is, work five minutes on it and ask for more."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.since: dict[str, tuple[str, int]] = {}  # worker -> (task, minute)
        self.minute = 0

    def pass_by(self, minutes: int) -> None:
        """Let time pass, minute by minute."""
        for _ in range(minutes):
            self.minute += 1
            self.world.wait(MINUTE)
            for name in NAMES:
                self.act(name)

    def act(self, name: str) -> None:
        """Say that it works, report, or look for work, as a chat does."""
        task, began = self.since.get(name, ("", 0))
        if task and self.minute - began >= WORK:
            self.world.emit(name, "Completed", task)
            del self.since[name]
        elif task:
            self.world.emit(name, "Heartbeat", task)
        else:
            given = self.world.next(name)
            if given is not None:
                self.since[name] = (given, self.minute)


def test_an_hour_later_all_else_is_done() -> None:
    """Given one question to the engineer, when an hour has passed, then that is all there is."""
    world = World().project()
    for number in range(10):
        world.task(f"t{number}")
    world.task("after", dependencies=["t0"])
    for name in NAMES:
        world.join(name)
    assert world.next("A") == "t0"
    world.emit("A", "Escalated", "t0", kind="conflict")
    team = Team(world)
    team.pass_by(60)
    counts = world.state.head["counts"]
    assert (counts["completed"], counts["escalated"], counts["pending"]) == (9, 1, 1)
    row = world.row("t0")
    assert [(a["worker"], a["state"]) for a in row["attempts"]] == [("A", "parked")]
    assert (row["tries"], world.state.head["questions"].popitem()[1]) == (0, "t0")
    assert "TimedOut" not in world.types()
    outcome = world.run(Next("B")).outcome
    assert isinstance(outcome, Refused) and (outcome.exit, outcome.code) == (3, "blocked")


def test_the_answer_brings_the_task_back_to_its_worker() -> None:
    world = World().project().task("t")
    for name in NAMES:
        world.join(name)
    world.next("A")
    world.emit("A", "Escalated", kind="conflict")
    Team(world).pass_by(60)
    world.emit("engineer", "Resolved", answer="the first")
    assert world.next("B") is None
    assert world.next("A") == "t"
    world.emit("A", "Completed")
    assert [a["n"] for a in world.row()["attempts"]] == [1]


def test_a_worker_that_is_gone_after_the_hour_is_replaced() -> None:
    world = World().project().task("t")
    for name in NAMES:
        world.join(name)
    world.next("A")
    world.emit("A", "Escalated", kind="conflict")
    world.wait(60 * MINUTE)
    world.emit("engineer", "Resolved", answer="the first")
    assert world.next("B") is None
    world.wait(121)
    assert world.next("B") == "t"


def test_nobody_asks_away_all_the_work() -> None:
    """Given a worker that asks about all it gets, then it holds two and gets no more."""
    world = World().project()
    for number in range(5):
        world.task(f"t{number}")
    world.join("A")
    for _ in range(MAX_PARKED):
        task = world.next("A")
        assert task is not None
        world.emit("A", "Escalated", task)
    assert world.next("A") is None
    world.join("B")
    assert world.next("B") == "t2"


def test_real_workers_finish_all_else_and_then_the_answered_one(evt: Evt, repo: Path) -> None:
    """Given a question that is open for many leases, then all else is done before the answer."""
    short_leases(evt, 1, parkedGraceSeconds=1)
    names = tasks(evt, 8)
    with playing(repo) as players:
        players.start("worker-A", 0.2, "asks")
        until(repo, lambda found: bool(of(found, "Escalated")))
        for name in ("worker-B", "worker-C"):
            players.start(name, 0.2)
        events = until(repo, lambda found: len(of(found, "Completed")) == 7)
        (asked,) = of(events, "Escalated")
        parked = asked["subject"]
        assert sorted(e["subject"] for e in of(events, "Completed")) == [
            name for name in names if name != parked
        ]
        assert len([e for e in of(events, "Assigned") if e["subject"] == parked]) == 1
        evt("inbox", "--wait", "1.5", "--as", "coordinator", check=3)
        assert evt("status", "--json").json["counts"]["escalated"] == 1
        evt("emit", "Resolved", parked, "--action", "resume", "--answer", "the first")
        assert set(players.exits().values()) == {0}
    events = until(repo, lambda found: len(of(found, "Completed")) == 8)
    assert parked not in [e["subject"] for e in of(events, "TimedOut")]


def test_while_everybody_waits_time_does_not_pass_for_the_others() -> None:
    """Given an hour in which nobody did anything, then the log says so and no name is dead."""
    world = World().project().task("t")
    world.join("A")
    world.next("A")
    world.emit("A", "Escalated", kind="conflict")
    world.wait(2 * 3600)
    before = len(world.events)
    world.do(Emit("engineer", "Resolved", "t", {"action": "resume"}))
    assert world.types(before) == ["LogResumed", "Resolved"]
    assert world.next("A") == "t"
