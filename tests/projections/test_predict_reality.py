"""Predictions against reality: plans that real worker processes sleep through."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from evt.eventlog.commands import Join, Plan
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout, create
from evt.projections.fold import Fold
from evt.projections.learn import Learned
from evt.projections.logfold import fold_log
from evt.projections.metrics import metrics
from evt.projections.predict import estimated, remaining
from evt.projections.schedule import makespan, schedule
from tests.conftest import ROOT, evt_environment
from tests.projections.sleeper import submit

PLANS, TASKS, WORKERS, SECONDS, ROUNDS = 10, 9, 3, 0.8, 3
HANDOFF = 0.02  # of a process that calls the library; it thinks about nothing


def plan(seed: int) -> list[dict[str, Any]]:
    """Tasks of different lengths, some of which wait for others or share a file."""
    chance = random.Random(seed)
    tasks: list[dict[str, Any]] = []
    for number in range(TASKS):
        needs = [f"t{chance.randrange(number)}"] if number > 3 and chance.random() < 0.5 else []
        output = f"{chance.randrange(TASKS * 2)}.md"
        tasks.append({
            "id": f"t{number}", "type": "task", "description": "sleep", "dependencies": needs,
            "estimateSeconds": round(chance.uniform(0.5, 1.5) * SECONDS, 3),
            "context": {"outputFiles": [output]}, "priority": chance.randrange(2),
        })  # fmt: skip
    return tasks


def run(folder: Path, tasks: list[dict[str, Any]]) -> Layout:
    """Let processes work on a plan that is applied when all of them wait for it."""
    create(str(folder / ".evt"), "reality")
    layout = Layout(str(folder / ".evt"))
    log = FileLog(layout)
    names = [f"worker-{number}" for number in range(WORKERS)]
    submit(log, Plan("engineer", {"name": "p"}, []))
    for name in names:
        submit(log, Join(name, {"role": "worker"}))
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.projections.sleeper", layout.folder, name],
            cwd=ROOT, env=evt_environment(folder), stdout=subprocess.PIPE,
        )
        for name in names
    ]  # fmt: skip
    assert [_line(process) for process in started] == [b"ready\n"] * WORKERS
    submit(log, Plan("engineer", None, tasks))
    assert [process.wait(60) for process in started] == [0] * WORKERS
    return layout


def _line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline()


def errors(folder: Path) -> list[float]:
    """Run all plans at once; how far each was from its prediction."""
    found: list[float] = []

    def one(seed: int) -> None:
        tasks = plan(seed)
        (folder / str(seed)).mkdir(parents=True)
        items, _ = estimated(remaining(tasks, Fold()), Learned({}, []))
        expected = makespan(schedule(items, WORKERS, HANDOFF))
        took = metrics(fold_log(run(folder / str(seed), tasks)))["values"]["speedup.makespan_s"]
        found.append(abs(took - expected) / expected)

    threads = [threading.Thread(target=one, args=(seed,)) for seed in range(PLANS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == PLANS
    return sorted(found)


@pytest.mark.slow
def test_the_makespan_is_predicted_within_a_tenth(tmp_path: Path) -> None:
    """Given ten plans, when processes run them, then half are within 10 % of the prediction.

    A busy machine makes sleepers late and never early, so a bad round is repeated; a prediction
    that is wrong stays wrong.
    """
    rounds: list[list[float]] = []
    while not rounds or statistics.median(rounds[-1]) >= 0.1:
        assert len(rounds) < ROUNDS, rounds
        rounds.append(errors(tmp_path / f"round{len(rounds)}"))
