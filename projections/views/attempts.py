"""Attempts from Assigned to their end, with what interrupted them: what most figures are made of.

An attempt is open until the first of Completed, Failed, TimedOut, TaskCancelled, WorkerLeft of its
worker, Resolved with reassign or cancel; a later Assigned does not close it. One that timed out is
open again when its worker comes back before anybody took the task. All times are log time.
"""

from __future__ import annotations

from sys import intern

from evt.eventlog.catalog import ADVICE
from evt.projections.measure import EVIDENCE_MAX, evidence
from evt.projections.views.attempt_moves import (
    SILENCE_US,
    alive,
    close,
    close_all,
    enter,
    find,
    open_again,
    open_of,
    pair,
    sign,
    unpark,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from evt.eventlog.line import Event
    from evt.projections.fold import Moment
    from evt.projections.run import Figures, Run
    from evt.projections.views import Row

TYPES = frozenset({
    "Assigned", "Heartbeat", "Completed", "Rejected", "Failed", "TimedOut", "TaskCancelled",
    "WorkerLeft", "Escalated", "Resolved", "Noted", "Intervened", "Reopened",
})  # fmt: skip


SIMPLE = 9  # keys of an attempt that was never pushed, parked or open twice: see `_assigned`


def initial() -> Row:
    """Attempts in order, the open ones, completed tasks, and what was counted on the way.

    An attempt: task, n, worker, `sequence` (of its Assigned), `begin`, `last` (sign of life), `end`
    (None: open), `how` (type of the event that ended it, "over": another attempt completed the
    task) and `ended` (its sequence); where it applies `before` (number of the attempt before it),
    `first` (sign of life of a pushed one), `parked` [[from, to]], `gaps` [[gone, closed, back]],
    `final` (Failed for good) and `late` [time, sequence] of a Completed after its end.
    """
    return {
        "attempts": [],
        "of": {},  # task -> number of its last attempt
        "open": [],  # numbers of open attempts
        "back": {},  # task -> number of a closed attempt that may still go on
        "done": {},  # completed task -> number of the attempt that was accepted, -1: unknown
        "needs": {},  # completed task -> its dependencies, if it has any
        "types": {},  # completed task -> its type, if that is not "task"
        "first": None,  # [log time, sequence] of the first Assigned
        "last": None,  # [log time, sequence] of the last Completed
        "most": [0, 0],  # most open at once, sequence
        "pairs": [],  # [task, n, n, sequence]: two attempts of one task open at once
        "twice": [],  # sequences of a Completed of a completed task
        "silences": 0,  # steps between signs of life inside active attempts
        "long": [],  # sequences at which such a step of more than a minute ended
    }


def evolve(view: Row, event: Event, moment: Moment) -> None:
    """Apply one event."""
    if event.type == "Heartbeat":
        _beat(view, event, moment)
    elif moment.running:
        _RULES[event.type](view, event, moment)


def _beat(view: Row, event: Event, moment: Moment) -> None:
    number = view["of"].get(event.subject)
    if number is None:
        return
    attempt = view["attempts"][number]
    if attempt["n"] != event.data["attempt"]:
        sign(view, event, moment)  # of an attempt before the last one, if it is open
    elif attempt["end"] is None:
        alive(view, attempt, moment)
    else:
        _revive(view, event.subject, moment)


def steady(view: Row, beats: Sequence[Event], logs: Sequence[int], moment: Moment) -> int:
    """Apply Heartbeats that only say that an open attempt is alive; the first other one ends it.

    `logs` are their log times, `moment` that before the first. Returns how many there were.
    """
    known, all_of_them, before = view["of"], view["attempts"], moment.sequence
    plain = 0  # silences of attempts of which nothing else has to be known
    for at, beat in enumerate(beats):
        number = known.get(beat.subject)
        if number is None:
            break
        attempt = all_of_them[number]
        if attempt["n"] != beat.data["attempt"] or attempt["end"] is not None:
            break
        if len(attempt) == SIMPLE and logs[at] - attempt["last"] <= SILENCE_US:
            attempt["last"] = logs[at]
            plain += 1
        else:
            moment.sequence, moment.log = before + at + 1, logs[at]
            alive(view, attempt, moment)
    else:
        at = len(beats)
    view["silences"] += plain
    return at


def _assigned(view: Row, event: Event, moment: Moment) -> None:
    data, row = event.data, moment.state.task(event.subject or "")
    task = row["id"] if row else event.subject  # one text for all who name the task: there are many
    for other in open_of(view, task):
        pair(view, view["attempts"][other], data["attempt"], moment)
    view["back"].pop(task, None)
    attempt = {
        "task": task, "n": data["attempt"], "worker": intern(data["worker"]),
        "sequence": moment.sequence, "begin": moment.log, "last": moment.log, "end": None,
        "how": "", "ended": 0,
    }  # fmt: skip
    if event.actor != data["worker"]:
        attempt["first"] = None
    if task in view["of"]:
        attempt["before"] = view["of"][task]
    view["of"][task] = number = len(view["attempts"])
    view["attempts"].append(attempt)
    enter(view, number, moment)
    view["first"] = view["first"] or [moment.log, moment.sequence]


def _revive(view: Row, task: str | None, moment: Moment) -> None:
    """Let a closed attempt go on if the rules do, or forget it if they do not."""
    number = view["back"].get(task)
    row = moment.state.task(task or "")
    if number is None or row is None or not row["attempts"]:
        return
    attempt, held = view["attempts"][number], row["attempts"][-1]
    lives = ("assigned", "running", *(("parked",) if attempt["how"] == "TimedOut" else ()))
    if held["n"] == attempt["n"] and held["state"] in lives:
        for other in open_of(view, task):
            pair(view, view["attempts"][other], attempt["n"], moment)
        open_again(view, number, moment)
    elif held["n"] != attempt["n"] or held["state"] in ("closed", "completed"):
        del view["back"][task]


def _completed(view: Row, event: Event, moment: Moment) -> None:
    task = event.subject or ""
    sign(view, event, moment)
    number = find(view, task, event.data["attempt"])
    if number is not None and view["back"].get(task) == number:
        open_again(view, number, moment)  # it was alive after all, and ends now
    attempt = view["attempts"][number] if number is not None else {"end": 0}
    if number is not None and attempt["end"] is None:
        close(view, number, "Completed", moment)
    else:
        attempt["late"] = [moment.log, moment.sequence]
    close_all(view, event, "over", moment)
    _done(view, task, -1 if number is None else number, moment)


def _done(view: Row, task: str, number: int, moment: Moment) -> None:
    if task in view["done"]:
        view["twice"].append(moment.sequence)
    row = moment.state.task(task)
    view["done"][row["id"] if row else task] = number
    asked = row["data"] if row else {}
    view["needs"].pop(task, None)
    if asked.get("dependencies"):
        view["needs"][task] = list(asked["dependencies"])
    if asked.get("type", "task") != "task":
        view["types"][task] = intern(asked["type"])
    view["last"] = [moment.log, moment.sequence]


def _failed(view: Row, event: Event, moment: Moment) -> None:
    sign(view, event, moment)
    number = find(view, event.subject, event.data["attempt"])
    if number is None:
        return
    attempt = view["attempts"][number]
    if attempt["end"] is None:
        close(view, number, "Failed", moment)
        if not event.data.get("retryable", True):
            attempt["final"] = True
    elif view["back"].get(event.subject) == number:
        del view["back"][event.subject]  # it timed out, and says now that it will not go on


def _timed_out(view: Row, event: Event, moment: Moment) -> None:
    number = find(view, event.subject, event.data["attempt"])
    if number is not None and view["attempts"][number]["end"] is None:
        close(view, number, "TimedOut", moment)
        view["back"][event.subject] = number


def _cancelled(view: Row, event: Event, moment: Moment) -> None:
    close_all(view, event, "TaskCancelled", moment)


def _left(view: Row, event: Event, moment: Moment) -> None:
    for task, number in list(view["back"].items()):
        if view["attempts"][number]["worker"] == event.subject:
            _revive(view, task, moment)
    for number in list(view["open"]):
        attempt = view["attempts"][number]
        if attempt["worker"] == event.subject:
            parked = attempt.get("parked", [[0, 0]])[-1][1] is None
            close(view, number, "WorkerLeft", moment)
            if parked:  # its question is still open; whoever joins under its name may go on
                view["back"][attempt["task"]] = number


def _escalated(view: Row, event: Event, moment: Moment) -> None:
    sign(view, event, moment)
    if event.data["kind"] in ADVICE:
        return
    _revive(view, event.subject, moment)
    for number in open_of(view, event.subject):
        parked = view["attempts"][number].setdefault("parked", [])
        if not parked or parked[-1][1] is not None:
            parked.append([moment.log, None])


def _resolved(view: Row, event: Event, moment: Moment) -> None:
    waiting = moment.views["questions"]["open"].get(event.subject, [])  # as they were before
    asked = event.data.get("escalation", waiting[0] if waiting else None)
    if "late" in event.data or asked not in waiting:
        return
    if event.data["action"] in ("reassign", "cancel"):
        close_all(view, event, "Resolved", moment)
    elif event.data["action"] == "accept" or waiting == [asked]:
        for number in open_of(view, event.subject):
            unpark(view["attempts"][number], moment)
        _revive(view, event.subject, moment)


def _rejected(view: Row, event: Event, moment: Moment) -> None:
    _revive(view, event.subject, moment)


def _reopened(view: Row, event: Event, moment: Moment) -> None:
    view["done"].pop(event.subject, None)


_RULES: dict[str, Any] = {
    "Assigned": _assigned, "Completed": _completed, "Rejected": _rejected, "Failed": _failed,
    "TimedOut": _timed_out, "TaskCancelled": _cancelled, "WorkerLeft": _left,
    "Escalated": _escalated, "Resolved": _resolved, "Noted": sign, "Intervened": sign,
    "Reopened": _reopened,
}  # fmt: skip


def figures(run: Run) -> Figures:
    """Handoffs, and pairs of attempts of one task that were open at once."""
    pairs = run.views["attempts"]["pairs"]
    return {
        "handoffs": (
            len(run.attempts),
            evidence(a["sequence"] for a in run.attempts[-EVIDENCE_MAX:]),
        ),
        "duplicates": (len(pairs), evidence(pair[3] for pair in pairs)),
    }
