"""Tasks by status."""

from __future__ import annotations

from evt.eventlog.state import STATUSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.projections.run import Figures, Run


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
    return {f"tasks.{status}": (number, []) for status, number in numbers.items()}
