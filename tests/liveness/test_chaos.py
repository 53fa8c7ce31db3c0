"""Workers that are killed, stopped and come back at random: nothing is lost, nothing done twice."""

from __future__ import annotations

import random
import signal
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.cli.support import opened
from tests.conftest import Evt
from tests.eventlog.log.logs import assert_sound
from tests.liveness.support import Players, of, playing, short_leases, tasks

HABITS = {"worker-A": "", "worker-B": "refuses", "worker-C": "asks", "worker-D": ""}
LEASE, WORK = 2, 0.5  # seconds
STEP = 0.3  # seconds between two blows


class Chaos:
    """Hits a random worker every now and then, and lets those that were hit come back."""

    def __init__(self, players: Players, seed: int) -> None:
        self.players = players
        self.random = random.Random(seed)
        self.away: dict[str, tuple[float, bool]] = {}  # name -> (when it is back, was it killed)

    def run(self, seconds: float) -> None:
        """Hit for so long, then bring all back."""
        end = monotonic() + seconds
        while monotonic() < end:
            sleep(STEP)
            self.hit()
            self.bring_back(monotonic())
        self.bring_back(float("inf"))

    def hit(self) -> None:
        """Kill or stop one that is there, with whatever it has called."""
        there = [
            name
            for name, process in self.players.running.items()
            if name not in self.away and process.poll() is None
        ]
        if there:
            name, kills = self.random.choice(there), self.random.random() < 0.5
            self.players.signal(name, signal.SIGKILL if kills else signal.SIGSTOP)
            self.away[name] = (monotonic() + self.random.uniform(0.2, 1.5 * LEASE), kills)

    def bring_back(self, now: float) -> None:
        """Let those go on whose time has come; the killed ones as a new chat of that name."""
        for name, (when, killed) in list(self.away.items()):
            if when <= now:
                del self.away[name]
                if killed:
                    self.players.start(name, WORK)
                else:
                    self.players.signal(name, signal.SIGCONT)


def answer_until_done(evt: Evt, repo: Path, seconds: float) -> None:
    """Be the engineer: answer whatever is asked until all has ended."""
    log, end = opened(repo), monotonic() + seconds
    while True:
        state = log.state()
        for question, name in state.head["questions"].items():
            evt(
                "emit", "Resolved", name, "--action", "resume", "--escalation", question, check=None
            )
        counts = log.state().head["counts"]
        if counts["completed"] == sum(counts.values()):
            return
        assert monotonic() < end, counts
        log.wait(state.sequence, 1.0)


def all_is_done_once(evt: Evt, repo: Path, seconds: float, count: int, seed: int) -> None:
    short_leases(evt, LEASE, parkedGraceSeconds=1)
    names = tasks(evt, count)
    with playing(repo) as players:
        for name, habit in HABITS.items():
            players.start(name, WORK, habit)
        Chaos(players, seed).run(seconds)
        answer_until_done(evt, repo, 60)
        assert set(players.exits().values()) == {0}, players.exits()
    events = assert_sound(repo)
    done = [event["subject"] for event in of(events, "Completed")]
    assert sorted(done) == names
    assert evt("status", "--json").json["anomalies"] == []
    assert evt("metrics", "--json").json["values"]["duplicates"] == 0


@pytest.mark.slow
def test_what_random_blows_leave_is_done_once(evt: Evt, repo: Path) -> None:
    all_is_done_once(evt, repo, 4, 12, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3))
def test_what_a_minute_of_random_blows_leaves_is_done_once(seed: int, evt: Evt, repo: Path) -> None:
    all_is_done_once(evt, repo, 60, 100, seed)
