"""Workers that die, stop and hang are noticed soon; those that live are left alone."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evt.cli.waiting import is_waiting
from evt.validators.trust import Trust
from tests.cli.support import background, opened, stored, task
from tests.conftest import Evt
from tests.eventlog.log.logs import assert_sound
from tests.liveness.support import (
    Event,
    Players,
    of,
    playing,
    seconds_between,
    short_leases,
    tasks,
    until,
)

LEASE, SLACK = 2, 5  # seconds
LONG = 60.0  # a task that does not end by itself
VICTIMS = {"killed": signal.SIGKILL, "stopped": signal.SIGSTOP, "hangs": None}


@pytest.fixture
def players(repo: Path) -> Iterator[Players]:
    with playing(repo) as found:
        yield found


@contextmanager
def waiter(kind: str, repo: Path, players: Players) -> Iterator[None]:
    """Run one that waits: another worker, a coordinator, or the engineer's live view."""
    if kind == "next":
        players.start("worker-W", 0.1)
        yield
        return
    args = ["inbox", "--wait", "60", "--as", "coordinator"] if kind == "inbox" else ["watch"]
    with background(*args, repo=repo):
        yield


def last_sign(events: list[Event], timed_out: Event) -> Event:
    worker, task = timed_out["data"]["worker"], timed_out["subject"]
    return [e for e in events if e["actor"] == worker and e.get("subject") == task][-1]


@pytest.mark.parametrize("kind", ["next", "watch"])
def test_whoever_waits_notices_a_worker_that_is_gone(
    kind: str, evt: Evt, repo: Path, players: Players
) -> None:
    """Given one killed, one stopped and one that hangs, when their leases end, then they lapse."""
    short_leases(evt, LEASE)
    tasks(evt, 3)
    for how in VICTIMS:
        players.start(how, LONG, how if how == "hangs" else "")
    until(repo, lambda found: len({e["actor"] for e in of(found, "Heartbeat")}) == 3)
    with waiter(kind, repo, players):
        for how, number in VICTIMS.items():
            if number is not None:
                players.signal(how, number, alone=number == signal.SIGSTOP)
        events = until(repo, lambda found: len(of(found, "TimedOut")) == 3)
        if kind == "next":
            events = until(repo, lambda found: len(of(found, "Completed")) == 3)
            assert {e["actor"] for e in of(events, "Completed")} == {"worker-W"}
    for one in of(events, "TimedOut"):
        before = [e for e in events if int(e["sequence"]) < int(one["sequence"])]
        delay = seconds_between(last_sign(before, one), one)
        assert LEASE <= delay <= LEASE + SLACK, delay
    assert {e["data"]["worker"] for e in of(events, "TimedOut")} == set(VICTIMS)


def test_a_worker_that_comes_back_before_anyone_claimed_goes_on(
    evt: Evt, repo: Path, players: Players
) -> None:
    """Given a stopped worker whose attempt lapsed, when it is let go on, then it completes it."""
    short_leases(evt, LEASE)
    tasks(evt, 1)
    players.start("worker-A", 2 * LEASE)
    until(repo, lambda found: bool(of(found, "Heartbeat")))
    players.signal("worker-A", signal.SIGSTOP, alone=True)
    with waiter("inbox", repo, players):
        until(repo, lambda found: bool(of(found, "TimedOut")))
        verdict = evt("status", "--json").json["workers"][0]["verdict"]
        players.signal("worker-A", signal.SIGCONT)
        assert players.exits() == {"worker-A": 0}
    events = until(repo, lambda found: bool(of(found, "Completed")))
    assert verdict == "dead"
    assert len(of(events, "Assigned")) == 1
    assert of(events, "Completed")[0]["data"]["attempt"] == 1
    assert evt("status", "--json").json["workers"][0]["verdict"] == "idle"


def test_one_that_comes_back_too_late_drops_the_task_and_takes_another(
    evt: Evt, repo: Path, players: Players
) -> None:
    short_leases(evt, LEASE)
    tasks(evt, 1)
    players.start("worker-A", LONG)
    until(repo, lambda found: bool(of(found, "Heartbeat")))
    players.signal("worker-A", signal.SIGSTOP, alone=True)
    players.start("worker-B", 0.1)
    until(repo, lambda found: bool(of(found, "Completed")))
    players.signal("worker-A", signal.SIGCONT)
    assert players.exits() == {"worker-A": 0, "worker-B": 0}
    assert_sound(repo)


