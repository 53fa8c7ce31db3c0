"""Tasks by status, and the events that brought them there."""

from __future__ import annotations

from itertools import islice

from evt.eventlog.state import STATUSES
from evt.projections.measure import EVIDENCE_MAX, evidence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.eventlog.line import Event
    from evt.projections.fold import Moment
    from evt.projections.run import Figures, Run
    from evt.projections.views import Row

TYPES = frozenset({
    "TaskCreated", "TaskRevised", "TaskCancelled", "Assigned", "Heartbeat", "Completed", "Rejected",
    "Failed", "TimedOut", "LateResult", "WorkerLeft", "Escalated", "Resolved", "Reopened", "Noted",
    "Intervened",
})  # fmt: skip
_HELD = "held"  # assigned or in progress: which of them, Heartbeats decide, and many are not seen
_SIGNS = ("Heartbeat", "Noted", "Intervened")  # of life: whoever holds a task goes on holding it
_AS_HELD = ("assigned", "in-progress")


def initial() -> Row:
    """`at`: task -> [sequence of its TaskCreated, status or "held", sequence of that]; `held`."""
    return {"at": {}, "held": []}


def evolve(view: Row, event: Event, moment: Moment) -> None:
    """Apply one event."""
    if not moment.running:
        return
    if event.type != "WorkerLeft":
        known = view["at"].get(event.subject)
        if known is None or known[1] != _HELD or event.type not in _SIGNS:
            _look(view, event.subject, moment)
        return
    for task in list(view["held"]):
        _look(view, task, moment)


def _look(view: Row, task: str | None, moment: Moment) -> None:
    row = moment.state.task(task or "")
    if row is None:
        return
    known = view["at"].setdefault(row["id"], [moment.sequence, "", moment.sequence])
    status = _HELD if row["status"] in _AS_HELD else row["status"]
    if known[1] != status:
        if _HELD in (known[1], status):
            (view["held"].append if status == _HELD else view["held"].remove)(row["id"])
        known[1:] = status, moment.sequence


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
    seen = _seen(run, min(ready, EVIDENCE_MAX))
    return {f"tasks.{name}": (number, evidence(seen[name])) for name, number in numbers.items()}


def _seen(run: Run, ready: int) -> dict[str, list[int]]:
    """Sequences per status; of ready tasks, which only their rows show, the latest so many."""
    at = run.views["tasks"]["at"]
    found: dict[str, list[int]] = {name: [] for name in (*STATUSES, "ready")}
    for task, (_, status, sequence) in at.items():
        found[run.status(task) if status == _HELD else status].append(sequence)
    found["ready"] += islice(_ready(run), ready)
    return {**found, "total": [created for created, *_ in at.values()]}


def _ready(run: Run) -> Iterator[int]:
    for task, (_, status, sequence) in reversed(run.views["tasks"]["at"].items()):
        if status == "pending":
            row = run.state.get(f"t/{run.name}/{task}")
            if row and row["rank"] is not None:
                yield sequence
