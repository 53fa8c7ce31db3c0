"""Whose file is it? Files that attempts touched or will write, seen from another attempt."""

from __future__ import annotations

from evt.eventlog.evolve.attempts import current
from evt.eventlog.overlap import first_meeting, outputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.state import State

    Owned = tuple[str, str, list[str]]  # task, its worker, files


def owners(state: State, name: str, n: int, files: list[str]) -> list[Owned]:
    """Live and parked attempts, but attempt `n` of task `name`, whose files some of these are."""
    found = []
    head = state.head
    ignored = head["policy"].get("ignore", ())
    files = [path for path in files if not ignored or first_meeting([path], ignored) is None]
    for other in (*head["live"], *head["parked"]):
        row = state.task(other)
        attempt = current(row) if row is not None else None
        if row is None or attempt is None or (other == name and attempt["n"] == n):
            continue
        theirs = outputs(row["data"])
        met = [
            path
            for path in files
            if path in attempt["touched"] or first_meeting([path], theirs) is not None
        ]
        if met:
            found.append((other, attempt["worker"], met))
    return found
