"""Giving out work: `next` and the pushed Assigned (rules 1, 2, 5 and 7)."""

from __future__ import annotations

from evt.eventlog.catalog import FINAL, MAX_PARKED, SECOND, SIGN_EVERY
from evt.eventlog.decide.draft import cause, must_have_joined, must_lead, next_hint
from evt.eventlog.decision import Accepted
from evt.eventlog.errors import Refusal
from evt.eventlog.evolve.attempts import current, policy
from evt.eventlog.evolve.ready import rank_of, ranked
from evt.eventlog.overlap import first_meeting, outputs
from evt.eventlog.table import action
from evt.eventlog.waits import backoff, holder, overlap, protected, waits_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.commands import Emit
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.rows import Live, TaskRow
    from evt.eventlog.state import State

SHOWN = 10  # reasons and tasks that a refusal lists


class Choice:
    """What a look over the ready tasks found: the best one, or why there is none."""

    __slots__ = ("best", "reasons", "soonest")

    def __init__(self) -> None:
        self.best: TaskRow | None = None
        self.reasons: list[tuple[str, str, str]] = []  # (task, overlap or backoff, words)
        self.soonest: int | None = None  # log time at which a backoff ends


def next_task(draft: Draft) -> Accepted:
    """The actor's active task, else an answered one, else the best ready one."""
    must_have_joined(draft)
    state, worker = draft.state, draft.command.actor
    if state.head["project"] is None:
        raise _nothing(draft, "done" if state.head["last"] else "waiting", Choice())
    if state.head["paused"]:
        raise _nothing(draft, "paused", Choice())
    name = held_task(state, worker)
    if name is not None:
        return _again(draft, draft.task(name))
    if sum(held == worker for held in state.head["parked"].values()) >= MAX_PARKED:
        raise _nothing(draft, "blocked", Choice())
    choice = choose(state, worker, draft.log_us)
    if choice.best is None:
        raise _nothing(draft, _why(state, choice), choice)
    task = choice.best
    seconds = policy(state, "heartbeatTimeoutSeconds")
    attempt = _assign(draft, task, worker, "reassigned" if task["attempts"] else "claimed", seconds)
    return Accepted({"task": task["id"], "attempt": attempt})


def held_task(state: State, worker: str) -> str | None:
    """The active task of a worker, else an answered one, else the one that lapsed."""
    held = [(name, live) for name, live in state.head["live"].items() if live["worker"] == worker]
    held.sort(key=lambda item: item[1]["free"] > 0)
    if held:
        return held[0][0]
    lapsed = state.head["lapsed"].items()
    return next((name for name, who in lapsed if who == worker and _pending(state, name)), None)


def _pending(state: State, name: str) -> bool:
    task = state.task(name)
    return task is not None and task["status"] == "pending"


def _again(draft: Draft, task: TaskRow) -> Accepted:
    """The holder asks again: its task, with a sign of life if the last one is a while ago."""
    attempt = task["attempts"][-1]
    told = attempt["revision"] < task["revision"]
    quiet = draft.log_us - attempt["last"] >= SIGN_EVERY * SECOND
    if (
        quiet
        or told
        or attempt["state"] == "lapsed"
        or attempt["lastAt"] is None
        or _free(task, draft)
    ):
        draft.add(
            "Heartbeat", task["id"], {"attempt": attempt["n"], "source": "report"},
            actor=attempt["worker"], caused=cause(attempt),
        )  # fmt: skip
    return Accepted({"task": task["id"], "attempt": attempt["n"], "again": True})


def _free(task: TaskRow, draft: Draft) -> bool:
    live: Live | None = draft.state.head["live"].get(task["id"])
    return live is not None and live["free"] > 0


def choose(state: State, worker: str, log_us: int) -> Choice:
    """The best task for this worker; one it lost before comes after all others."""
    choice = Choice()
    fallback = None
    reserved: list[str] = []  # outputs of tasks that were passed over too often
    for entry in ranked(state):
        task = state.task(entry[3])
        if task is None or not _fits(state, task, log_us, reserved, choice):
            continue
        if worker not in task["last"]:
            choice.best = task
            break
        fallback = fallback or task
    found = _abandoned(state, worker, log_us) + ([choice.best] if choice.best else [])
    choice.best = min(found, key=rank_of) if found else fallback
    return choice


def _abandoned(state: State, worker: str, log_us: int) -> list[TaskRow]:
    """Answered tasks whose worker did not come back in time."""
    names = [
        name
        for name, live in state.head["live"].items()
        if 0 < live["free"] <= log_us and live["worker"] != worker
    ]
    return [row for row in (state.task(name) for name in names) if row is not None]


def _fits(state: State, task: TaskRow, log_us: int, reserved: list[str], choice: Choice) -> bool:
    if (words := backoff(state, task, log_us)) is not None:
        choice.reasons.append((task["id"], "backoff", words))
        choice.soonest = min(choice.soonest or task["backoff"], task["backoff"])
        return False
    mine = outputs(task["data"])
    met = first_meeting(mine, reserved) if reserved else None
    words = f"output {met} is kept for a task of higher rank" if met else overlap(state, task)
    if words is None:
        return True
    choice.reasons.append((task["id"], "overlap", words))
    if protected(task, log_us):
        reserved += mine
    return False


