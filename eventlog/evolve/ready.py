"""The ready index: tasks that could be given out, in rank order, in pieces of at most `PIECE`.

One list would be rewritten as a whole by every claim; pieces keep the cost of a claim flat.
An entry is `[-priority, -chain, sequence, id]`, so that the best rank sorts first.
"""

from __future__ import annotations

from bisect import bisect_right, insort

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.eventlog.rows import Row, TaskRow
    from evt.eventlog.state import State

PIECE = 128


def index(state: State, task: TaskRow) -> None:
    """Put the task where its status, dependencies and rank say; the task must be editable."""
    rank = None
    if task["status"] == "pending" and task["open"] == 0:
        rank = rank_of(task)
    if rank == task["rank"]:
        return
    if task["rank"] is not None:
        _remove(state, task["rank"])
        state.head["ready"] -= 1
    if rank is not None:
        _insert(state, rank)
        state.head["ready"] += 1
    task["rank"] = rank


def rank_of(task: TaskRow) -> list[Any]:
    """Priority, length of the chain that waits, age; the best sorts first."""
    return [-task["data"].get("priority", 0), -task["chain"], task["sequence"], task["id"]]


def ranked(state: State) -> Iterator[list[Any]]:
    """Entries, best first. The index must not change meanwhile."""
    directory = state.get(f"d/{state.head['last']}")
    if directory is not None:
        for _, number in directory["pieces"]:
            yield from state.get(f"r/{state.head['last']}/{number}")["entries"]


def _piece(state: State, rank: list[Any]) -> tuple[Row, int]:
    """The directory to read and the place in it of the piece that covers this rank."""
    directory: Row = state.get(f"d/{state.head['last']}")
    pieces = directory["pieces"]
    if len(pieces) == 1:
        return directory, 0
    return directory, max(0, bisect_right(pieces, rank, key=_lowest) - 1)


def _lowest(piece: list[Any]) -> list[Any]:
    lowest: list[Any] = piece[0]
    return lowest


def _insert(state: State, rank: list[Any]) -> None:
    project = state.head["last"]
    directory, place = _piece(state, rank)
    number = directory["pieces"][place][1]
    entries = state.edit(f"r/{project}/{number}")["entries"]
    insort(entries, rank)
    if len(entries) > PIECE:
        directory = state.edit(f"d/{project}")
        upper = entries[PIECE // 2 :]
        del entries[PIECE // 2 :]
        directory["pieces"].insert(place + 1, [upper[0], directory["next"]])
        state.put(f"r/{project}/{directory['next']}", {"entries": upper})
        directory["next"] += 1


def _remove(state: State, rank: list[Any]) -> None:
    project = state.head["last"]
    directory, place = _piece(state, rank)
    number = directory["pieces"][place][1]
    entries = state.edit(f"r/{project}/{number}")["entries"]
    entries.remove(rank)
    if not entries and place > 0:  # the first piece stays: it takes what sorts before all others
        del state.edit(f"d/{project}")["pieces"][place]
