"""When a project ran, in log time and in sequences."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.projections.fold import Moment
    from evt.projections.views import Row

TYPES = frozenset({"ProjectStarted", "ProjectEnded"})


def initial() -> Row:
    """`started` and `ended` as [log time, sequence]; None: not (yet)."""
    return {"started": None, "ended": None}


def evolve(view: Row, event: Event, moment: Moment) -> None:
    """Apply one event."""
    if event.type == "ProjectStarted":
        view["started"] = view["started"] or [moment.log, moment.sequence]
    elif moment.running:
        view["ended"] = [moment.log, moment.sequence]
