"""Conflicts between tasks over files, and which of them were put before somebody."""

from __future__ import annotations

from evt.projections.measure import evidence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.projections.fold import Moment
    from evt.projections.run import Figures, Run
    from evt.projections.views import Row

TYPES = frozenset({"ConflictDetected", "Escalated"})


def initial() -> Row:
    """`detected`: event id -> sequence; `escalated`: event id of a conflict -> sequence."""
    return {"detected": {}, "escalated": {}}


def evolve(view: Row, event: Event, moment: Moment) -> None:
    """Apply one event; an Escalated must name the conflict, the other task and the files."""
    if not moment.running:
        return
    if event.type == "ConflictDetected":
        view["detected"][event.id] = moment.sequence
        return
    named = event.data.get("conflict")
    if named in view["detected"] and event.data.get("with") and event.data.get("files"):
        view["escalated"].setdefault(named, moment.sequence)


def figures(run: Run) -> Figures:
    """How many conflicts there were, and how many of them somebody was asked about."""
    view = run.views["conflicts"]
    return {
        f"conflicts.{name}": (len(view[name]), evidence(view[name].values()))
        for name in ("detected", "escalated")
    }
