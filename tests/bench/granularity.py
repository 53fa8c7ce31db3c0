"""Writes docs/granularity.md: how large a task should be, predicted and measured.

    python -m tests.bench.granularity [--check]

The predicted table is a function of nothing but the scheduler; what is measured says on which
machine and when. `--check` only compares the predicted part.
"""

from __future__ import annotations

import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from evt.eventlog.commands import Join, Plan
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout, create
from evt.projections.figuretext import duration
from evt.projections.learn import learn
from evt.projections.logfold import fold_log
from evt.projections.metrics import metrics
from evt.projections.schedule import Item, makespan, schedule
from tests.bench.measure import ROOT
from tests.projections.sleeper import submit

PAGE = ROOT / "docs" / "granularity.md"
WORKERS = 3
WORK = 3600.0  # seconds of work in the predicted table
SIZES = (5, 15, 30, 60, 120, 300, 600, 1200, 1800)
HANDOFFS = (0.2, 2, 10, 30)
SPREAD, DRAWS = 0.5, 40  # tasks are 50 to 150 % of their size; the mean of so many draws
MEASURED_WORK = 9.0
MEASURED_SIZES = (0.05, 0.1, 0.2, 0.5, 1, 2, 3)
BAR = 20  # characters for a speedup of WORKERS
TEXT = """\
# How large should a task be?

Made by `python -m tests.bench.granularity`. Small tasks share out evenly, but each costs a handoff:
the time between a worker's result and its next task. Large tasks cost few handoffs, but the last
ones leave workers without work. In between is a wide plateau.

## Predicted

An hour of work by {workers} workers, as a speedup against one worker who needs no handoffs. Tasks
differ: each takes 50 to 150 % of the size given. A handoff costs a program 0.2 s; a chat that
reads, thinks and answers needs 10 s and more. Yours is in the log, and `evt plan PATH --workers N`
uses it.

{predicted}

With a handoff of 10 s:

```text
{curve}
```

A task should take at least five times what its handoff costs, and there should be at least four
times as many tasks as workers. `evt plan` warns where the first does not hold.

## Measured

{work} s of work by {workers} processes that sleep for as long as each task takes, measured in the
log on {date}, {machine}, Python {python}. The handoff is what the log shows, or the default
where it shows too few; with it the schedule is predicted.

{measured}
"""


def predicted() -> list[str]:
    """The predicted table as Markdown lines."""
    lines = [
        "| task | " + " | ".join(f"handoff {duration(cost)}" for cost in HANDOFFS) + " |",
        "|---" * (len(HANDOFFS) + 1) + "|",
    ]
    for size in SIZES:
        cells = [f"{_speedup(size, cost):.2f}" for cost in HANDOFFS]
        lines.append(f"| {duration(size)} | " + " | ".join(cells) + " |")
    return lines


def curve() -> list[str]:
    """The column of a chat that thinks for ten seconds between tasks, as bars."""
    found = [(size, _speedup(size, 10)) for size in SIZES]
    return [
        f"{duration(size):>12}  {'#' * round(fast / WORKERS * BAR):<{BAR}}  {fast:.2f}"
        for size, fast in found
    ]


def _speedup(size: float, handoff: float) -> float:
    total = 0.0
    for seed in range(DRAWS):
        chance = random.Random(seed)
        count = max(1, round(WORK / size))
        drawn = [chance.uniform(1 - SPREAD, 1 + SPREAD) for _ in range(count)]
        scale = WORK / sum(drawn)
        items = [Item(str(number), part * scale) for number, part in enumerate(drawn)]
        total += WORK / makespan(schedule(items, WORKERS, handoff))
    return total / DRAWS


def measured() -> list[str]:
    """What real processes that sleep reach, as Markdown lines."""
    lines = ["| task | tasks | measured | predicted | handoff |", "|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory(prefix="evt-granularity-") as scratch:
        for number, size in enumerate(MEASURED_SIZES):
            count = round(MEASURED_WORK / size)
            layout = _run(Path(scratch) / str(number), count, size)
            fold = fold_log(layout)
            handoff = learn(fold).overhead
            took = metrics(fold)["values"]["speedup.makespan_s"]
            items = [Item(str(k), size) for k in range(count)]
            expected = makespan(schedule(items, WORKERS, handoff))
            lines.append(
                f"| {size:g} s | {count} | {count * size / took:.2f} | "
                f"{count * size / expected:.2f} | {handoff * 1000:.0f} ms |"
            )
    return lines


def _run(folder: Path, count: int, size: float) -> Layout:
    folder.mkdir()
    create(str(folder / ".evt"), "granularity")
    layout = Layout(str(folder / ".evt"))
    log = FileLog(layout)
    submit(log, Plan("engineer", {"name": "p"}, []))
    processes = []
    for number in range(WORKERS):
        submit(log, Join(f"worker-{number}", {"role": "worker"}))
        processes.append(subprocess.Popen(
            [sys.executable, "-m", "tests.projections.sleeper", layout.folder, f"worker-{number}"],
            cwd=ROOT, stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT / ".namespace")},
        ))  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()  # it is ready
    tasks = [
        {"id": f"t{k}", "type": "task", "description": "sleep", "estimateSeconds": size}
        for k in range(count)
    ]
    submit(log, Plan("engineer", None, tasks))
    for process in processes:
        process.wait(120)
    return layout


def page(figures: list[str]) -> str:
    """The whole page."""
    return TEXT.format(
        workers=WORKERS, work=f"{MEASURED_WORK:g}", date=time.strftime("%Y-%m-%d"),
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs",
        python=platform.python_version(), predicted="\n".join(predicted()),
        curve="\n".join(curve()), measured="\n".join(figures),
    )  # fmt: skip


def main(argv: list[str]) -> int:
    """Write the page, or with --check only compare what does not depend on the machine."""
    if "--check" in argv:
        text = PAGE.read_text("utf-8")
        return 0 if "\n".join(predicted()) in text and "\n".join(curve()) in text else 1
    PAGE.write_text(page(measured()), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
