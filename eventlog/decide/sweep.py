"""Expiring without a daemon: whoever writes next ends what is over, but nothing of its own."""

from __future__ import annotations

from evt.eventlog.decide.draft import cause, log_now, seconds, unwatched
from evt.eventlog.evolve.attempts import policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.rows import TaskRow
    from evt.eventlog.state import State


def sweep(draft: Draft) -> None:
    """LogResumed if nobody was watching, else TimedOut for every lease that is over."""
    state = draft.state
    silent = unwatched(state, draft.now_us)
    if silent:
        draft.add("LogResumed", "log", {"silentSeconds": seconds(silent)})
    else:
        for name in due(state, draft.now_us, draft.command.actor):
            _expire(draft, name)
    draft.keep()
    draft.swept = draft.kept


def due(state: State, now_us: int, caller: str | None) -> list[str]:
    """Tasks whose lease is over, those of the caller left out."""
    live = state.head["live"]
    now = log_now(state, now_us) if live else 0
    return [
        name for name, entry in live.items() if entry["until"] <= now and entry["worker"] != caller
    ]


def _expire(draft: Draft, name: str) -> None:
    task = draft.task(name)
    attempt = task["attempts"][-1]
    draft.add(
        "TimedOut",
        name,
        {
            "worker": attempt["worker"],
            "attempt": attempt["n"],
            "lastSeen": attempt["lastAt"] or attempt["at"],
            "silentSeconds": seconds(draft.log_us - attempt["last"]),
        },
        caused=cause(attempt),
    )
    tried_too_often(draft, draft.changed(task))


def tried_too_often(draft: Draft, task: TaskRow) -> None:
    """At the last try the engineer is asked, in the same batch."""
    if task["tries"] < policy(draft.state, "maxAttempts") or task["status"] != "pending":
        return
    attempt = task["attempts"][-1]
    how = "timed out" if attempt["state"] == "lapsed" else "failed"
    workers = ", ".join(dict.fromkeys(a["worker"] for a in task["attempts"]))
    draft.add(
        "Escalated",
        task["id"],
        {
            "kind": "attempts",
            "question": f"{task['tries']} tries are over ({workers}), the last one {how}: "
            "how shall this go on?",
            "to": "engineer",
        },
        caused=cause(attempt),
    )
