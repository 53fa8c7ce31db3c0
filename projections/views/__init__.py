"""The views that figures are made of: one file and one line below for each.

Each has `initial()`, a pure `evolve(view, event, moment)` and the `TYPES` it looks at (None: all).
A view is a JSON value that is changed in place. Views are given an event in the order of this page:
whoever looks at a later one in `moment.views` sees it as it was before the event. `figures(run)`
makes of a view what `evt metrics` shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from evt.projections.views import (
    account,
    attempts,
    conflicts,
    context,
    gate,
    interventions,
    presence,
    questions,
    recovery,
    review,
    speedup,
    tasks,
    window,
)

if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.projections.fold import Moment
    from evt.projections.run import Figures, Run

Row = dict[str, Any]


class View(Protocol):
    """What a module of this package is, if it keeps something."""

    @property
    def TYPES(self) -> frozenset[str] | None:
        """The types of events that it looks at."""

    def initial(self) -> Row:
        """The view before the first event."""

    def evolve(self, view: Row, event: Event, moment: Moment) -> None:
        """Apply one event."""


class Measured(Protocol):
    """What a module of this package is, if it knows figures."""

    def figures(self, run: Run) -> Figures:
        """Figures by key, each with the sequences it rests on."""


# Of a project, kept in the checkpoint: what `evt metrics` reads.
MEASURED: dict[str, View] = {
    "window": window,
    "interventions": interventions,
    "recovery": recovery,
    "account": account,
    "context": context,
    "attempts": attempts,
    "questions": questions,
    "gate": gate,
    "conflicts": conflicts,
}
# Of a project, folded when somebody asks: long texts, seldom read.
TOLD: dict[str, View] = {**MEASURED, "review": review}
# Of the log: what outlives a project.
WHOLE: dict[str, View] = {"presence": presence}

FIGURES: tuple[Measured, ...] = (
    tasks, attempts, interventions, context, speedup, account, recovery, gate, conflicts,
)  # fmt: skip
