"""Questions that block: which are open, and when at least one of a project was."""

from __future__ import annotations

from evt.eventlog.catalog import ADVICE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.projections.fold import Moment
    from evt.projections.views import Row

TYPES = frozenset({"Escalated", "Resolved", "Completed", "TaskCancelled", "Reopened"})


def initial() -> Row:
    """`open`: task -> ids of its open blocking questions.

    `asked`: [[from, to (None: still), sequence]] with at least one such question open.
    """
    return {"open": {}, "asked": []}


def evolve(view: Row, event: Event, moment: Moment) -> None:
    """Apply one event."""
    if not moment.running:
        return
    waiting, task = view["open"], event.subject
    if event.type == "Escalated":
        if event.data["kind"] not in ADVICE:
            if not waiting:
                view["asked"].append([moment.log, None, moment.sequence])
            waiting.setdefault(task, []).append(event.id)
        return
    if event.type == "Resolved" and event.data["action"] == "resume":
        _answer(waiting, task, event.data)
    elif event.type != "Resolved" or event.data.get("escalation") in waiting.get(task, ()):
        waiting.pop(task, None)
    if not waiting and view["asked"] and view["asked"][-1][1] is None:
        view["asked"][-1][1] = moment.log


def _answer(waiting: Row, task: str | None, data: Row) -> None:
    """Close the question that is named, or the oldest of the task."""
    asked = waiting.get(task or "", [])
    name = data.get("escalation", asked[0] if asked else None)
    if "late" not in data and name in asked:
        asked.remove(name)
        if not asked:
            del waiting[task or ""]
