"""Is it worth it? Real time on a clock outside, and what the log says of it."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import monotonic

import pytest

from tests.cli.support import stored
from tests.conftest import evt_in
from tests.eventlog.log.logs import assert_sound
from tests.liveness.support import of, playing, seconds_between, short_leases, tasks

TASKS = 12
FASTER = 2.5
COORDINATION = 0.5  # seconds per task: 5 % of one that takes 10 s
LEASE = 30
ROUNDS = 3  # at most: whatever else the machine does only ever makes a round slower


class Run:
    """All tasks done by some workers: `clock` and `log` are the seconds that it took."""

    def __init__(self, repo: Path, workers: int, seconds: float) -> None:
        evt = evt_in(repo, repo.parent)
        short_leases(evt, LEASE)
        tasks(evt, TASKS)
        with playing(repo) as players:
            began = monotonic()
            for number in range(workers):
                players.start(f"worker-{number}", seconds)
            assert set(players.exits().values()) == {0}
            self.clock = monotonic() - began
        assert_sound(repo)
        events = stored(repo)
        done = of(events, "Completed")
        assert len({event["subject"] for event in done}) == len(done) == TASKS
        self.log = seconds_between(of(events, "Assigned")[0], done[-1])
        # from one Completed to the next, less the work: what a lone worker loses with each task
        self.lost = [seconds_between(one, other) - seconds for one, other in pairwise(done)]


def must_be_faster(one: Run, three: Run) -> None:
    assert one.clock / three.clock >= FASTER, (one.clock, three.clock)
    assert one.log / three.log >= FASTER, (one.log, three.log)
    assert median(one.lost) < COORDINATION, one.lost


def copies(repo: Path, folder: str) -> list[Path]:
    """Two repositories like `repo`."""
    return [shutil.copytree(repo, repo.parent / folder / who / "repo") for who in ("one", "three")]


@pytest.mark.slow
def test_three_workers_are_two_and_a_half_times_as_fast(repo: Path) -> None:
    """Given twelve tasks, when one worker and three do them in the same seconds, then that."""
    for number in range(ROUNDS):
        with ThreadPoolExecutor(2) as pool:
            one, three = pool.map(Run, copies(repo, f"round-{number}"), (1, 3), (0.8, 0.8))
        try:
            return must_be_faster(one, three)
        except AssertionError:
            if number == ROUNDS - 1:
                raise


@pytest.mark.soak
def test_so_they_are_one_after_the_other(repo: Path) -> None:
    one, three = copies(repo, "soak")
    must_be_faster(Run(one, 1, 4.0), Run(three, 3, 4.0))
