"""Answers: Resolved, to a question or to work that came late."""

from __future__ import annotations

from evt.eventlog.catalog import ENGINEER
from evt.eventlog.decide.completing import ask_for_trust, first_finding, handed_in, judged
from evt.eventlog.decide.draft import (
    cause,
    must_be_engineer,
    must_be_open,
    must_lead,
    must_not_be_in_a_chat,
)
from evt.eventlog.decide.graph import tell_dependants
from evt.eventlog.decide.repeat import stored_same
from evt.eventlog.decision import Accepted
from evt.eventlog.errors import Refusal
from evt.eventlog.evolve.attempts import attempt_of
from evt.eventlog.table import action

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.commands import Emit, Verdict
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.rows import AttemptRow, QuestionRow, TaskRow

NEUTRAL = 3  # stands where a score must, if the worker never gave one; it counts nowhere


def resolved(draft: Draft, command: Emit) -> Accepted:
    """Answer the oldest open question of a task, or the one that is named."""
    must_lead(draft, "resolve")
    must_not_be_in_a_chat(draft, "resolve")
    if command.override:
        must_be_engineer(draft, "pass over the gate")
    task = draft.task(command.subject)
    if "late" in command.data:
        return _late(draft, command, task)
    question = _question(draft, command, task)
    if isinstance(question, Accepted):
        return question
    must_be_open(draft)
    answer = command.data["action"]
    what = action("Resolved", task)
    if answer == "accept" and what == "answer":
        return _accept(draft, command, task, question)
    if answer == "accept" and what == "revive":
        raise Refusal(
            4, "wrong_state", f"{task['id']} has failed: there is no work to accept",
            f"evt emit Resolved {task['id']} --action resume", task=task["id"],
        )  # fmt: skip
    _append(draft, command, task, {"escalation": question["id"]})
    task = draft.changed(task)
    if task["status"] == "cancelled" and all(one["resolved"] for one in task["questions"]):
        tell_dependants(draft, task)  # who waits for it is asked about until nobody does
    return Accepted({"status": task["status"]})


def _append(draft: Draft, command: Emit, task: TaskRow, more: dict[str, Any]) -> None:
    draft.add(
        "Resolved", task["id"], {**command.data, **more}, actor=command.actor, id=command.id,
        caused=command.caused,
    )  # fmt: skip


def _question(draft: Draft, command: Emit, task: TaskRow) -> QuestionRow | Accepted:
    """The question meant; an equal answer to an answered one is the first receipt."""
    name = command.data.get("escalation")
    questions = [q for q in task["questions"] if name in (None, q["id"])]
    for question in questions:
        if not question["resolved"]:
            return question
    for question in reversed(questions):
        stored = draft.state.stored(question["resolved"])
        if stored.type == "Resolved" and stored_same(draft, command, question["resolved"]):
            return Accepted(repeated=(question["resolved"],))
    if name is not None and not questions:
        raise Refusal(
            4, "not_found", f"{task['id']} has no question {name}", "evt inbox", task=task["id"]
        )
    raise Refusal(
        4, "wrong_state",
        f"{task['id']} has no open question" + (": it was answered before" if questions else ""),
        "evt inbox", task=task["id"],
    )  # fmt: skip


def _accept(draft: Draft, command: Emit, task: TaskRow, question: QuestionRow) -> Accepted:
    """Resolved and Completed in one batch, with the verdict of the caller's own gate."""
    attempt = _accepted_attempt(task, question)
    if attempt is None:
        raise Refusal(
            4, "wrong_state", f"{task['id']} has no attempt whose work could be accepted",
            f"evt emit Resolved {task['id']} --action resume", task=task["id"],
        )  # fmt: skip
    verdict = judged(command, task)
    if not verdict.passed and not command.override:
        raise _not_accepted(draft, command, verdict, task, attempt)
    _append(draft, command, task, {"escalation": question["id"]})
    _complete(draft, command, verdict, task, attempt)
    return Accepted()


