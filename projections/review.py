"""What was delivered, task after task in the order of dependencies, with the evidence for it.

Fold the log with `views=TOLD`: the evidence is long and is not in the checkpoint.
"""

from __future__ import annotations

from evt.eventlog.decide.plan import in_order
from evt.projections.metrics import run_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.rows import TaskRow
    from evt.projections.fold import Fold
    from evt.projections.views import Row

_NOTHING: dict[str, Any] = {
    "completed": None, "refusals": [], "loosened": [], "conflicts": [], "late": [], "verdicts": [],
}  # fmt: skip
UNATTRIBUTED = ("in_scope", " of nobody: ")  # the check that reports such changes, and how


def review(fold: Fold, project: str | None = None) -> list[dict[str, Any]]:
    """One entry per task; raises Refusal if the log has no project of that name.

    {task, status, description, needs, worker, attempt, score, deliverables [{path, sha256, bytes}],
    passed, attested, unattributed, refusals, loosened, conflicts, late, verdicts, notes,
    acceptedBy, overridden, suspect}; `passed` are results, `attested` {criterion, text,
    how}, the lists after it have a sequence each.
    """
    run = run_of(fold, project)
    if run.name is None:
        return []
    told = run.views["review"]["tasks"]
    rows = {row["id"]: row for row in fold.tasks(run.name)}
    order = in_order([{"id": name, **row["data"]} for name, row in rows.items()])
    return [_entry(rows[task["id"]], told.get(task["id"], _NOTHING)) for task in order]


def _entry(row: TaskRow, told: Row) -> dict[str, Any]:
    data = row["data"]
    done = told["completed"] if row["status"] == "completed" else None
    handed: Row = done or {}
    results = handed.get("results", [])
    criteria = data.get("acceptance", {}).get("criteria", [])
    held = [a["worker"] for a in row["attempts"] if a["n"] == handed.get("attempt")]
    return {
        "task": row["id"],
        "status": row["status"],
        "description": data.get("description"),
        "needs": list(data.get("dependencies", ())),
        "worker": held[-1] if held else None,
        "attempt": handed.get("attempt"),
        "score": None if handed.get("unscored") else handed.get("contextEfficiencyScore"),
        "sequence": handed.get("sequence"),
        "deliverables": handed.get("deliverables", []),
        "passed": [result for result in results if result["verdict"] == "passed"],
        "attested": [
            {**one, "text": criteria[one["criterion"] - 1]}
            if one["criterion"] <= len(criteria)
            else {**one, "text": None}
            for one in handed.get("attested", [])
        ],
        "unattributed": [result for result in results if _is_unattributed(result)],
        "refusals": told["refusals"],
        "loosened": told["loosened"],
        "conflicts": told["conflicts"],
        "late": told["late"],
        "verdicts": told["verdicts"],
        "notes": handed.get("notes"),
        "acceptedBy": handed.get("acceptedBy"),
        "overridden": handed.get("overridden"),
        "suspect": row["suspect"],
    }


def _is_unattributed(result: Row) -> bool:
    """Whether a result that passed names changed files that no attempt claims."""
    check, words = UNATTRIBUTED
    passed = result["verdict"] == "passed" and result["check"] == check
    return passed and words in result["message"]
