"""Tables for a spreadsheet: tasks, attempts, events.

A cell that a spreadsheet would take for a formula gets an apostrophe in front; what a terminal
would obey is written out, lines stay lines.
"""

from __future__ import annotations

import csv
import io
from itertools import chain

import orjson

from evt.projections.measure import seconds_or_none
from evt.projections.run import Run
from evt.projections.text import inert, json_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evt.eventlog.line import Event
    from evt.projections.fold import Fold

    Cell = str | int | float | None

TASKS = (
    "task", "status", "type", "description", "dependencies", "priority", "estimate_s", "attempts",
    "worker", "score", "taken_s", "created", "completed",
)  # fmt: skip
ATTEMPTS = (
    "task", "attempt", "worker", "assigned_sequence", "begin_s", "end_s", "ended_by",
    "ended_sequence", "parked_s", "accepted",
)  # fmt: skip
EVENTS = (
    "sequence", "time", "type", "subject", "actor", "project", "id", "causation", "data",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def tasks_csv(fold: Fold, project: str) -> str:
    """One row per task in order of creation; `taken_s`: its accepted attempt less questions."""
    run = Run(fold, project)
    rows = []
    for row in fold.tasks(project):
        data, number = row["data"], run.done.get(row["id"], -1)
        rows.append((
            row["id"], row["status"], data.get("type"), data.get("description"),
            " ".join(data.get("dependencies", ())), data.get("priority", 0),
            data.get("estimateSeconds"), len(row["attempts"]),
            run.attempts[number]["worker"] if number >= 0 else None, row["score"],
            seconds_or_none(run.taken.get(row["id"])), row["at"], row["completedAt"],
        ))  # fmt: skip
    return "".join(_lines(TASKS, rows))


def attempts_csv(fold: Fold, project: str) -> str:
    """One row per attempt; times are seconds of log time since the project started."""
    run = Run(fold, project)
    start = run.views["window"]["started"][0]
    accepted = set(run.done.values())
    rows = [
        (
            a["task"], a["n"], a["worker"], a["sequence"], seconds_or_none(a["begin"] - start),
            seconds_or_none(None if a["end"] is None else a["end"] - start), a["how"],
            a["ended"] or None, seconds_or_none(run.asked(a)), k in accepted,
        )
        for k, a in enumerate(run.attempts)
    ]  # fmt: skip
    return "".join(_lines(ATTEMPTS, rows))


def events_csv(events: Iterable[Event]) -> Iterator[str]:
    """The header, then a line per event; `data` is JSON."""
    return _lines(
        EVENTS,
        (
            (e.sequence, e.time, e.type, e.subject, e.actor, e.correlationid, e.id, e.causationid,
             json_text(orjson.dumps(e.data)))
            for e in events
        ),
    )  # fmt: skip


def _lines(head: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in chain((head,), rows):
        writer.writerow([_safe(cell) for cell in row])
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def _safe(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    return inert(f"'{cell}" if cell.startswith(_FORMULA) else cell)
