"""Tasks by status."""

from __future__ import annotations

from evt.eventlog.state import STATUSES
from evt.projections.measure import EVIDENCE_MAX, evidence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.eventlog.rows import TaskRow
    from evt.projections.run import Figures, Run

LOOKED_AT = 300  # tasks whose rows are looked at for evidence, the latest ones


def figures(run: Run) -> Figures:
    """`tasks.<status>` and `tasks.total`; `pending` includes `ready`."""
    counts = dict.fromkeys(STATUSES, 0)
    ready = 0
    if run.name is not None and run.name == run.state.head["last"]:
        counts, ready = run.state.head["counts"], run.state.head["ready"]
    elif run.name is not None:
        for row in run.fold.tasks(run.name):
            counts[row["status"]] += 1
            ready += row["rank"] is not None
    numbers = {
        "pending": counts["pending"],
        "ready": ready,
        **counts,
        "total": sum(counts.values()),
    }
    seen = _seen(run)
    return {f"tasks.{name}": (number, evidence(seen[name])) for name, number in numbers.items()}


def _seen(run: Run) -> dict[str, list[int]]:
    """Sequences of what brought tasks to each status, and of their creation."""
    found: dict[str, list[int]] = {name: [] for name in (*STATUSES, "ready", "total")}
    for row in _latest(run):
        found["total"].append(row["sequence"])
        found[row["status"]].append(row["since"])
        if row["rank"] is not None:
            found["ready"].append(row["since"])
    latest = [number for number in run.done.values() if number >= 0][-EVIDENCE_MAX:]
    found["completed"] += (run.accepted_at(number)[1] for number in latest)
    return found


def _latest(run: Run) -> Iterator[TaskRow]:
    """The last tasks, and before them those that are not completed."""
    ids = run.fold.task_ids(run.name) if run.name is not None else []
    looked = 0
    for number, task in enumerate(reversed(ids)):
        if number >= EVIDENCE_MAX and task in run.done:
            continue
        looked += 1
        if looked > LOOKED_AT:
            return
        yield run.state.get(f"t/{run.name}/{task}")
