"""Silent workers: how long until each was noticed, and what came too late."""

from __future__ import annotations

from evt.eventlog.catalog import SECOND
from evt.eventlog.evolve.attempts import policy
from evt.projections.measure import evidence, nearest_rank, ratio, seconds
from evt.projections.views.attempt_moves import find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.projections.fold import Moment
    from evt.projections.run import Figures, Run
    from evt.projections.views import Row

TYPES = frozenset({"TimedOut", "LateResult"})


def initial() -> Row:
    """`detected`: [microseconds, sequence] per TimedOut; `late`: sequences of LateResults."""
    return {"detected": [], "late": []}


def evolve(view: Row, event: Event, moment: Moment) -> None:
    """Apply one event.

    A lease longer than the ordinary one was asked for: silence counts from where the ordinary
    lease before its end would have begun.
    """
    if not moment.running:
        return
    if event.type == "LateResult":
        view["late"].append(moment.sequence)
        return
    attempts = moment.views["attempts"]
    number = find(attempts, event.subject, event.data["attempt"])
    if number is None:
        return
    silent_from = attempts["attempts"][number]["last"]
    if moment.lease_end is not None:
        ordinary = policy(moment.state, "heartbeatTimeoutSeconds") * SECOND
        silent_from = max(silent_from, moment.lease_end - ordinary)
    view["detected"].append([moment.log - silent_from, moment.sequence])


def figures(run: Run) -> Figures:
    """How soon silence was noticed, whether work went on by itself, what was wasted."""
    view = run.views["recovery"]
    times = [us for us, _ in view["detected"]]
    seen = evidence(sequence for _, sequence in view["detected"])
    lost, on = _closed(run)
    accepted = set(run.done.values())
    wasted = [a for k, a in enumerate(run.attempts) if k not in accepted and a["end"] is not None]
    return {
        "recovery.detection_s.p50": (seconds(nearest_rank(times, 50)) if times else None, seen),
        "recovery.detection_s.max": (seconds(max(times)) if times else None, seen),
        "recovery.reassigned": (ratio(on, len(lost)), evidence(lost)),
        "recovery.late_results": (len(view["late"]), evidence(view["late"])),
        "recovery.wasted_s": (
            seconds(sum(map(run.open_us, wasted))), evidence(a["ended"] for a in wasted)
        ),
    }  # fmt: skip


def _closed(run: Run) -> tuple[list[int], int]:
    """Sequences at which attempts timed out or failed, and how many went on by themselves.

    Left out: tasks that are cancelled, and what the last event of the log closed.
    """
    after = {a["before"]: a["sequence"] for a in run.attempts if "before" in a}
    acts = run.views["interventions"]["of"]
    lost, on = [], 0
    for number, attempt in enumerate(run.attempts):
        gone = attempt["how"] == "TimedOut" or (
            attempt["how"] == "Failed" and "final" not in attempt
        )
        judged = gone and attempt["ended"] < run.state.sequence
        if judged and run.status(attempt["task"]) != "cancelled":
            lost.append(attempt["ended"])
            following = after.get(number, 0)
            between = acts.get(attempt["task"], ())
            on += following > 0 and not any(attempt["ended"] < s < following for s in between)
    return lost, on
