"""How soon a live reader sees an append: from the writer's call to the reader's return."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import monotonic_ns

from tests.bench import box
from tests.bench.measure import ROOT, Row, percentile

SECONDS_MAX = 10.0
PAUSE_SECONDS = 0.01  # between appends, so that each of them wakes a sleeping reader

# The monotonic clock is one for all processes of the machine.
WRITER = """
import sys, time
from tests.bench.box import note, open_log
log = open_log(sys.argv[1])
for _ in range(int(sys.argv[2])):
    time.sleep(float(sys.argv[3]))
    log.transact(note(str(time.monotonic_ns())))
"""


def rows(folder: Path, appends: int) -> list[Row]:
    """Measure `wait` and `read` against a writer in another process."""
    repo = box.empty(folder / "tail")
    log = box.open_log(repo)
    seen = log.head().sequence
    last = seen + appends
    late_ms: list[float] = []
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(repo), str(appends), str(PAUSE_SECONDS)],
        cwd=ROOT,
    )
    while seen < last and log.wait(seen, SECONDS_MAX):
        now = monotonic_ns()
        for line in log.read(seen):
            seen = line.event.sequence
            late_ms.append((now - int(line.event.data["text"])) / 1e6)
    if writer.wait() or seen < last:
        raise RuntimeError(f"the reader saw {seen} of {last}")
    return [
        Row(
            "append to live reader, p99", percentile(late_ms, 0.99), " ms", at_most=50, aim=10,
            note=f"median {percentile(late_ms, 0.5):.2g} ms, with the writer's sync",
        )
    ]  # fmt: skip
