"""What a worker has to hear on its next call, as nothing outside can wake it.

Keys of `Accepted.result`, each there only if it applies: `revised` (the new revision), `answered`
([{task, question, action, answer}]), `overlap` ([{task, worker, files}] that are somebody else's),
`handOver` (true: its scores are low), `parked` (true: the task just was, by a conflict), and
`told`, the same as sentences.
"""

from __future__ import annotations

from evt.eventlog.decide.choosing import low_scored
from evt.eventlog.evolve.attempts import policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.evolve.touching import Owned
    from evt.eventlog.rows import AttemptRow, TaskRow
    from evt.eventlog.state import State

    News = dict[str, Any]


def news_of(
    draft: Draft, task: TaskRow, attempt: AttemptRow, met: list[Owned] | None = None
) -> News:
    """What is new about the task at hand, and for its worker; `met`: files that it should leave."""
    worker = attempt["worker"]
    found: News = {}
    if attempt["revision"] < task["revision"]:
        found["revised"] = task["revision"]
    answered = _answers(task, attempt["told"]) + _answers_elsewhere(draft.state, worker, task["id"])
    if answered:
        found["answered"] = answered
    if met:
        found["overlap"] = [
            {"task": other, "worker": who, "files": files} for other, who, files in met
        ]
    return _told(draft, worker, {**found, **_hand_over(draft.state, worker)}, task["id"])


def news_for(draft: Draft, worker: str) -> News:
    """What is new for a worker, whatever it works on."""
    return _told(draft, worker, _hand_over(draft.state, worker), "")


def parked_by_conflict(found: News, task: TaskRow, worker: str) -> News:
    """Add that the worker is to stop with this task."""
    said = (
        f"{task['id']} is parked until the engineer has answered: stop writing, "
        f"evt next --as {worker}"
    )
    return {**found, "parked": True, "told": [*found.get("told", ()), said]}


def _hand_over(state: State, worker: str) -> News:
    return {"handOver": True} if low_scored(state, worker) else {}


def _answers_elsewhere(state: State, worker: str, but: str) -> list[News]:
    """Answers on other tasks of the worker that wait for it to go on with them."""
    found = []
    for name, entry in state.head["live"].items():
        row = state.task(name)
        if row is not None and entry["worker"] == worker and entry["free"] and name != but:
            found += _answers(row, row["attempts"][-1]["told"])
    return found


def _answers(task: TaskRow, since: int) -> list[News]:
    """Answers given after a sequence."""
    return [
        {
            "task": task["id"],
            "question": question["question"],
            "action": question["action"],
            "answer": question["answer"],
        }
        for question in task["questions"]
        if question["resolved"] > since and question["action"]
    ]


def _told(draft: Draft, worker: str, found: News, task: str) -> News:
    said = []
    if "revised" in found:
        said.append(f"{task} was revised: read it again with evt next --as {worker}")
    for one in found.get("answered", ()):
        words = f"{one['action']}: {one['answer']}" if one["answer"] else one["action"]
        said.append(f"your question on {one['task']} was answered ({words})")
    for one in found.get("overlap", ()):
        files = ", ".join(one["files"])
        said.append(
            f"{files}: {one['task']} ({one['worker']}) works there; leave it, or ask first: "
            f"evt emit Escalated {task} --kind conflict --question '...' --as {worker}"
        )
    if "handOver" in found:
        low = policy(draft.state, "lowScore")
        said.append(
            f"your last scores average below {low}, your context is full: finish, then hand over "
            f"with evt leave --note '...' --as {worker}"
        )
    return {**found, "told": said} if said else found
