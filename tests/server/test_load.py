"""Many listeners: nobody misses or repeats an event, it comes soon, and memory stays bounded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.support import raw
from tests.server.conftest import Serve
from tests.server.load import Load, run


def check(load: Load, log: Path, until: int) -> None:
    """Each subscriber saw the log from its first event on, once and in order."""
    ids = [json.loads(line)["id"] for line in raw(log).splitlines()]
    for seen in load.seen:
        assert seen[-1][0] >= until, "somebody missed the end"
        assert [number for number, _ in seen] == list(range(1, len(seen) + 1))
        assert [one for _, one in seen] == ids[: len(seen)]


def test_listeners_miss_nothing_hear_soon_and_the_stalled_one_is_dropped(
    serve: Serve, log: Path
) -> None:
    """Given 20 subscribers, one stalled, 100 idle sockets and 20 events/s of 6 kB each."""
    served = serve()
    load = run(served, seconds=5, rate=20, bytes=6000)
    check(load, log, load.last)
    assert load.stalled_dropped
    assert load.p99_ms < 250, load.p99_ms
    assert load.grown_mb < 40, load.grown_mb


def test_listeners_resume_without_loss_when_the_server_is_killed_in_the_middle(
    serve: Serve, log: Path
) -> None:
    served = serve()
    load = run(served, seconds=3, rate=20, bytes=300, restart=serve)
    check(load, log, load.last)


@pytest.mark.soak
@pytest.mark.parametrize("restarts", [False, True], ids=["steady", "killed"])
def test_five_minutes(serve: Serve, log: Path, restarts: bool) -> None:
    """Given 5 minutes of 20 events/s, then nothing is lost, late or kept in memory."""
    served = serve()
    load = run(served, seconds=300, rate=20, bytes=300, restart=serve if restarts else None)
    check(load, log, load.last)
    assert load.stalled_dropped
    if not restarts:
        assert load.p99_ms < 250, load.p99_ms
        assert load.grown_mb < 40, load.grown_mb
