"""Who and what was there, over the whole log: projects count what is in force while they run."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.projections.fold import Moment
    from evt.projections.views import Row

TYPES = frozenset({"WorkerJoined", "WorkerLeft", "ServerStarted", "ServerStopped"})


def initial() -> Row:
    """`joined`: name -> [[from, to (None: still there)]] in log time.

    `server`: [[sequence of its start, of its stop (None: it listens)]].
    """
    return {"joined": {}, "server": []}


def evolve(view: Row, event: Event, moment: Moment) -> None:
    """Apply one event."""
    if event.type == "WorkerJoined":
        spans = view["joined"].setdefault(event.subject, [])
        if not spans or spans[-1][1] is not None:
            spans.append([moment.log, None])
    elif event.type == "WorkerLeft":
        spans = view["joined"].get(event.subject)
        if spans and spans[-1][1] is None:
            spans[-1][1] = moment.log
    elif event.type == "ServerStarted":
        view["server"].append([moment.sequence, None])
    elif view["server"]:
        view["server"][-1][1] = moment.sequence
