"""The time account: what each worker's part of the makespan went into.

The view keeps what attempts do not tell: when a task was ready, and who was gone.
"""

from __future__ import annotations

from evt.projections.intervals import clip, common, length, union, without
from evt.projections.measure import ratio, seconds
from evt.projections.views.attempt_moves import find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.line import Event
    from evt.eventlog.state import State
    from evt.projections.fold import Moment
    from evt.projections.intervals import Intervals
    from evt.projections.run import Figures, Run
    from evt.projections.views import Row

PARTS = ("work", "rework", "waiting", "absent", "coordination", "idle")
TYPES = None  # every event may make a task ready, or be that of a worker who is back


def initial() -> Row:
    """`ready`: [[from, to (None: still)]] with at least one ready task; `gone`: worker -> the same.

    A worker is gone from its last sign of life on an attempt that timed out to its next event.
    """
    return {"ready": [], "is_ready": False, "gone": {}, "away": []}


def evolve(view: Row, event: Event, moment: Moment) -> None:
    """Apply one event."""
    if (moment.state.head["ready"] > 0) is not view["is_ready"] and moment.running:
        _turn(view, moment)
    if view["away"] and event.actor in view["away"]:
        view["away"].remove(event.actor)
        view["gone"][event.actor][-1][1] = moment.log
    if event.type == "TimedOut":
        _gone(view, event, moment)


def is_steady(view: Row, state: State) -> bool:
    """Whether a Heartbeat of a live attempt leaves this view as it is."""
    return (state.head["ready"] > 0) is view["is_ready"] and not view["away"]


def _turn(view: Row, moment: Moment) -> None:
    view["is_ready"] = not view["is_ready"]
    if view["is_ready"]:
        view["ready"].append([moment.log, None])
    else:
        view["ready"][-1][1] = moment.log


def _gone(view: Row, event: Event, moment: Moment) -> None:
    attempts, worker = moment.views["attempts"], event.data["worker"]
    number = find(attempts, event.subject, event.data["attempt"])
    if number is not None and worker not in view["away"]:
        view["away"].append(worker)
        view["gone"].setdefault(worker, []).append([attempts["attempts"][number]["last"], None])


def figures(run: Run) -> Figures:
    """The sums over all workers, in seconds, and the part of the time that was accepted work."""
    total = dict.fromkeys(PARTS, 0)
    for parts in run.account.values():
        for part, us in parts.items():
            total[part] += us
    view, whole = run.views["attempts"], sum(total.values())
    edges = [view["first"][1], view["last"][1]] if run.makespan else []
    found: Figures = {
        f"time.{part}_s": (seconds(us) if run.makespan else None, edges)
        for part, us in total.items()
    }
    found["time.efficiency"] = (ratio(total["work"], whole), edges)
    return found


def split(run: Run) -> dict[str, dict[str, int]]:
    """Worker -> part -> microseconds: each instant of the makespan counts for exactly one part.

    Parts that overlap give way to the ones before them.
    """
    if run.makespan is None:
        return {}
    low, high = run.makespan
    whole = [(low, high)] if high > low else []
    view = run.views["account"]
    ready = clip(_ended(view["ready"], high), low, high)
    joined = run.fold.whole["presence"]["joined"]
    found = {}
    for worker, (good, bad, parked) in _held(run).items():
        gone = without(whole, union(_ended(joined.get(worker, []), high)))
        gone += _ended(view["gone"].get(worker, []), high)
        found[worker] = _parts(whole, (good, bad, parked, gone), ready)
    return found


def _parts(whole: Intervals, layers: tuple[Intervals, ...], ready: Intervals) -> dict[str, int]:
    covered: Intervals = []
    size, sizes = 0, []
    for layer in layers:
        if layer and whole:
            covered = clip(union([*covered, *layer]), *whole[0])
        before, size = size, length(covered)
        sizes.append(size - before)
    rest = without(whole, covered)
    coordination = length(common(rest, ready))
    sizes += [coordination, length(rest) - coordination]
    return dict(zip(PARTS, sizes, strict=True))


def _held(run: Run) -> dict[str, tuple[Intervals, Intervals, Intervals]]:
    """Worker -> when it worked on what was accepted, on what was not, and when it was parked."""
    kept = _kept(run)
    found: dict[str, tuple[Intervals, Intervals, Intervals]] = {}
    for number, attempt in enumerate(run.attempts):
        good, bad, parked = found.setdefault(attempt["worker"], ([], [], []))
        (good if number in kept else bad).extend(run.active(attempt))
        if "parked" in attempt:
            parked += _ended(attempt["parked"], run.now)
    return found


def _kept(run: Run) -> set[int]:
    """Numbers of attempts that were accepted and not reopened later."""
    kept = set(run.done.values())
    for task, sequences in run.views["gate"]["reopened"].items():
        number = run.done.get(task, -1)
        if number >= 0 and sequences[-1] > run.accepted_at(number)[1]:
            kept.discard(number)
    return kept


def _ended(spans: list[list[Any]], now: int) -> Intervals:
    return [(start, now if end is None else end) for start, end in spans]
