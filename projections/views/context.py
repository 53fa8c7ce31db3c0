"""Context efficiency: the score of every Completed."""

from __future__ import annotations

from evt.projections.measure import EVIDENCE_MAX, evidence, ratio
from evt.projections.views.attempt_moves import find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.projections.fold import Moment
    from evt.projections.run import Figures, Run
    from evt.projections.views import Row

TYPES = frozenset({"Completed"})


def initial() -> Row:
    """Score, sequence and worker of each Completed, in three lists of one order."""
    return {"scores": [], "sequences": [], "workers": []}


def evolve(view: Row, event: Event, moment: Moment) -> None:
    """Apply one event; the score belongs to the worker of the attempt, whoever accepts it."""
    if moment.running and not event.data.get("unscored"):
        attempts = moment.views["attempts"]
        number = find(attempts, event.subject, event.data["attempt"])
        worker = event.actor if number is None else attempts["attempts"][number]["worker"]
        view["scores"].append(event.data["contextEfficiencyScore"])
        view["sequences"].append(moment.sequence)
        view["workers"].append(worker)


def figures(run: Run) -> Figures:
    """The mean, the least and the last score."""
    view = run.views["context"]
    scores, sequences = view["scores"], view["sequences"]
    if not scores:
        return dict.fromkeys(
            (f"context_score.{name}" for name in ("mean", "min", "last")), (None, [])
        )
    least = min(scores)
    lowest = [s for score, s in zip(scores, sequences, strict=True) if score == least]
    return {
        "context_score.mean": (ratio(sum(scores), len(scores)), sequences[-EVIDENCE_MAX:]),
        "context_score.min": (least, evidence(lowest)),
        "context_score.last": (scores[-1], [sequences[-1]]),
    }
