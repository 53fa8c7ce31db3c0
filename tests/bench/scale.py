"""Whether a call gets dearer as the log gets longer: the same calls on a long and a short past."""

from __future__ import annotations

from pathlib import Path

from tests.bench import box
from tests.bench.generate import IDLE, PENDING, WORKERS
from tests.bench.measure import Row, Timed, process, ratios

MUST, AIM = 1.5, 1.1


def rows(long: Path, short: Path, rounds: int) -> list[Row]:
    """Measure cold calls in two repositories that differ in their past only."""
    calls = {
        "emit": ["emit", "Noted", "--text", "x"],
        "next (held)": ["next", "--as", WORKERS[0]],
        "status": ["status"],
    }
    for repo in (long, short):
        box.evt(repo, "status")  # folds and saves what another measurement may have deleted
    found = {
        name: ratios(
            [process(box.EVT, *args, cwd=long)], process(box.EVT, *args, cwd=short), rounds
        )[0]
        for name, args in calls.items()
    }
    claims = min(rounds, PENDING - 1, len(IDLE) - 1)
    found["next (claim)"] = ratios([_claims(long)], _claims(short), claims)[0]
    return [
        Row(f"evt {name}, long log", value, at_most=MUST, aim=AIM, note="of 1,000 events")
        for name, value in found.items()
    ]


def _claims(repo: Path) -> Timed:
    """Return a function that lets the next idle worker claim a task."""
    idle = iter(IDLE)
    return lambda: process(box.EVT, "next", "--as", next(idle), cwd=repo)()
