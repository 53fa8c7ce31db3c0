"""What a replay of everything costs: the fold from zero against bare orjson over the same lines.

The fold alone: a call that saves its checkpoint pays for that once, and later calls gain from it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.bench.measure import ROOT, Row, ratio

# Run in processes of their own: memory must be that of the fold alone. Both print seconds (of the
# work, without start and imports) and their peak memory in bytes. Linux hands the parent's peak on
# to a child in ru_maxrss, so it is asked for the memory of this program there.
PEAK = """
if sys.platform == "darwin":
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
else:
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
print(took, peak)
"""
FOLD = (
    """
import resource, sys, time
from pathlib import Path
from tests.bench.box import open_log
log = open_log(sys.argv[1])
began = time.perf_counter()
state = log.state_at(1 << 53)
took = time.perf_counter() - began
assert state.sequence >= int(sys.argv[2]), state.sequence
"""
    + PEAK
)
BARE = (
    """
import resource, sys, time
from pathlib import Path
from orjson import loads
began = time.perf_counter()
count = 0
for path in sorted((Path(sys.argv[1]) / ".evt" / "log").glob("*.jsonl")):
    with path.open("rb") as lines:
        for line in lines:
            loads(line)
            count += 1
took = time.perf_counter() - began
assert count >= int(sys.argv[2]), count
"""
    + PEAK
)
MEGABYTE = 1e6


def rows(repo: Path, events: int, rounds: int) -> list[Row]:
    """Measure time and memory of the fold from zero of the log in `repo`."""
    peaks: list[float] = []

    def fold() -> float:
        shutil.rmtree(repo / ".evt" / "cache", ignore_errors=True)
        took, peak = _child(FOLD, repo, events)
        peaks.append(peak)
        return took

    value = ratio(lambda: _child(BARE, repo, events)[0], fold, rounds)
    return [
        Row(f"fold of {events:,} events", value, at_least=0.5, aim=0.85, note="of bare orjson"),
        Row("peak memory of that fold", max(peaks) / MEGABYTE, unit=" MB", at_most=200),
    ]


def _child(code: str, repo: Path, events: int) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", code, str(repo), str(events)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    took, peak = done.stdout.split()
    return float(took), float(peak)
