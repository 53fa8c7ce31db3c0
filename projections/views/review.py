"""What was handed in and what became of it, per task: the evidence behind `evt review`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.projections.fold import Moment
    from evt.projections.views import Row

TYPES = frozenset({
    "Completed", "Rejected", "TaskRevised", "ConflictDetected", "Reopened", "Reviewed",
    "LateResult",
})  # fmt: skip
_HANDED_IN = (
    "attempt", "deliverables", "results", "attested", "notes", "contextEfficiencyScore",
    "rubricScore", "signals", "acceptedBy", "overridden", "workspace", "revision",
)  # fmt: skip


def initial() -> Row:
    """Task -> {completed: data of its last Completed, and lists of what else happened}."""
    return {"tasks": {}}


def evolve(view: Row, event: Event, moment: Moment) -> None:
    """Apply one event."""
    if not moment.running and event.type not in ("Reopened", "Reviewed"):
        return
    data = event.data
    seen = {"sequence": moment.sequence, "by": event.actor}
    task = view["tasks"].setdefault(event.subject, _nothing())
    if event.type == "Completed":
        task["completed"] = seen | {key: data[key] for key in _HANDED_IN if key in data}
    elif event.type == "Rejected":
        task["refusals"].append(seen | {"attempt": data["attempt"], "results": data["results"]})
    elif event.type == "TaskRevised":
        if data.get("loosened"):
            task["loosened"].append(seen | {"changed": data["changed"], "reason": data["reason"]})
    elif event.type == "ConflictDetected":
        task["conflicts"].append(seen | data)
    elif event.type == "LateResult":
        task["late"].append(seen | data)
    else:
        task["verdicts"].append(seen | {"type": event.type} | data)


def _nothing() -> Row:
    return {
        "completed": None, "refusals": [], "loosened": [], "conflicts": [], "late": [],
        "verdicts": [],
    }  # fmt: skip
