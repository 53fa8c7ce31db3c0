"""Where the engineer had to act, and how long that took.

An execution intervention is an Intervened of a kind other than setup, or a Resolved by the
engineer. It belongs to every attempt of its task that is open at that moment.
"""

from __future__ import annotations

from evt.projections.measure import evidence, ratio
from evt.projections.views.attempt_moves import open_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.projections.fold import Moment
    from evt.projections.run import Figures, Run
    from evt.projections.views import Row

TYPES = frozenset({"Intervened", "Resolved"})


def initial() -> Row:
    """`hit`: number of an attempt -> sequences; `untied`: sequences of those without one.

    `of`: task -> sequences of all of them; `prompts`: sequences; minutes `measured`, `estimated`
    and, of both, `debug`.
    """
    return {
        "all": [], "hit": {}, "untied": [], "of": {}, "prompts": [],
        "measured": 0, "estimated": 0, "debug": 0, "timed": [],
    }  # fmt: skip


def evolve(view: Row, event: Event, moment: Moment) -> None:
    """Apply one event; attempts are looked at as they were before it."""
    if not moment.running:
        return
    if event.type == "Intervened":
        _minutes(view, event, moment)
        if event.data["kind"] == "setup":
            return
        if event.data["kind"] == "prompt":
            view["prompts"].append(moment.sequence)
    elif event.actor != "engineer":
        return
    view["all"].append(moment.sequence)
    numbers = open_of(moment.views["attempts"], event.subject)
    for number in numbers:
        view["hit"].setdefault(str(number), []).append(moment.sequence)
    if not numbers:
        view["untied"].append(moment.sequence)
    if event.subject is not None:
        view["of"].setdefault(event.subject, []).append(moment.sequence)


def _minutes(view: Row, event: Event, moment: Moment) -> None:
    minutes = event.data.get("minutes")
    if minutes is None:
        return
    view["estimated" if event.data.get("estimated") else "measured"] += minutes
    if event.data["kind"] == "debug":
        view["debug"] += minutes
    view["timed"].append(moment.sequence)


def figures(run: Run) -> Figures:
    """How often the engineer had to act, and for how long."""
    view, handoffs = run.views["interventions"], len(run.attempts)
    touched = min(handoffs, len(view["hit"]) + len(view["untied"]))
    prompts = ratio(len(view["prompts"]), max(1, len(run.done))) if handoffs else None
    timed = evidence(view["timed"])
    debug = ratio(view["debug"], run.baseline.get("debugMinutes"))
    return {
        "intervention_ratio": (ratio(touched, handoffs), evidence(view["all"])),
        "prompts_per_task": (prompts, evidence(view["prompts"])),
        "engineer.hours": ((view["measured"] + view["estimated"]) / 60, timed),
        "engineer.hours.measured": (view["measured"] / 60, timed),
        "engineer.hours.estimated": (view["estimated"] / 60, timed),
        "engineer.debug_ratio": (debug, timed),
    }
