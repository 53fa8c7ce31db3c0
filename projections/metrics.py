"""Was it worth it: the document `evt.metrics/1`, every figure with its verdict and evidence."""

from __future__ import annotations

from evt.eventlog.errors import Refusal
from evt.projections.abandon import abandon
from evt.projections.measure import plain, ratio, seconds, uncollected
from evt.projections.phases import Measure, phases
from evt.projections.recommend import recommend
from evt.projections.run import Run
from evt.projections.targets import targets, verdicts
from evt.projections.views import FIGURES
from evt.projections.views.account import PARTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.projections.fold import Fold

SCHEMA = "evt.metrics/1"


@uncollected()
def metrics(fold: Fold, project: str | None = None) -> dict[str, Any]:
    """The document for the open or last project, or the one that is named.

    Durations are seconds of log time. Raises Refusal if the log has no project of that name.
    """
    run = run_of(fold, project)
    figures = {key: figure for part in FIGURES for key, figure in part.figures(run).items()}
    values = {key: value for key, (value, _) in figures.items()}
    seen = {key: sequences for key, (_, sequences) in figures.items()}
    wanted = targets(run.policy, values)
    judged = verdicts(values, wanted)
    document = plain({
        "schema": SCHEMA,
        "project": run.name,
        "phase": run.data.get("phase"),
        "sequence": run.state.sequence,
        "values": values,
        "targets": {key: number for key, (_, number) in wanted.items()},
        "verdicts": judged,
        "evidence": seen,
        "workers": {name: _worker(run, name) for name in run.workers},
        "phases": phases(Measure(run, values, judged, wanted, seen)),
        "abandon": abandon(run, values, seen),
    })  # fmt: skip
    return {**document, "recommendation": recommend(document, run)}


def run_of(fold: Fold, project: str | None) -> Run:
    """The history of a project, by default of the open or last one; raises Refusal."""
    last = fold.state.head["last"]
    if project is not None and project not in fold.projects:
        known = ", ".join(fold.projects) or "none yet"
        raise Refusal(4, "not_found", f"there is no project {project} (there are: {known})",
                      "evt status")  # fmt: skip
    return Run(fold, last if project is None else project)


def _worker(run: Run, name: str) -> dict[str, Any]:
    own = run.workers[name]
    accepted = set(run.done.values())
    hit = run.views["interventions"]["hit"]
    parts = run.account.get(name, {})
    return {
        "handoffs": len(own),
        "completed": len(accepted.intersection(own)),
        "interventions": sum(len(hit.get(str(k), ())) for k in own) if hit else 0,
        "timed_out": sum(run.attempts[k]["how"] == "TimedOut" for k in own),
        "scores": run.scores.get(name, []),
        **{f"{part}_s": seconds(parts[part]) if parts else None for part in PARTS},
        "efficiency": ratio(parts.get("work", 0), sum(parts.values())),
    }  # fmt: skip
