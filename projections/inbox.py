"""Open questions, dearest first: what holds up most work should be answered first."""

from __future__ import annotations

from evt.eventlog.catalog import ADVICE, FINAL, FIRST_TO_COORDINATOR, SECOND
from evt.eventlog.decide.draft import leads, log_now
from evt.eventlog.evolve.attempts import attempt_of
from evt.eventlog.rawjson import dumps
from evt.projections.status import open_questions, question_view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.rows import QuestionRow, TaskRow
    from evt.eventlog.state import State

FORWARD_SECONDS = 600  # then a question to the coordinator is one to the engineer as well
LOOKED_AT = 200  # waiting tasks that are counted at most
# kind -> what an answer may do besides the command that is shown
OTHERWISE = {
    "gate": ("accept", "reassign", "cancel"),
    "untrusted": ("reassign", "cancel"),
    "drift": (),
    "context": (),
}
ALSO = ("reassign", "cancel")


def inbox(state: State, now_us: int) -> list[dict[str, Any]]:
    """Questions with all that helps to answer them, and the command that does.

    `heldUpMinutes` are worker-minutes so far, `waiting` the tasks behind it, `otherwise` the other
    actions that make sense; `details` is what was given with the question, `diff` among it.
    """
    log_us = log_now(state, now_us)
    workers = max(1, len(state.head["seen"]))
    found = []
    for task, question in open_questions(state):
        waiting = _waiting(state, task)
        held = 0 if question["kind"] in ADVICE else min(workers, 1 + len(waiting))
        cost = (log_us - question["log"]) * held
        item = {
            **question_view(task["id"], question),
            "addressed": addressed(question, log_us),
            "attempt": question["attempt"] or None,
            "heldUpMinutes": round(cost / SECOND / 60, 1),
            "waiting": waiting,
            **_context(state, task, question),
            "answer": answer(state, task, question),
            "otherwise": otherwise(task, question),
        }
        found.append((-cost, -held, question["sequence"], item))
    return [item for *_, item in sorted(found, key=lambda one: one[:3])]


def _context(state: State, task: TaskRow, question: QuestionRow) -> dict[str, Any]:
    """What the question is about, as far as the log knows."""
    attempt = attempt_of(task, question["attempt"])
    return {
        "about": task["data"]["description"],
        "note": attempt["note"] if attempt else None,
        "with": question["other"],
        "files": question["files"],
        "findings": attempt["findings"] if attempt else [],
        "details": state.stored(question["sequence"]).data.get("details"),
    }


def addressed(question: QuestionRow, log_us: int) -> list[str]:
    """Who should answer now: after ten minutes the engineer too."""
    to = [question["to"]]
    late = log_us - question["log"] >= FORWARD_SECONDS * SECOND
    if question["kind"] in FIRST_TO_COORDINATOR and question["to"] == "coordinator" and late:
        to.append("engineer")
    return to


def for_caller(state: State, caller: str, item: dict[str, Any]) -> bool:
    """Whether this caller is one of those addressed; names that joined as coordinator are."""
    if caller == "engineer":
        return "engineer" in item["addressed"]
    return leads(state, caller) and "coordinator" in item["addressed"]


def answer(state: State, task: TaskRow, question: QuestionRow) -> str:
    """The command that answers it; of a cancelled task first what lets each other go on without."""
    if question["kind"] == "untrusted":
        return "evt trust"
    closing = (
        f"evt emit Resolved {task['id']} --action resume --escalation {question['id']} "
        "--answer '...'"
    )
    stuck = [state.task(name) for name in task["dependants"]]
    row = next((row for row in stuck if row and row["status"] not in FINAL), None)
    if task["status"] != "cancelled" or row is None:
        return closing
    rest = [name for name in row["data"]["dependencies"] if name != task["id"]]
    changed = dumps({"dependencies": rest}).decode()
    return f"evt emit TaskRevised {row['id']} --changed '{changed}' --reason '...'"


def otherwise(task: TaskRow, question: QuestionRow) -> list[str]:
    """Actions that make sense besides the one of the command; on a completed task none does."""
    if task["status"] in ("completed", "cancelled"):
        return []
    return list(OTHERWISE.get(question["kind"], ALSO))


def _waiting(state: State, task: TaskRow) -> list[str]:
    """Open tasks that wait for this one, directly or not."""
    found: list[str] = []
    todo = list(task["dependants"])
    while todo and len(found) < LOOKED_AT:
        row = state.task(todo.pop(0))
        if row is not None and row["status"] not in FINAL and row["id"] not in found:
            found.append(row["id"])
            todo += row["dependants"]
    return found
