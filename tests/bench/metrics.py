"""What figures cost: all views of a long log against its plain fold, and a call that goes on.

The call that goes on is a whole process: start, imports, checkpoint, 1,000 new events, all figures.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from pathlib import Path

from evt.eventlog.commands import Batch, Emit
from evt.eventlog.decide import decide
from tests.bench import box
from tests.bench.fold import FOLD, MEGABYTE, PEAK
from tests.bench.fold import _child as child
from tests.bench.generate import LIVE, WORKERS
from tests.bench.measure import ROOT, Row, process, ratio

NEW, AT_ONCE = 1_000, 500
METRICS = (
    """
import resource, sys, time
from pathlib import Path
from evt.eventlog.log.layout import Layout
from evt.projections.logfold import LogFold, fold_log
from evt.projections.metrics import metrics
layout = Layout(sys.argv[1] + "/.evt")
began = time.perf_counter()
document = metrics(LogFold(layout).catch_up() if sys.argv[3:] else fold_log(layout))
took = time.perf_counter() - began
assert document["sequence"] >= int(sys.argv[2]), document["sequence"]
"""
    + PEAK
)


def rows(repo: Path, events: int, rounds: int) -> list[Row]:
    """Measure figures from zero, their memory, and figures 1,000 events after a checkpoint."""
    peaks: list[float] = []

    def plain() -> float:
        shutil.rmtree(repo / ".evt" / "cache", ignore_errors=True)
        return child(FOLD, repo, events)[0]

    def full() -> float:
        shutil.rmtree(repo / ".evt" / "cache", ignore_errors=True)
        took, peak = child(METRICS, repo, events)
        peaks.append(peak)
        return took

    value = ratio(full, plain, rounds)
    return [
        Row(f"metrics of {events:,} events", value, at_most=1.6, note="of the plain fold"),
        Row("peak memory of that", max(peaks) / MEGABYTE, unit=" MB", at_most=200),
        Row(f"metrics, {NEW:,} new events", _goes_on(repo, events, rounds) * 1000, " ms",
            at_most=300, note="whole process"),
    ]  # fmt: skip


def _goes_on(repo: Path, events: int, rounds: int) -> float:
    """Seconds of a whole process whose checkpoint is 1,000 events behind, in the median."""
    process(sys.executable, "-c", METRICS, str(repo), str(events), "saved", cwd=ROOT)()
    _append(repo)
    run = process(sys.executable, "-c", METRICS, str(repo), str(events + NEW), "saved", cwd=ROOT,
                  PYTHONPATH=str(ROOT / ".namespace"))  # fmt: skip
    return statistics.median(run() for _ in range(2 * rounds + 1))


def _append(repo: Path) -> None:
    """Signs of life of the workers that hold the open tasks, a second apart."""
    log = box.open_log(repo)
    for start in range(0, NEW, AT_ONCE):
        emits = [
            Emit(WORKERS[k % LIVE], "Heartbeat", f"open-{k % LIVE:03d}", {"attempt": 1})
            for k in range(start, start + AT_ONCE)
        ]
        batch = Batch("engineer", emits)
        log.transact(lambda state, now_us, batch=batch: decide(batch, state, now_us))


if __name__ == "__main__":
    began = time.perf_counter()
    for row in rows(Path(sys.argv[1]), int(sys.argv[2]), 3):
        print(*row.cells(), sep="  ")
    print(f"{time.perf_counter() - began:.0f} s")