def test_a_waiter_whose_output_is_gone_claims_nothing(evt: Evt, repo: Path) -> None:
    """Given a worker that waits, when its reader leaves and then work comes, it is for others."""
    evt("init", "--project", "p")
    evt("join")
    with background("next", "--wait", "60", "--as", "worker-A", repo=repo) as process:
        while not is_waiting(opened(repo), "worker-A"):
            assert process.poll() is None
        assert process.stdout is not None
        process.stdout.close()
        tasks(evt, 1)
        assert process.wait(30) == 1
        assert process.stderr is not None
        assert "nothing was claimed" in process.stderr.read()
        process.stdout = None
    assert not of(stored(repo), "Assigned")


def trusted(repo: Path, *argv: str) -> None:
    """Approve a command as the engineer does on a terminal."""
    Trust(str(repo.parent / "state"), str(repo), None).approve(list(argv))


def test_the_living_are_left_alone(evt: Evt, repo: Path, players: Players) -> None:
    """Given workers that beat, wait for consent or sit in a gate, then none of them times out.

    Another one, killed meanwhile, proves that somebody looks.
    """
    short_leases(evt, LEASE, waitingSeconds=60)
    gate = [sys.executable, "-c", f"import time; time.sleep({2 * LEASE})"]
    trusted(repo, *gate)
    check = json.dumps({"check": "command", "argv": gate})
    task(evt, "gate", "--check", check, "--priority", "9")
    task(evt, "consent", "--priority", "8")
    tasks(evt, 2)
    for name in ("in-gate", "asks-consent"):
        evt("join", name)
    evt("emit", "Assigned", "consent", "--worker", "asks-consent")
    evt("emit", "Heartbeat", "consent", "--data", '{"source":"waiting"}', "--as", "asks-consent")
    evt("emit", "Assigned", "gate", "--worker", "in-gate")
    players.start("beats", 2 * LEASE)
    players.start("dies", LONG)
    until(repo, lambda found: len({e["actor"] for e in of(found, "Heartbeat")}) == 3)
    with background("watch", repo=repo):
        players.signal("dies", signal.SIGKILL)
        evt("next", "--as", "in-gate")  # its lease of two seconds begins here
        done = evt("emit", "Completed", "gate", "--score", "5", "--as", "in-gate")
        assert "Completed gate" in done.out
        events = until(repo, lambda found: bool(of(found, "Completed") and of(found, "TimedOut")))
        events = until(
            repo, lambda found: any(e["actor"] == "beats" for e in of(found, "Completed"))
        )
    assert {e["data"]["worker"] for e in of(events, "TimedOut")} == {"dies"}
    verdicts = {w["name"]: w["verdict"] for w in evt("status", "--json").json["workers"]}
    assert verdicts["asks-consent"] == "working"  # shown as waiting after a minute only
    assert verdicts["in-gate"] == "idle"


@pytest.mark.parametrize("verb", ["emit", "check"])
def test_after_a_gate_that_refused_a_death_is_noticed_as_soon_as_ever(
    verb: str, evt: Evt, repo: Path
) -> None:
    """Given a gate that asked for minutes and is over, then the lease is what it was before."""
    evt("init", "--project", "p")
    gate = [sys.executable, "-c", "raise SystemExit(1)"]
    trusted(repo, *gate)
    task(evt, "task-001", "--check", json.dumps({"check": "command", "argv": gate}))
    evt("join")
    evt("next", "--as", "worker-A")
    rest = ["check", "task-001"] if verb == "check" else ["emit", "Completed", "task-001"]
    evt(*rest, *(["--score", "5"] if verb == "emit" else []), "--as", "worker-A", check=5)
    beats = [
        (e["data"]["source"], e["data"]["leaseSeconds"]) for e in of(stored(repo), "Heartbeat")
    ]
    assert len(beats) == 2 and beats[0][1] > 90 and beats[1] == ("gate", 90)
    assert opened(repo).state().head["live"]["task-001"]["lease"] == 90
