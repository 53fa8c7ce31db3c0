"""Prints the speed table and fails when a limit is missed: `python -m tests.bench [--quick]`.

`--into docs/speed.md` writes it as a page as well.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import append, box, cold, fold, gate, metrics, scale, server, tail
from tests.bench.measure import Row

SHORT = 1_000
HEAD = ("what", "measured", "must", "aim", "verdict", "note")
PAGE = """# Speed

Made by `python -m tests.bench --into docs/speed.md` (`make bench` prints the same table). Clocks of
shared machines drift, so each figure is the median of alternating pairs: the call and a baseline,
such as `python -c pass` of the same interpreter, in one run.

{header}

{table}

**The append row depends on the disk.** An append takes about 0.08 ms of lock, catch-up, rules,
hash and encoding beside its sync. Against a sync of 0.3 ms that is a ratio of 0.8, against one of
0.18 ms 0.7: the faster the disk, the more it is missed. Batches pay for one sync together.
"""


def main() -> int:
    """Measure, print, and return 1 if a limit was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the events and rounds")
    parser.add_argument("--only", help="one group: cold, append, tail, fold, ...")
    parser.add_argument("--into", type=Path, help="write the table as a Markdown page too")
    asked = parser.parse_args()
    into = asked.into and asked.into.resolve()  # before a measurement changes the folder
    print(header())
    with tempfile.TemporaryDirectory(prefix="evt-bench-") as scratch:
        found = [
            row
            for name, measure in groups(Path(scratch), 10 if asked.quick else 1).items()
            if asked.only in (None, name)
            for row in timed(name, measure)
        ]
    print("\n".join(table(found)))
    if into:
        into.write_text(page(found), "utf-8")
    return 1 if any(row.missed for row in found) else 0


def groups(scratch: Path, divisor: int) -> dict[str, Callable[[], list[Row]]]:
    """Return what can be measured, by name; `divisor` makes it smaller."""
    events = 1_000_000 // divisor
    rounds = 40 // divisor + 2

    def long() -> Path:
        repo = scratch / "long"
        return repo if repo.exists() else box.with_history(repo, events)

    return {
        "cold": lambda: cold.rows(scratch, rounds),
        "append": lambda: append.rows(scratch, rounds),
        "tail": lambda: tail.rows(scratch, 500 // divisor),
        "fold": lambda: fold.rows(long(), events, 3),
        "metrics": lambda: metrics.rows(long(), events, 3),
        "server": lambda: server.rows(scratch / "server", 60 / divisor, long()),
        "gate": lambda: gate.rows(scratch / "gate", rounds),
        "scale": lambda: scale.rows(long(), box.with_history(scratch / "short", SHORT), rounds),
    }


def timed(name: str, measure: Callable[[], list[Row]]) -> list[Row]:
    """Measure one group and say on stderr how long that took."""
    began = time.perf_counter()
    found = measure()
    print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return found


def header() -> str:
    """Return what the figures depend on."""
    return (
        f"{time.strftime('%Y-%m-%d')}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} CPUs, Python {platform.python_version()}; "
        "medians of alternating pairs in this run\n"
    )


def page(found: list[Row]) -> str:
    """Return the table as a Markdown page with what it means."""
    lines = ["| " + " | ".join(cells) + " |" for cells in (HEAD, *(row.cells() for row in found))]
    lines.insert(1, "|---" * len(HEAD) + "|")
    return PAGE.format(header=header().strip(), table="\n".join(lines))


def table(found: list[Row]) -> list[str]:
    """Return the rows as aligned lines."""
    cells = [HEAD, *(row.cells() for row in found)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


if __name__ == "__main__":
    sys.exit(main())
