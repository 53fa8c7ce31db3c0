"""Projects, and the events of the log itself."""

from __future__ import annotations

from evt.eventlog.catalog import POLICY, SECOND
from evt.eventlog.evolve.anomalies import anomaly
from evt.eventlog.evolve.attempts import policy
from evt.eventlog.state import STATUSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.eventlog.rows import HeadRow, ProjectRow
    from evt.eventlog.state import State


def _nothing_held(head: HeadRow) -> None:
    head["live"], head["lapsed"], head["parked"], head["questions"] = {}, {}, {}, {}
    head["paused"] = False


def started(state: State, event: Event) -> None:
    """A project opens; an open one before it was not ended properly."""
    name = event.subject or ""
    head = state.head
    if head["project"] is not None or state.get(f"p/{name}") is not None:
        anomaly(state, event, "ProjectStarted while one is open, or under a name used before")
    if state.get(f"p/{name}") is not None:
        return
    head["project"] = head["last"] = name
    head["policy"] = {**POLICY, **(event.data.get("policy") or {})}
    head["counts"] = dict.fromkeys(STATUSES, 0)
    head["ready"] = 0
    _nothing_held(head)
    row: ProjectRow = {
        "name": name, "sequence": state.sequence, "data": {**event.data}, "outcome": None,
    }  # fmt: skip
    state.put(f"p/{name}", row)
    state.put(f"d/{name}", {"pieces": [[[], 0]], "next": 1})
    state.put(f"r/{name}/0", {"entries": []})


def revised(state: State, event: Event) -> None:
    """Fields of the project change, of policy and baseline those that are given.

    Leases already running stay as they are.
    """
    if state.head["project"] is None:
        return anomaly(state, event, "ProjectRevised without an open project")
    row: ProjectRow = state.edit(state.project_key())
    changed = {key: value for key, value in event.data.items() if key not in ("note", "name")}
    for key in changed.keys() & {"policy", "baseline"}:
        changed[key] = {**(row["data"].get(key) or {}), **changed[key]}
    row["data"] = {**row["data"], **changed}
    state.head["policy"] = {**POLICY, **(row["data"].get("policy") or {})}
    return None


def paused(state: State, event: Event) -> None:
    """No work is given out, no lease runs, the time counts for nothing."""
    if state.head["project"] is None or state.head["paused"]:
        return anomaly(state, event, "ProjectPaused without a running project")
    state.head["paused"] = True
    return None


def resumed(state: State, event: Event) -> None:
    """Work goes on."""
    if not state.head["paused"]:
        return anomaly(state, event, "ProjectResumed of a project that is not paused")
    state.head["paused"] = False
    return None


def ended(state: State, event: Event) -> None:
    """The project closes; nothing is held any more."""
    if state.head["project"] is None:
        return anomaly(state, event, "ProjectEnded without an open project")
    if state.head["live"] or state.head["parked"]:
        anomaly(state, event, "ProjectEnded while attempts were open")
    state.edit(state.project_key())["outcome"] = event.data["outcome"]
    state.head["project"] = None
    return _nothing_held(state.head)


def log_resumed(state: State, event: Event) -> None:
    """Nobody was watching: every live lease starts anew from here."""
    for entry in state.head["live"].values():
        entry["until"] = state.log_us + entry["lease"] * SECOND
        if entry["free"]:
            entry["free"] = state.log_us + policy(state, "parkedGraceSeconds") * SECOND


def server_started(state: State, event: Event) -> None:
    """The live server listens."""
    state.head["server"] = {"host": event.data.get("host"), "port": event.data.get("port")}


def server_stopped(state: State, event: Event) -> None:
    """The live server went away."""
    state.head["server"] = None
