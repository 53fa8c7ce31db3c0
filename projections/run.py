"""One project's history, ready to be measured: views, policy, and what several figures share."""

from __future__ import annotations

from functools import cached_property

from evt.eventlog.catalog import POLICY
from evt.projections.intervals import union, without
from evt.projections.views import MEASURED
from evt.projections.views.account import split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.projections.fold import Fold
    from evt.projections.intervals import Intervals
    from evt.projections.measure import Number
    from evt.projections.views import Row

    Figure = tuple[Number | None, list[int]]  # value and the sequences that it rests on
    Figures = dict[str, Figure]


class Run:
    """A project of a fold; None is a log without any project, of which nothing is known."""

    def __init__(self, fold: Fold, project: str | None) -> None:
        self.fold = fold
        self.state = fold.state
        self.name = project
        row = self.state.get(f"p/{project}") if project is not None else None
        self.data: Row = row["data"] if row else {}
        self.views: dict[str, Row] = (
            {name: view.initial() for name, view in MEASURED.items()}
            if project is None
            else fold.views(project)
        )
        self.attempts: list[Row] = self.views["attempts"]["attempts"]
        self.done: dict[str, int] = self.views["attempts"]["done"]
        self.now = self.state.log_us

    @property
    def policy(self) -> dict[str, Any]:
        """The policy in force, defaults included."""
        return {**POLICY, "targets": {}, **(self.data.get("policy") or {})}

    @property
    def baseline(self) -> dict[str, float]:
        """What the same work cost without evt, as far as it is recorded."""
        return self.data.get("baseline") or {}

    @cached_property
    def makespan(self) -> tuple[int, int] | None:
        """Log time of the first Assigned and of the last Completed; None without one of them."""
        first, last = self.views["attempts"]["first"], self.views["attempts"]["last"]
        return (first[0], last[0]) if first and last and first[1] < last[1] else None

    @cached_property
    def taken(self) -> dict[str, int]:
        """Completed task -> microseconds of its accepted attempt without its questions."""
        return {task: self._taken(number) for task, number in self.done.items() if number >= 0}

    def _taken(self, number: int) -> int:
        attempt = self.attempts[number]
        at = attempt["late"][0] if "late" in attempt else attempt["end"]
        us: int = at - attempt["begin"]
        return us - self.asked(attempt) if "parked" in attempt else us

    @cached_property
    def scores(self) -> dict[str, list[int]]:
        """Worker -> scores of its attempts in order."""
        view = self.views["context"]
        found: dict[str, list[int]] = {}
        for score, worker in zip(view["scores"], view["workers"], strict=True):
            found.setdefault(worker, []).append(score)
        return found

    @cached_property
    def account(self) -> dict[str, dict[str, int]]:
        """Worker -> part of the time account -> microseconds."""
        return split(self)

    def accepted_at(self, number: int) -> tuple[int, int]:
        """Log time and sequence of the Completed of an accepted attempt."""
        attempt = self.attempts[number]
        late = attempt.get("late")
        return (late[0], late[1]) if late else (attempt["end"], attempt["ended"])

    def asked(self, attempt: Row) -> int:
        """Microseconds of an attempt with a blocking question open."""
        spans = attempt.get("parked", ())
        return sum((self.now if end is None else end) - start for start, end in spans)

    def active(self, attempt: Row) -> Intervals:
        """When an attempt was open and not parked."""
        whole = [(attempt["begin"], self.now if attempt["end"] is None else attempt["end"])]
        if "parked" not in attempt and "gaps" not in attempt:
            return whole
        holes = [(start, self.now if to is None else to) for start, to in attempt.get("parked", ())]
        holes += [(closed, back) for _, closed, back in attempt.get("gaps", ())]
        return without(whole, union(holes))

    def open_us(self, attempt: Row) -> int:
        """Microseconds for which a closed attempt was open."""
        away: int = sum(back - closed for _, closed, back in attempt.get("gaps", ()))
        length: int = attempt["end"] - attempt["begin"]
        return length - away

    def status(self, task: str) -> str:
        """The status of a task now, "" if there is none."""
        row = self.state.get(f"t/{self.name}/{task}")
        return row["status"] if row else ""

    @cached_property
    def workers(self) -> dict[str, list[int]]:
        """Names with an Assigned, in the order in which they came -> numbers of their attempts."""
        found: dict[str, list[int]] = {}
        for number, attempt in enumerate(self.attempts):
            found.setdefault(attempt["worker"], []).append(number)
        return found
