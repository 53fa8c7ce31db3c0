"""The state table as data: what each request does to a task in each state.

`decide` looks its actions up here, the decider's tests are generated from the cases, and
`python -m evt.eventlog.table` writes docs/state-table.md. Nothing is said twice.

A cell is (action, cases); a case is (given, exit, types appended, state afterwards), where
`given` is what else holds (see `GIVEN`) and "=" means unchanged. `None`: cannot happen.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.rows import TaskRow

    Case = tuple[str, int, tuple[str, ...], str]
    Cell = tuple[str, tuple[Case, ...]] | None

COLUMNS = ("pending", "active", "lapsed", "escalated", "completed", "failed", "cancelled")
GIVEN = {
    "": "",
    "holder": "the caller holds it",
    "gate": "kind gate or untrusted",
    "blocked": "another kind",
    "closed": "the attempt was closed",
    "never": "the caller never had an attempt",
    "same": "the same attempt and content",
    "last": "it was the last try",
    "final": "not retryable",
    "advice": "kind drift or context",
    "late": "of a late result",
    "resume": "resume",
    "reassign": "reassign",
    "cancel": "cancel",
    "accept": "accept",
}
_OVER: Cell = ("over", (("", 4, (), "="),))
_STALE: Cell = ("stale", (("", 4, (), "="),))
_LATE: Case = ("closed", 4, ("LateResult",), "=")
_LATE_ONLY: Cell = ("late", (("", 4, ("LateResult",), "="),))
_REVISE: Cell = ("revise", (("", 0, ("TaskRevised",), "="),))
_CANCEL: Cell = ("cancel", (("", 0, ("TaskCancelled",), "cancelled"),))
_ADVICE: Cell = ("advice", (("advice", 0, ("Resolved",), "="), ("late", 4, (), "=")))
_PARK: Cell = (
    "park",
    (("", 0, ("Escalated",), "escalated"), ("advice", 0, ("Escalated",), "=")),
)
_REJECT: Cell = ("reject", (("", 5, ("Rejected",), "active"),))
_COMPLETE: Cell = ("complete", (("", 0, ("Completed",), "completed"),))
_REOPEN: Cell = ("reopen", (("", 0, ("Reopened",), "pending"),))

TABLE: dict[str, tuple[Cell, ...]] = {
    "Assigned": (
        ("assign", (("", 0, ("Assigned",), "active"),)),
        ("held", (("", 4, (), "="), ("holder", 0, (), "="))),
        ("take", (("", 0, ("Assigned",), "active"), ("holder", 0, ("Heartbeat",), "active"))),
        ("parked", (("", 4, (), "="),)),
        _OVER, _OVER, _OVER,
    ),
    "Heartbeat": (
        _STALE,
        ("beat", (("", 0, ("Heartbeat",), "active"),)),
        ("beat", (("", 0, ("Heartbeat",), "active"),)),
        ("beat", (("blocked", 0, ("Heartbeat",), "="),)),
        _OVER, _OVER, _OVER,
    ),
    "Completed": (
        ("late", (_LATE, ("never", 4, (), "="))),
        _COMPLETE,
        _COMPLETE,
        ("complete_parked", (
            ("gate", 0, ("Completed",), "completed"), ("blocked", 4, ("LateResult",), "="),
        )),
        ("late", (("same", 0, (), "="), ("", 4, ("LateResult",), "="))),
        _LATE_ONLY, _LATE_ONLY,
    ),
    "Completed, refused by the gate": (
        _STALE,
        _REJECT,
        _REJECT,
        ("reject_parked", (("gate", 5, ("Rejected",), "="), ("blocked", 4, ("LateResult",), "="))),
        _OVER, _OVER, _OVER,
    ),
    "Failed": (
        _STALE,
        ("fail", (
            ("", 0, ("Failed",), "pending"), ("final", 0, ("Failed",), "failed"),
            ("last", 0, ("Failed", "Escalated"), "escalated"),
        )),
        ("fail", (("", 0, ("Failed",), "pending"),)),
        ("fail", (("blocked", 0, ("Failed",), "="),)),
        _LATE_ONLY, _OVER, _OVER,
    ),
    "Escalated": (
        ("park_unheld", (("", 0, ("Escalated",), "escalated"), ("advice", 0, ("Escalated",), "="))),
        _PARK,
        _PARK,
        ("ask", (("", 0, ("Escalated",), "="),)),
        _OVER,
        ("ask", (("", 0, ("Escalated",), "="),)),
        _OVER,
    ),
    "sweep, lease over": (
        None,
        ("expire", (
            ("", 0, ("TimedOut",), "lapsed"), ("last", 0, ("TimedOut", "Escalated"), "escalated"),
        )),
        None,
        ("never", (("blocked", 0, (), "="),)),
        None, None, None,
    ),
    "Resolved": (
        _ADVICE,
        _ADVICE,
        ("advice_or_late", (
            ("advice", 0, ("Resolved",), "="), ("late", 0, ("Resolved", "Completed"), "completed"),
        )),
        ("answer", (
            ("resume", 0, ("Resolved",), "active"), ("reassign", 0, ("Resolved",), "pending"),
            ("cancel", 0, ("Resolved",), "cancelled"),
            ("accept", 0, ("Resolved", "Completed"), "completed"),
        )),
        _ADVICE,
        ("revive", (
            ("resume", 0, ("Resolved",), "pending"), ("reassign", 0, ("Resolved",), "pending"),
            ("cancel", 0, ("Resolved",), "cancelled"), ("accept", 4, (), "="),
            ("late", 4, (), "="),
        )),
        ("advice", (("advice", 0, ("Resolved",), "="),)),
    ),
    "TaskRevised": (_REVISE, _REVISE, _REVISE, _REVISE, _OVER, _REVISE, _OVER),
    "TaskCancelled": (_CANCEL, _CANCEL, _CANCEL, _CANCEL, _OVER, _CANCEL, _OVER),
    "Reopened": (_STALE, _STALE, _STALE, _STALE, _REOPEN, _REOPEN, _OVER),
    "WorkerLeft": (
        None,
        ("free", (("holder", 0, ("WorkerLeft",), "pending"),)),
        ("free", (("holder", 0, ("WorkerLeft",), "pending"),)),
        ("free", (("blocked", 0, ("WorkerLeft",), "="),)),
        None, None, None,
    ),
}  # fmt: skip


def column(task: TaskRow) -> str:
    """The column of the table that the task is in."""
    status = task["status"]
    if status in ("assigned", "in-progress"):
        return "active"
    if status == "pending" and task["attempts"] and task["attempts"][-1]["state"] == "lapsed":
        return "lapsed"
    return status


def action(request: str, task: TaskRow) -> str:
    """What the request does to the task, by name."""
    cell = TABLE[request][COLUMNS.index(column(task))]
    return cell[0] if cell is not None else "stale"


def page() -> str:
    """The table as Markdown, with `n` standing for the attempt that the request names."""
    lines = [
        "# The state table",
        "",
        "Generated by `python -m evt.eventlog.table` from the data that `decide` runs on.",
        "Rows: a request. Columns: the state of the task. A cell: the exit code, what is appended,",
        "and the state afterwards. Whatever is not here is refused with exit 4.",
        "",
        "| request | " + " | ".join(COLUMNS) + " |",
        "|---" * (len(COLUMNS) + 1) + "|",
    ]
    for request, cells in TABLE.items():
        lines.append(f"| {request} | " + " | ".join(_words(cell) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _words(cell: Cell) -> str:
    if cell is None:
        return "-"
    said = []
    for given, code, types, after in cell[1]:
        text = f"exit {code}"
        if types:
            text += ": " + " + ".join(types)
        if after != "=":
            text += f" → {after}"
        said.append(f"{GIVEN[given]}: {text}" if given else text)
    return "; ".join(said)


def main(argv: list[str]) -> int:
    """Write docs/state-table.md beside this package; with --check only compare."""
    from pathlib import Path

    target = Path(__file__).resolve().parent.parent / "docs" / "state-table.md"
    if "--check" in argv:
        return 0 if target.exists() and target.read_text() == page() else 1
    target.write_text(page())
    return 0


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))
