"""Open questions, dearest first: what holds up most work should be answered first."""

from __future__ import annotations

from evt.eventlog.catalog import FINAL, FIRST_TO_COORDINATOR, SECOND
from evt.eventlog.decide.draft import leads, log_now
from evt.projections.status import open_questions, question_view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.rows import QuestionRow, TaskRow
    from evt.eventlog.state import State

FORWARD_SECONDS = 600  # then a question to the coordinator is one to the engineer as well
LOOKED_AT = 200  # waiting tasks that are counted at most


def inbox(state: State, now_us: int) -> list[dict[str, Any]]:
    """Questions with `heldUpMinutes` (worker-minutes so far), `waiting` tasks and `answer`."""
    log_us = log_now(state, now_us)
    workers = max(1, len(state.head["seen"]))
    found = []
    for task, question in open_questions(state):
        waiting = _waiting(state, task)
        held = min(workers, 1 + len(waiting))
        minutes = (log_us - question["log"]) / SECOND / 60 * held
        found.append(
            {
                **question_view(task["id"], question),
                "addressed": addressed(question, log_us),
                "attempt": question["attempt"] or None,
                "heldUpMinutes": round(minutes, 1),
                "waiting": waiting,
                "answer": answer(task, question),
            }
        )
    return sorted(found, key=lambda item: -item["heldUpMinutes"])


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


def answer(task: TaskRow, question: QuestionRow) -> str:
    """The command that answers it."""
    action = "accept" if question["kind"] in ("gate", "untrusted") else "resume"
    return (
        f"evt emit Resolved {task['id']} --action {action} --escalation {question['id']} "
        "--answer '...'"
    )


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
