"""Attempts as bars per worker, with the states they went through; for pictures and traces.

Times are microseconds of log time since the project started, so naps and pauses take no room.
"""

from __future__ import annotations

from evt.projections.run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.rows import QuestionRow, TaskRow
    from evt.projections.fold import Fold
    from evt.projections.views import Row

    Bar = dict[str, Any]

ASSIGNED, WORKING, PARKED, GONE = "assigned", "working", "parked", "gone"


def timeline(fold: Fold, project: str) -> dict[str, Any]:
    """`{"project", "end", "workers": [{"name", "lanes", "bars": [...]}], "questions": [...]}`.

    A bar: {task, title, attempt, lane, from, to, how, accepted, needs, states}, with `how` "" while
    it is open, and states [{state, from, to}] without a gap. Bars of a worker that overlap are on
    different lanes, counted from 0. A question: {task, worker, lane, kind, question, at}; worker
    None: nobody had the task.
    """
    run = Run(fold, project)
    window = run.views["window"]
    start: int = window["started"][0] if window["started"] else 0
    rows = {row["id"]: row for row in fold.tasks(project)}
    accepted = set(run.done.values())
    workers: dict[str, list[Bar]] = {}
    ends: dict[str, list[int]] = {}
    tried: dict[str, list[tuple[str, Bar]]] = {}  # task -> workers with their bars
    for number, attempt in enumerate(run.attempts):
        bar = _bar(run, attempt, rows.get(attempt["task"]), start)
        bar["accepted"] = number in accepted
        bar["lane"] = _lane(ends.setdefault(attempt["worker"], []), bar)
        workers.setdefault(attempt["worker"], []).append(bar)
        tried.setdefault(attempt["task"], []).append((attempt["worker"], bar))
    asked = [
        _question(tried.get(row["id"], []), row["id"], question, start)
        for row in rows.values()
        for question in row["questions"]
    ]
    return {
        "project": project,
        "end": (window["ended"][0] if window["ended"] else run.now) - start,
        "workers": [
            {"name": name, "lanes": len(ends[name]), "bars": bars} for name, bars in workers.items()
        ],
        "questions": sorted(asked, key=lambda question: question["at"]),
    }


def _lane(ends: list[int], bar: Bar) -> int:
    """The first lane that is free by then, made if there is none."""
    for number, end in enumerate(ends):
        if end <= bar["from"]:
            ends[number] = bar["to"]
            return number
    ends.append(bar["to"])
    return len(ends) - 1


def _bar(run: Run, attempt: Row, row: TaskRow | None, start: int) -> Bar:
    end = run.now if attempt["end"] is None else attempt["end"]
    data = row["data"] if row else {}
    return {
        "task": attempt["task"],
        "title": data.get("description", ""),
        "attempt": attempt["n"],
        "from": attempt["begin"] - start,
        "to": end - start,
        "how": attempt["how"],
        "needs": list(data.get("dependencies", ())),
        "states": states(attempt, end, start),
    }


def states(attempt: Row, end: int, start: int = 0) -> list[dict[str, Any]]:
    """What an attempt was in, piece by piece without a gap, from its Assigned to `end`."""
    marks = [(a, end if b is None else b, PARKED) for a, b in attempt.get("parked", ())]
    marks += [(gone, back, GONE) for gone, _, back in attempt.get("gaps", ())]
    if attempt["how"] == "TimedOut":
        marks.append((attempt["last"], end, GONE))
    if "first" in attempt:
        first = attempt["first"] if attempt["first"] is not None else end
        marks.append((attempt["begin"], first, ASSIGNED))
    pieces, at = [], attempt["begin"]
    for low, high, state in sorted(marks):
        if low > at:
            pieces.append((at, low, WORKING))
            at = low
        if high > max(low, at):
            pieces.append((max(low, at), high, state))
            at = high
    if at < end or not pieces:
        pieces.append((at, end, WORKING))
    return [{"state": state, "from": a - start, "to": b - start} for a, b, state in pieces]


def _question(
    tried: list[tuple[str, Bar]], task: str, question: QuestionRow, start: int
) -> dict[str, Any]:
    """Where a question is shown: at the attempt it is about, else the last one before it."""
    at = question["log"] - start
    before = [place for place in tried if place[1]["from"] <= at]
    named = [place for place in before if place[1]["attempt"] == question["attempt"]]
    place = (named or before)[-1] if before else None
    return {
        "task": task,
        "worker": place[0] if place else None,
        "lane": place[1]["lane"] if place else 0,
        "kind": question["kind"],
        "question": question["question"],
        "at": at,
    }
