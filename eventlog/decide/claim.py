"""Giving out work: `next` and the pushed Assigned. One live attempt per task."""

from __future__ import annotations

from evt.eventlog.catalog import FINAL, MAX_PARKED, ROLES, SECOND
from evt.eventlog.decide.choosing import Choice, choose, held_task
from evt.eventlog.decide.conflicts import assigned_over
from evt.eventlog.decide.draft import cause, leads, must_be_open, must_have_joined, must_lead
from evt.eventlog.decide.news import news_for, news_of
from evt.eventlog.decide.repeat import pushed_lease
from evt.eventlog.decision import Accepted
from evt.eventlog.errors import Refusal
from evt.eventlog.evolve.attempts import current, policy
from evt.eventlog.evolve.signs import beat_is_due
from evt.eventlog.table import action
from evt.eventlog.waits import holder, waits_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.commands import Emit, Next
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.rows import TaskRow
    from evt.eventlog.state import State

SHOWN = 10  # reasons and tasks that a refusal lists


def next_task(draft: Draft, command: Next) -> Accepted:
    """The actor's active task, else an answered one, else the best ready one.

    `{"task", "attempt"}`, `"again"` if it was held before, and what the worker has to hear.
    """
    must_have_joined(draft)
    state, worker = draft.state, command.actor
    if state.head["project"] is None:
        raise _nothing(draft, "done" if state.head["last"] else "waiting", Choice())
    if state.head["paused"]:
        raise _nothing(draft, "paused", Choice())
    name = held_task(state, worker)
    if name is not None:
        return _again(draft, draft.task(name))
    if sum(held == worker for held in state.head["parked"].values()) >= MAX_PARKED:
        raise _nothing(draft, "blocked", Choice())
    choice = choose(state, draft.log_us, command)
    if choice.best is None:
        raise _nothing(draft, _why(state, choice), choice)
    task = choice.best
    seconds = policy(state, "heartbeatTimeoutSeconds")
    attempt = _assign(draft, task, worker, "reassigned" if task["attempts"] else "claimed", seconds)
    return Accepted({"task": task["id"], "attempt": attempt, **news_for(draft, worker)})


def _again(draft: Draft, task: TaskRow) -> Accepted:
    """The holder asks again: its task, with a sign of life if the last one is a while ago."""
    attempt = task["attempts"][-1]
    found = news_of(draft, task, attempt)
    if found or attempt["lastAt"] is None or beat_is_due(draft.state, task, "report", draft.log_us):
        draft.add(
            "Heartbeat", task["id"], {"attempt": attempt["n"], "source": "report"},
            actor=attempt["worker"], caused=cause(attempt),
        )  # fmt: skip
    return Accepted({"task": task["id"], "attempt": attempt["n"], "again": True, **found})


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
    if kinds:
        return "waiting"
    asked = state.head["parked"] or state.head["questions"]
    return "waiting" if state.head["live"] or not asked else "blocked"


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
    actor = draft.command.actor
    verb = "inbox" if leads(state, actor) else "next"
    return Refusal(
        3, reason, _SAID[reason], f"evt {verb} --as {actor} --wait 300", waitsFor=words,
        retryAfterSeconds=_retry_after(draft, choice),
    )  # fmt: skip


def _held(state: State) -> list[str]:
    """What is under way or waits for an answer."""
    held = [f"{name}: with {live['worker']}" for name, live in state.head["live"].items()]
    asked = dict.fromkeys((*state.head["parked"], *state.head["questions"].values()))
    waiting = [name for name in asked if name not in state.head["live"]]
    return held + [f"{name}: waits for an answer" for name in waiting]


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
    must_be_open(draft)
    task = draft.task(command.subject)
    worker = command.data["worker"]
    what = action("Assigned", task)
    if what == "held" and holder(task) == worker:
        return Accepted(repeated=(task["attempts"][-1]["sequence"],))
    if what not in ("assign", "take"):
        raise _not_assignable(draft, task, what)
    row = draft.state.get(f"w/{worker}")
    if row is None and worker in ROLES:
        raise Refusal(4, "not_found", f"{worker} does not work on tasks", "evt join")
    if row is None or not row["joined"]:
        raise Refusal(4, "not_found", f"{worker} has not joined", f"evt join {worker}")
    if task["open"]:
        words = "; ".join(waits_for(draft.state, task, draft.log_us))
        raise Refusal(4, "wrong_state", f"{task['id']} waits for {words}", task=task["id"])
    lease = pushed_lease(draft.state, command.data)
    _assign(draft, task, worker, "assigned", lease, command)
    assigned_over(draft, draft.changed(task))
    return Accepted()


def _not_assignable(draft: Draft, task: TaskRow, what: str) -> Refusal:
    who = holder(task)
    code = {"held": "lost_claim", "parked": "parked"}.get(what, "wrong_state")
    state = f"{who} holds it" if what == "held" else f"it is {task['status']}"
    facts = {"holder": who} if who else {}
    return Refusal(
        4, code, f"{task['id']} cannot be assigned: {state}", "evt status", task=task["id"], **facts
    )


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
