"""Where the engineer had to act, and how long that took.

An execution intervention is an Intervened of a kind other than setup, or a Resolved by the
engineer. It belongs to every attempt of its task that is open at that moment.
"""

from __future__ import annotations

from fractions import Fraction

from evt.projections.measure import evidence, exact, ratio
from evt.projections.views.attempt_moves import open_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.projections.fold import Moment
    from evt.projections.measure import Number
    from evt.projections.run import Figures, Run
    from evt.projections.views import Row

TYPES = frozenset({"Intervened", "Resolved"})


def initial() -> Row:
    """`hit`: number of an attempt -> sequences; `untied`: sequences of those without one.

    `of`: task -> sequences of all of them; `prompts`: sequences; `measured`, `estimated` and, of
    both, `debug`: [sequence, minutes].
    """
    return {
        "all": [], "hit": {}, "untied": [], "of": {}, "prompts": [],
        "measured": [], "estimated": [], "debug": [],
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
    took = event.data.get("minutes")
    if took is None:
        return
    view["estimated" if event.data.get("estimated") else "measured"].append([moment.sequence, took])
    if event.data["kind"] == "debug":
        view["debug"].append([moment.sequence, took])


def minutes(view: Row, name: str) -> Number:
    """The sum of minutes under a name of the view, exactly."""
    return sum(exact(minutes) for _, minutes in view[name])


def figures(run: Run) -> Figures:
    """How often the engineer had to act, and for how long."""
    view, handoffs = run.views["interventions"], len(run.attempts)
    touched = min(handoffs, len(view["hit"]) + len(view["untied"]))
    prompts = ratio(len(view["prompts"]), max(1, len(run.done))) if handoffs else None
    hours = {name: minutes(view, name) / Fraction(60) for name in ("measured", "estimated")}
    known = run.baseline.get("debugMinutes")
    debug = ratio(minutes(view, "debug"), None if known is None else exact(known))
    return {
        "intervention_ratio": (ratio(touched, handoffs), evidence(view["all"])),
        "prompts_per_task": (prompts, evidence(view["prompts"])),
        "engineer.hours": (sum(hours.values()), _timed(view, "measured", "estimated")),
        "engineer.hours.measured": (hours["measured"], _timed(view, "measured")),
        "engineer.hours.estimated": (hours["estimated"], _timed(view, "estimated")),
        "engineer.debug_ratio": (debug, _timed(view, "debug")),
    }


def _timed(view: Row, *names: str) -> list[int]:
    return evidence(sequence for name in names for sequence, _ in view[name])
