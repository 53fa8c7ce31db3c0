"""A baseline from a project that one worker did alone: what the work takes without the others."""

from __future__ import annotations

from evt.eventlog.errors import Refusal
from evt.projections.measure import plain
from evt.projections.metrics import run_of
from evt.projections.views.interventions import minutes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.projections.fold import Fold


def baseline(fold: Fold, project: str | None = None) -> dict[str, float]:
    """`{"serialSeconds", "debugMinutes"}` for ProjectRevised of the project to compare.

    Time in which the work stood still for an answer counts: it would have done so without evt.
    Raises Refusal if several workers took part, or a task is not completed.
    """
    run = run_of(fold, project)
    if run.makespan is None or len(run.workers) != 1:
        workers = ", ".join(run.workers) or "nobody"
        raise Refusal(
            4, "wrong_state", "a baseline needs a project that one worker completed; on "
            f"{run.name} worked: {workers}", "evt init --project NAME, with one worker",
        )  # fmt: skip
    open_tasks = [task for task in fold.tasks(str(run.name)) if task["status"] != "completed"]
    if open_tasks:
        raise Refusal(
            4, "wrong_state", f"{open_tasks[0]['id']} of {run.name} is {open_tasks[0]['status']}: "
            "a baseline needs every task completed", "evt status",
        )  # fmt: skip
    low, high = run.makespan
    debug = minutes(run.views["interventions"], "debug")
    return {"serialSeconds": (high - low) / 1_000_000, "debugMinutes": plain(debug)}
