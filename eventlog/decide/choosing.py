"""Which task a worker gets: what it holds, else the best ready one it may take."""

from __future__ import annotations

from evt.eventlog.catalog import LIVE_NAME, MAX_PARKED, SECOND
from evt.eventlog.evolve.attempts import policy
from evt.eventlog.evolve.ready import rank_of, ranked
from evt.eventlog.overlap import first_meeting, outputs
from evt.eventlog.waits import backoff, overlap, protected, wall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.eventlog.commands import Next
    from evt.eventlog.rows import TaskRow
    from evt.eventlog.state import State

JUDGED = 3  # the last scores of a worker that tell whether its context is full
CANDIDATES = 200  # ready tasks that a caller is asked to look at


class Choice:
    """What a look over the ready tasks found: the best one, or why there is none."""

    __slots__ = ("best", "reasons", "reserved", "soonest")

    def __init__(self) -> None:
        self.best: TaskRow | None = None
        self.reasons: list[tuple[str, str, str]] = []  # (task, kind of reason, words)
        self.reserved: list[str] = []  # outputs of tasks that were passed over too often
        self.soonest: int | None = None  # log time at which a backoff ends


def held_task(state: State, worker: str) -> str | None:
    """The active task of a worker, else an answered one, else the one that lapsed."""
    held = held_tasks(state, worker)
    return held[0] if held else None


def held_tasks(state: State, worker: str) -> list[str]:
    """All that a worker holds, in the order in which `next` gives it back."""
    live = [
        (name, entry) for name, entry in state.head["live"].items() if entry["worker"] == worker
    ]
    live.sort(key=lambda item: item[1]["free"] > 0)
    lapsed = [name for name, who in state.head["lapsed"].items() if who == worker]
    return [name for name, _ in live] + lapsed


def choose(state: State, log_us: int, command: Next) -> Choice:
    """The best task for this worker; one it was taken from comes after all others."""
    choice, worker = Choice(), command.actor
    most = _most_to_read(state, command)
    fallback = None
    for entry in ranked(state):
        task = state.task(entry[3])
        if task is None or not _is_free(state, task, log_us, choice):
            continue
        if (words := _unfit(task["id"], command, most)) is not None:
            choice.reasons.append((task["id"], "unfit", words))
            continue
        if worker not in task["last"]:
            choice.best = task
            break
        until = _kept_for_others(state, task, worker)
        if until > log_us:
            words = f"kept for another worker until {wall(state, until)}"
            choice.reasons.append((task["id"], "kept", words))
            choice.soonest = min(choice.soonest or until, until)
            continue
        fallback = fallback or task
    found = [*_abandoned(state, worker, log_us), *([choice.best] if choice.best else [])]
    choice.best = min(found, key=rank_of) if found else fallback
    return choice


def _kept_for_others(state: State, task: TaskRow, worker: str) -> int:
    """Log time until which a reassigned task is for those who have not tried it, 0 if for anyone.

    Only while one of them is there and free.
    """
    since = task["attempts"][-1]["sequence"]
    questions = task["questions"]
    if not any(q["action"] == "reassign" and q["resolved"] > since for q in questions):
        return 0
    head = state.head
    busy = {entry["worker"] for entry in head["live"].values()}
    for name, (last, _) in head["seen"].items():
        if state.log_us - last > LIVE_NAME * SECOND:
            continue  # perhaps nobody is there any more
        row = state.get(f"w/{name}")
        parked = sum(held == name for held in head["parked"].values())
        free = name not in busy and parked < MAX_PARKED and name not in task["last"]
        if free and row is not None and row["role"] == "worker":
            return task["backoff"] + policy(state, "parkedGraceSeconds") * SECOND
    return 0


def _abandoned(state: State, worker: str, log_us: int) -> Iterator[TaskRow]:
    """Answered tasks whose worker did not come back in time."""
    for name, entry in state.head["live"].items():
        if 0 < entry["free"] <= log_us and entry["worker"] != worker:
            row = state.task(name)
            if row is not None:
                yield row


def _is_free(state: State, task: TaskRow, log_us: int, choice: Choice) -> bool:
    if (words := backoff(state, task, log_us)) is not None:
        choice.reasons.append((task["id"], "backoff", words))
        choice.soonest = min(choice.soonest or task["backoff"], task["backoff"])
        return False
    mine = outputs(task["data"])
    met = first_meeting(mine, choice.reserved) if choice.reserved else None
    words = f"output {met} is kept for a task of higher rank" if met else overlap(state, task)
    if words is None:
        return True
    choice.reasons.append((task["id"], "overlap", words))
    if protected(task, log_us):
        choice.reserved += mine
    return False


def _unfit(name: str, command: Next, most: int | None) -> str | None:
    """Why this caller cannot take a free task."""
    if (words := command.excluded.get(name)) is not None:
        return words
    if most is not None and command.sizes is not None and command.sizes.get(name, most + 1) > most:
        return f"too much to read for {command.actor}, whose last scores are low"
    return None


def _most_to_read(state: State, command: Next) -> int | None:
    """The median of the sizes, if this worker is to be spared what is above it."""
    if not command.sizes or not low_scored(state, command.actor):
        return None
    sizes = sorted(command.sizes.values())
    return sizes[(len(sizes) - 1) // 2]


def low_scored(state: State, worker: str) -> bool:
    """Whether the last three scores of a worker average below `lowScore`: its context is full."""
    row = state.get(f"w/{worker}")
    last = row["scores"][-JUDGED:] if row is not None else []
    return len(last) == JUDGED and sum(last) < policy(state, "lowScore") * JUDGED


def candidates(state: State) -> list[str]:
    """Ready tasks, best first: what `Next.sizes` and `Next.excluded` may be about."""
    found = []
    for entry in ranked(state):
        found.append(entry[3])
        if len(found) == CANDIDATES:
            break
    return found
