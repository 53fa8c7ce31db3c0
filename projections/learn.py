"""What this log knows about work to come: how long tasks of a type take, what a handoff costs."""

from __future__ import annotations

from bisect import bisect_right

from evt.eventlog.catalog import SECOND
from evt.projections.measure import nearest_rank
from evt.projections.run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.projections.fold import Fold

OVERHEAD = 0.2  # seconds: what evt itself costs per task; a chat's own thinking is known later
GAPS_MIN = 3  # handoffs behind one another that say what one costs


class Learned:
    """`durations`: type -> sorted seconds of completed tasks; `overhead` of a handoff in seconds.

    `measured`: from how many handoffs the overhead is known, 0: it is the default.
    """

    __slots__ = ("durations", "measured", "overhead")

    def __init__(self, durations: dict[str, list[float]], gaps: list[float]) -> None:
        enough = len(gaps) >= GAPS_MIN
        self.durations = durations
        self.measured = len(gaps) if enough else 0
        self.overhead = nearest_rank(gaps, 50) if enough else OVERHEAD


def learn(fold: Fold) -> Learned:
    """Learn from all projects of a log."""
    durations: dict[str, list[float]] = {}
    gaps: list[float] = []
    for name in fold.projects:
        run = Run(fold, name)
        types = run.views["attempts"]["types"]
        for task, us in run.taken.items():
            durations.setdefault(types.get(task, "task"), []).append(us / SECOND)
        gaps += _gaps(run)
    return Learned({type: sorted(found) for type, found in durations.items()}, gaps)


def _gaps(run: Run) -> Iterator[float]:
    """Seconds between a worker's result and its next task, where one was ready all the while."""
    ready = run.views["account"]["ready"]
    starts = [start for start, _ in ready]
    for numbers in run.workers.values():
        before = None
        for attempt in map(run.attempts.__getitem__, numbers):
            if before is not None and before["how"] == "Completed":
                start, end = before["end"], attempt["begin"]
                place = bisect_right(starts, start) - 1
                if start < end and place >= 0 and (ready[place][1] or run.now) >= end:
                    yield (end - start) / SECOND
            before = attempt
