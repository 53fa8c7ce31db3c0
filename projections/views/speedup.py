"""Was it faster together: accepted work against the time from the first handoff to the last result.

`value` counts occupancy, so slow workers look good in it; a baseline does not have this weakness.
"""

from __future__ import annotations

from fractions import Fraction

from evt.projections.intervals import clip, length, union, without
from evt.projections.measure import EVIDENCE_MAX, evidence, exact, ratio, seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from evt.projections.run import Figures, Run


def figures(run: Run) -> Figures:
    """All of `speedup.*`; what is held against the makespan needs a Completed."""
    view = run.views["attempts"]
    serial = sum(run.taken.values())
    path, along = longest(run.taken, view["needs"])
    workers, widest = view["most"]
    latest = [number for number in run.done.values() if number >= 0][-EVIDENCE_MAX:]
    results = evidence(run.accepted_at(number)[1] for number in latest)
    on_path = evidence(run.accepted_at(run.done[task])[1] for task in along)
    least = max(Fraction(path), Fraction(serial, workers)) if run.makespan else None
    return {
        "speedup.serial_s": (seconds(serial), results),
        **_in_makespan(run, serial),
        "speedup.critical_path_s": (seconds(path), on_path),
        "speedup.workers": (workers, [widest] if widest else []),
        "speedup.bound": (ratio(serial, least), on_path),
    }


def _in_makespan(run: Run, serial: int) -> Figures:
    view = run.views["attempts"]
    if run.makespan is None:
        names = ("makespan_s", "stalled_s", "value", "vs_baseline")
        return {f"speedup.{name}": (None, []) for name in names}
    span = run.makespan[1] - run.makespan[0]
    edges = evidence((view["first"][1], view["last"][1]))
    stalled = run.views["questions"]["asked"]
    known = run.baseline.get("serialSeconds")
    return {
        "speedup.makespan_s": (seconds(span), edges),
        "speedup.stalled_s": (seconds(stalled_us(run)), evidence(s for *_, s in stalled)),
        "speedup.value": (ratio(serial, span), edges),
        "speedup.vs_baseline": (ratio(exact(known), seconds(span)) if known else None, edges),
    }


def stalled_us(run: Run) -> int:
    """Microseconds of the makespan with a blocking question open and no active attempt."""
    if run.makespan is None:
        return 0
    low, high = run.makespan
    asked = [
        (start, high if end is None else end) for start, end, _ in run.views["questions"]["asked"]
    ]
    waiting = clip(union(asked), low, high)
    if not waiting:
        return 0
    return length(without(waiting, union(part for a in run.attempts for part in run.active(a))))


def longest(taken: Mapping[str, int], needs: Mapping[str, list[str]]) -> tuple[int, list[str]]:
    """The longest sum along dependencies, and the tasks on that way in order.

    Tasks that are not in `taken` and their dependencies do not count.
    """
    best: dict[str, tuple[int, str | None]] = {
        task: (us, None) for task, us in taken.items() if task not in needs
    }
    todo = [task for task in taken if task in needs]
    while todo:
        task = todo[-1]
        before = [name for name in needs.get(task, ()) if name in taken]
        missing = [name for name in before if name not in best]
        if missing and task not in best:
            todo += missing
            best[task] = (0, None)  # a cycle, which no log should have, ends here
            continue
        todo.pop()
        top = max(before, key=lambda name: best[name][0], default=None)
        best[task] = (taken[task] + (best[top][0] if top else 0), top)
    last = max(best, key=lambda name: best[name][0], default=None)
    size = best[last][0] if last else 0
    way: list[str] = []
    while last is not None and last not in way:
        way.append(last)
        last = best[last][1]
    return size, way[::-1]