def _why(state: State, choice: Choice) -> str:
    """The reason for having no work, by name."""
    counts = state.head["counts"]
    ended = sum(counts[status] for status in FINAL)
    total = sum(counts.values())
    if total and ended == total:
        return "done"
    kinds = {kind for _, kind, _ in choice.reasons}
    if "overlap" in kinds:
        return "overlap"
    if "backoff" in kinds:
        return "backoff"
    return "waiting" if state.head["live"] or not state.head["parked"] else "blocked"


_SAID = {
    "waiting": "no task is ready",
    "backoff": "every ready task waits for its next try",
    "blocked": "answers are missing before work can go on",
    "overlap": "every ready task writes what another one holds",
    "paused": "the project is paused",
    "done": "everything is done",
}


def _nothing(draft: Draft, reason: str, choice: Choice) -> Refusal:
    state = draft.state
    words = [f"{task}: {text}" for task, _, text in choice.reasons[:SHOWN]]
    if not words and reason in ("waiting", "blocked"):
        words = _held(state)[:SHOWN]
    if reason == "done":
        return Refusal(7, reason, _SAID[reason], "evt status", waitsFor=[], retryAfterSeconds=None)
    return Refusal(
        3, reason, _SAID[reason], f"{next_hint(draft)} --wait 300", waitsFor=words,
        retryAfterSeconds=_retry_after(draft, choice),
    )  # fmt: skip


def _held(state: State) -> list[str]:
    """What is under way or waits for an answer."""
    held = [f"{name}: with {live['worker']}" for name, live in state.head["live"].items()]
    return held + [f"{name}: waits for an answer" for name in state.head["parked"]]


def _retry_after(draft: Draft, choice: Choice) -> int | None:
    """Whole seconds until something changes by itself, None if only an event can change it."""
    ends = [live["free"] or live["until"] for live in draft.state.head["live"].values()]
    if choice.soonest is not None:
        ends.append(choice.soonest)
    if not ends or draft.state.head["paused"]:
        return None
    return max(1, -(-(min(ends) - draft.log_us) // SECOND))


def assigned(draft: Draft, command: Emit) -> Accepted:
    """A push: the task is reserved for the next call of that worker."""
    must_lead(draft, "assign tasks")
    task = draft.task(command.subject)
    worker = command.data["worker"]
    what = action("Assigned", task)
    if what == "held" and holder(task) == worker:
        return Accepted(repeated=(task["attempts"][-1]["sequence"],))
    if what not in ("assign", "take"):
        raise _not_assignable(draft, task, what)
    row = draft.state.get(f"w/{worker}")
    if row is None or not row["joined"]:
        raise Refusal(4, "not_found", f"{worker} has not joined", f"evt join {worker}")
    if task["open"]:
        words = "; ".join(waits_for(draft.state, task, draft.log_us))
        raise Refusal(4, "wrong_state", f"{task['id']} waits for {words}", task=task["id"])
    met = _conflicts(draft, task)
    seconds = command.data.get("leaseSeconds", policy(draft.state, "pickupSeconds"))
    _assign(draft, task, worker, "assigned", seconds, command)
    for other, files in met:
        draft.add(
            "ConflictDetected", task["id"], {"with": other, "files": files, "when": "assigned"}
        )
    return Accepted()


def _not_assignable(draft: Draft, task: TaskRow, what: str) -> Refusal:
    who = holder(task)
    code = {"held": "lost_claim", "parked": "parked"}.get(what, "wrong_state")
    state = f"{who} holds it" if what == "held" else f"it is {task['status']}"
    facts = {"holder": who} if who else {}
    return Refusal(
        4, code, f"{task['id']} cannot be assigned: {state}", "evt status", task=task["id"], **facts
    )


def _conflicts(draft: Draft, task: TaskRow) -> list[tuple[str, list[str]]]:
    """(task, files) of every attempt whose outputs this one meets."""
    state, mine, met = draft.state, outputs(task["data"]), []
    for name in (*state.head["live"], *state.head["parked"]):
        other = state.task(name)
        if other is not None and name != task["id"]:
            theirs = outputs(other["data"])
            files = [path for path in theirs if first_meeting(mine, [path]) is not None]
            if files:
                met.append((name, files))
    return met


def _assign(
    draft: Draft, task: TaskRow, worker: str, reason: str, lease: int, command: Emit | None = None
) -> int:
    n = (task["attempts"][-1]["n"] if task["attempts"] else 0) + 1
    before = current(task)
    asked = command.data if command is not None else {}
    draft.add(
        "Assigned",
        task["id"],
        {**asked, "worker": worker, "attempt": n, "reason": reason, "leaseSeconds": lease},
        actor=draft.command.actor,
        id=command.id if command else None,
        caused=(command.caused if command else None) or cause(before),
    )
    return n
