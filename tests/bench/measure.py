"""How a ratio is measured, and what a row of the table is.

Clocks of shared machines drift by more than the differences that matter here, so nothing is
compared with a number of yesterday: baseline and subject alternate in one run, and the median of
their paired ratios counts.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PASS = (sys.executable, "-c", "pass")

Timed = Callable[[], float]  # does something once; the seconds that count


@dataclass(frozen=True)
class Row:
    """One line of the table. Without a limit the figure is only shown."""

    what: str
    value: float
    unit: str = "x"
    at_most: float | None = None
    at_least: float | None = None
    aim: float | None = None
    note: str = ""

    @property
    def missed(self) -> bool:
        """Return whether the row breaks its limit."""
        over = self.at_most is not None and self.value > self.at_most
        return over or (self.at_least is not None and self.value < self.at_least)

    def cells(self) -> tuple[str, ...]:
        """Return what, measured, must, aim, verdict and note as text."""
        sign, limit = ("<=", self.at_most) if self.at_most is not None else (">=", self.at_least)
        must = "" if limit is None else f"{sign} {limit:g}{self.unit}"
        aim = "" if self.aim is None else f"{self.aim:g}{self.unit}"
        verdict = "" if limit is None else ("MISSED" if self.missed else "ok")
        return self.what, f"{self.value:.3g}{self.unit}", must, aim, verdict, self.note


def seconds(action: Callable[[], object]) -> Timed:
    """Return a function that runs the action and says how long it took."""

    def run() -> float:
        began = time.perf_counter()
        action()
        return time.perf_counter() - began

    return run


def ratio(subject: Timed, baseline: Timed, rounds: int) -> float:
    """Return the median of subject / baseline over alternating pairs, after one of each."""
    return ratios([subject], baseline, rounds)[0]


def ratios(subjects: Sequence[Timed], baseline: Timed, rounds: int) -> list[float]:
    """Return that median for several subjects, each paired with a baseline run of its own."""
    pairs: list[list[float]] = [[] for _ in subjects]
    for number in range(rounds + 1):
        for found, subject in zip(pairs, subjects, strict=True):
            if number % 2:
                below, above = baseline(), subject()
            else:
                above, below = subject(), baseline()
            if number:  # the first round fills caches
                found.append(above / below)
    return [statistics.median(found) for found in pairs]


def process(
    *command: str | Path,
    cwd: Path | None = None,
    codes: tuple[int, ...] = (0,),
    given: str | Path = os.devnull,
    **env: str,
) -> Timed:
    """Return a function that runs a program to its end, the file `given` as stdin, output unseen.

    A child that exits with another code than expected would be measured for nothing: it raises.
    """
    words = [os.fspath(word) for word in command]
    silent = [
        (os.POSIX_SPAWN_OPEN, 0, os.fspath(given), os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]

    def run() -> float:
        os.chdir(cwd or BIN)  # posix_spawn knows no folder of its own
        began = time.perf_counter()
        child = os.posix_spawn(words[0], words, clean() | env, file_actions=silent)
        _, status = os.waitpid(child, 0)
        took = time.perf_counter() - began
        code = os.waitstatus_to_exitcode(status)
        if code not in codes:
            raise RuntimeError(f"{' '.join(words)} exited {code}, not {codes}")
        return took

    return run


def clean() -> dict[str, str]:
    """Return an environment in which evt is not inside a chat and Python keeps compiled files."""
    return {k: os.environ[k] for k in ("PATH", "HOME", "TMPDIR") if k in os.environ}


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value that `part` (0-1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