def _accepted_attempt(task: TaskRow, question: QuestionRow) -> AttemptRow | None:
    """The attempt that asked, else the last one."""
    attempts = task["attempts"]
    asked = [a for a in attempts if a["n"] == question["attempt"]] or attempts
    return asked[-1] if asked else None


def _complete(
    draft: Draft, command: Emit, verdict: Verdict, task: TaskRow, attempt: AttemptRow,
    reported: int | None = None,
) -> None:  # fmt: skip
    """Completed as the one who accepts it says, with the score that its worker gave."""
    data = handed_in(verdict, task, attempt["n"])
    score = reported or attempt["score"]
    data["contextEfficiencyScore"] = score or NEUTRAL
    if score is None:
        data["unscored"] = True
    data["acceptedBy"] = command.actor
    if command.override:
        data["overridden"] = command.override
    draft.add("Completed", task["id"], data, actor=command.actor, caused=cause(attempt))


def _not_accepted(
    draft: Draft, command: Emit, verdict: Verdict, task: TaskRow, attempt: AttemptRow
) -> Refusal:
    """The gate refuses what a leader would accept: nothing is held against the worker."""
    actor, name = command.actor, task["id"]
    if verdict.untrusted and actor != ENGINEER:
        return ask_for_trust(draft, command, verdict, task, attempt)
    steps = [_other_step(command, verdict, name)]
    if actor == ENGINEER:
        steps.append(f"{_answer(command, name)} --override 'why it is good enough'")
    exit, code = (4, "parked") if verdict.untrusted else (5, "gate")
    return Refusal(
        exit, code, f"{name} is not accepted: {first_finding(verdict)}",
        "  # or ".join(step for step in steps if step), task=name, results=verdict.results,
    )  # fmt: skip


def _other_step(command: Emit, verdict: Verdict, name: str) -> str:
    """What helps without passing over the gate; a late result has nobody who could fix it."""
    if verdict.untrusted:
        return "evt trust"
    if "late" in command.data:
        return "" if command.actor == ENGINEER else f"evt log {name}"
    return f"evt emit Resolved {name} --action resume --answer 'what to fix' --as {command.actor}"


def _answer(command: Emit, name: str) -> str:
    named = [
        f" --{key} {command.data[key]}" for key in ("late", "escalation") if key in command.data
    ]
    return f"evt emit Resolved {name} --action accept{''.join(named)}"


def _late(draft: Draft, command: Emit, task: TaskRow) -> Accepted:
    """Accept what a superseded attempt handed in: only while nobody works on the task."""
    must_be_open(draft)
    late_id = command.data["late"]
    sequence = draft.state.seen(late_id)
    late = draft.state.stored(sequence) if sequence is not None else None
    if late is None or late.type != "LateResult" or late.subject != task["id"]:
        raise Refusal(
            4, "not_found", f"{task['id']} has no late result {late_id}",
            f"evt log {task['id']} --type LateResult", task=task["id"],
        )  # fmt: skip
    if task["completed"] and (found := stored_same(draft, command, task["completed"] - 1)):
        return found
    taken = action("Resolved", task) in ("advice_or_late", "answer")
    if command.data["action"] != "accept" or not taken:
        raise Refusal(
            4, "wrong_state", f"{task['id']} is {task['status']}: a late result is not taken now",
            "evt status", task=task["id"],
        )  # fmt: skip
    if (what := late.data.get("type", "Completed")) != "Completed":
        raise Refusal(
            4, "wrong_state", f"{late_id} is a late {what}: there is no work in it to accept",
            f"evt log {task['id']} --type LateResult", task=task["id"],
        )  # fmt: skip
    attempt = attempt_of(task, late.data["attempt"])
    if attempt is None:
        raise Refusal(4, "not_found", "its attempt is not in the log", "evt verify")
    verdict = judged(command, task)
    if not verdict.passed and not command.override:
        raise _not_accepted(draft, command, verdict, task, attempt)
    _append(draft, command, task, {})
    reported = late.data.get("contextEfficiencyScore")
    _complete(draft, command, verdict, task, attempt, reported)
    return Accepted()
