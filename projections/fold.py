"""The fold of the views: the state that rules read, and beside it what figures are made of.

One pass over the events feeds all of them. Views are rows of that state (`v/<project>/<view>`, and
`v//<view>` for those of the whole log), so that a checkpoint of the one holds the others as well.
"""

from __future__ import annotations

from evt.eventlog.clock import lines_us
from evt.eventlog.evolve import evolve
from evt.eventlog.state import ORDER, State
from evt.eventlog.vocabulary import EVENT_TYPES
from evt.projections.views import MEASURED, WHOLE, account, attempts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from evt.eventlog.line import Event
    from evt.eventlog.rows import TaskRow
    from evt.projections.views import Row, View

    Route = list[tuple[str, Callable[[Row, Event, "Moment"], None]]]

AFTER_THE_END = ("Reopened", "Reviewed")  # count for their project, but open nothing
_PROJECTS = "v"
MANY = 16  # Heartbeats in a row from which on it pays to look which of them count


class Moment:
    """What a view may know besides its event: the moment just behind it."""

    __slots__ = ("lease_end", "log", "running", "sequence", "state", "views")

    state: State  # as it is after the event
    sequence: int
    log: int  # log time in microseconds
    views: dict[str, Row]  # of the project that the event belongs to
    running: bool  # whether that project is the open one
    lease_end: int | None  # of the attempt that a TimedOut is about, None if it held no lease


class Fold:
    """A state and its views; `apply` is the only way in which they change."""

    def __init__(self, state: State | None = None, views: dict[str, View] = MEASURED) -> None:
        self.state = state or State()
        self._kinds = views
        self._routes = _routes(views)
        self._whole_routes = {type: route for type, route in _routes(WHOLE).items() if route}
        self._loaded: dict[str, dict[str, Row]] = {}
        self._changed: set[str] = set()
        if self.state.get(_PROJECTS) is None:
            self.state.put(_PROJECTS, {"names": []})
            for name, kind in WHOLE.items():
                self.state.put(f"v//{name}", kind.initial())
        self.whole: dict[str, Row] = {name: self.state.get(f"v//{name}") for name in WHOLE}
        self._moment = Moment()
        self._moment.state, self._moment.lease_end, self._moment.running = self.state, None, True
        self._current: str | None = self.state.head["project"]
        self._here: dict[str, Row] = {} if self._current is None else self.views(self._current)

    @property
    def projects(self) -> list[str]:
        """Names of all projects in order."""
        return list(self.state.get(_PROJECTS)["names"])

    def views(self, project: str) -> dict[str, Row]:
        """The views of a project to read, by name; raises KeyError if there is no such project."""
        if project not in self._loaded:
            if project not in self.state.get(_PROJECTS)["names"]:
                raise KeyError(project)
            self._loaded[project] = {
                name: self.state.get(f"v/{project}/{name}") for name in self._kinds
            }
        return self._loaded[project]

    def task_ids(self, project: str) -> list[str]:
        """The tasks of any project in order of creation."""
        found: list[str] = []
        while (row := self.state.get(f"o/{project}/{len(found) // ORDER}")) is not None:
            found += row["ids"]
            if len(row["ids"]) < ORDER:
                break
        return found

    def tasks(self, project: str) -> Iterator[TaskRow]:
        """Their rows."""
        for task in self.task_ids(project):
            yield self.state.get(f"t/{project}/{task}")

    def apply(self, events: Iterable[Event]) -> None:
        """Fold the next events of the log, in order."""
        if self._current is not None:
            self._changed.add(self._current)
        beats: list[Event] = []
        for event in events:
            if event.type == "Heartbeat":
                beats.append(event)
                continue
            if beats:
                self._beats(beats)
                beats = []
            self._one(event)
        self._beats(beats)

    def _beats(self, beats: list[Event]) -> None:
        """Heartbeats in a row: of those that a later one overtakes only the silences count."""
        if len(beats) < MANY:
            for beat in beats:
                self._one(beat)
            return
        from evt.eventlog.evolve.many import not_overtaken

        start = 0
        for at in (*not_overtaken(self.state.head["live"], beats), len(beats)):
            while start < at:
                start += self._overtaken(beats[start:at])
                if start < at:
                    self._one(beats[start])
                    start += 1
            if at < len(beats):
                self._one(beats[at])
            start = at + 1

    def _overtaken(self, beats: list[Event]) -> int:
        """How many of them, from the first on, were plain signs of life of open attempts."""
        from evt.eventlog.evolve.many import are_steady, pass_time

        state, here = self.state, self._here
        if not here.keys() >= {"account", "attempts"}:
            return 0
        if {beat.correlationid for beat in beats} - {None, self._current}:
            return 0
        times = [beat.recordedtime or beat.time for beat in beats]
        if not are_steady(state, times) or not account.is_steady(here["account"], state):
            return 0
        moment = self._moment
        moment.views, moment.sequence = here, state.sequence
        offset = state.log_us - state.clock_us
        logs = [clock + offset for clock in lines_us(times)]
        count = attempts.steady(here["attempts"], beats, logs, moment)
        if count:
            pass_time(state, beats[:count], times[:count])
        return count

    def _one(self, event: Event) -> None:
        state, moment, kind = self.state, self._moment, event.type
        if kind == "TimedOut":
            held = state.head["live"].get(event.subject or "")
            moment.lease_end = held["until"] if held else None
        evolve(state, event)
        moment.sequence, moment.log = state.sequence, state.log_us
        if kind in self._whole_routes:
            for name, rule in self._whole_routes[kind]:
                rule(self.whole[name], event, moment)
        elif kind == "ProjectStarted" and state.head["project"] is not None:
            self._current = state.head["project"]
            self._here = self._start(self._current)
        named = event.correlationid
        if named is None or named == self._current:
            moment.views = self._here
        else:
            moment.views, moment.running = self._elsewhere(event, self._here)
        if moment.views:
            for name, rule in self._routes.get(kind, self._routes[""]):
                rule(moment.views[name], event, moment)
        moment.running = True
        if kind == "ProjectEnded":
            self._current, self._here = None, {}

    def mark(self) -> None:
        """Let the next checkpoint hold the views: they were changed in place."""
        dirty = self.state.dirty
        dirty.update(f"v//{name}" for name in WHOLE)
        for project in self._changed:
            dirty.update(f"v/{project}/{name}" for name in self._kinds)
        self._changed.clear()

    def _enter(self, project: str) -> dict[str, Row]:
        self._changed.add(project)
        return self.views(project)

    def _elsewhere(self, event: Event, here: dict[str, Row]) -> tuple[dict[str, Row], bool]:
        """Views for an event that names another project, and whether that project is open."""
        named = event.correlationid or ""
        if named not in self.state.get(_PROJECTS)["names"]:
            return here, True
        return (self._enter(named) if event.type in AFTER_THE_END else {}), False

    def _start(self, project: str) -> dict[str, Row]:
        names = self.state.get(_PROJECTS)["names"]
        if project not in names:
            self.state.edit(_PROJECTS)["names"].append(project)
            for name, kind in self._kinds.items():
                self.state.put(f"v/{project}/{name}", kind.initial())
        return self._enter(project)


def _routes(views: dict[str, View]) -> dict[str, Route]:
    """For each type the views that look at it, in order; "" for types that nobody knows."""
    return {
        type: [
            (name, view.evolve)
            for name, view in views.items()
            if view.TYPES is None or type in view.TYPES
        ]
        for type in (*EVENT_TYPES, "")
    }
