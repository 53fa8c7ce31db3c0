"""What workers report: Heartbeat, Completed, Failed, Escalated (rules 1, 2, 4 and 5)."""

from __future__ import annotations

from evt.eventlog.catalog import ADVICE
from evt.eventlog.decide.draft import cause, leads, must_have_joined, next_hint
from evt.eventlog.decide.graph import tell_dependants
from evt.eventlog.decide.repeat import stored_same
from evt.eventlog.decide.sweep import tried_too_often
from evt.eventlog.decision import Accepted
from evt.eventlog.errors import Refusal
from evt.eventlog.evolve.attempts import attempt_of, current, policy
from evt.eventlog.evolve.questions import addressee, blocking
from evt.eventlog.evolve.tasks import late_digest
from evt.eventlog.table import action

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.commands import Emit, Verdict
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.rows import AttemptRow, TaskRow


def named_attempt(draft: Draft, command: Emit, task: TaskRow) -> AttemptRow:
    """The attempt that the report is about; it must be one of the actor's own."""
    n = command.data.get("attempt")
    own = [a for a in task["attempts"] if a["worker"] == command.actor]
    if n is None:
        if len(own) > 1:
            numbers = ", ".join(str(a["n"]) for a in own)
            raise Refusal(
                2, "usage", f"{command.actor} had attempts {numbers} of {task['id']}: say which",
                f"say --attempt N (the last one is {own[-1]['n']})", task=task["id"],
            )  # fmt: skip
        found = own[0] if own else None
    else:
        found = attempt_of(task, n)
    if found is None or found["worker"] != command.actor:
        held = current(task)
        holder = held["worker"] if held else None
        who = f"{holder} holds it" if holder else f"it is {task['status']}"
        which = f"attempt {n} of" if n is not None else "an attempt of"
        raise Refusal(
            4, "not_holder", f"{command.actor} has never had {which} {task['id']}; {who}",
            next_hint(draft), task=task["id"], **({"holder": holder} if holder else {}),
        )  # fmt: skip
    return found


def superseded(draft: Draft, task: TaskRow, attempt: AttemptRow) -> bool:
    """A later Assigned exists, or the worker closed the attempt."""
    return attempt is not task["attempts"][-1] or attempt["state"] == "closed"


def too_late(draft: Draft, task: TaskRow, attempt: AttemptRow) -> Refusal:
    """The refusal of a report whose attempt no longer counts."""
    held = current(task)
    holder = held["worker"] if held else None
    if task["status"] in ("completed", "failed", "cancelled"):
        state = f"{task['id']} is {task['status']}"
    elif holder and held and held["n"] != attempt["n"]:
        state = f"{holder} holds {task['id']} now (attempt {held['n']})"
    else:
        state = f"attempt {attempt['n']} of {task['id']} is over, the task is {task['status']}"
    code = "superseded" if held is None or held["n"] != attempt["n"] else "parked"
    facts = {"holder": holder} if holder else {}
    return Refusal(
        4, code, f"{state}: stop and ask for the next task", next_hint(draft),
        task=task["id"], **facts,
    )  # fmt: skip


def keep_late(draft: Draft, command: Emit, task: TaskRow, attempt: AttemptRow) -> Refusal:
    """Keep the report once, as LateResult, and refuse it."""
    data = command.data
    late: dict[str, Any] = {"attempt": attempt["n"], "type": command.type}
    if command.verdict is not None:
        late["deliverables"] = command.verdict.deliverables
    notes = data.get("notes") or data.get("reason") or data.get("question")
    if notes:
        late["notes"] = notes
    digest = late_digest(late["type"], late.get("deliverables"), late.get("notes"))
    if digest not in attempt["late"]:
        draft.add("LateResult", task["id"], late, caused=cause(attempt))
        draft.keep()
    return too_late(draft, task, attempt)


def heartbeat(draft: Draft, command: Emit) -> Accepted:
    """A sign of life; of a superseded attempt it appends nothing."""
    must_have_joined(draft)
    task = draft.task(command.subject)
    attempt = named_attempt(draft, command, task)
    if superseded(draft, task, attempt) or action("Heartbeat", task) != "beat":
        raise too_late(draft, task, attempt)
    data = {"attempt": attempt["n"], **command.data}
    data.setdefault("source", "report")
    _append(draft, command, task, data, attempt)
    return Accepted(told(draft, task, attempt))


def told(draft: Draft, task: TaskRow, attempt: AttemptRow) -> dict[str, Any]:
    """What the worker should hear on this call: that its task was revised."""
    if attempt["revision"] < task["revision"]:
        return {"revised": task["revision"]}
    return {}


def _append(
    draft: Draft, command: Emit, task: TaskRow, data: dict[str, Any], attempt: AttemptRow | None
) -> None:
    draft.add(
        command.type, task["id"], data, actor=command.actor, id=command.id,
        caused=command.caused or cause(attempt),
    )  # fmt: skip


def completed(draft: Draft, command: Emit) -> Accepted:
    """The task is done, if the gate passed it."""
    must_have_joined(draft)
    task = draft.task(command.subject)
    attempt = named_attempt(draft, command, task)
    again = task["completed"] if attempt["state"] == "completed" else 0
    if (found := stored_same(draft, command, again)) is not None:
        return found
    verdict = command.verdict
    if verdict is None:
        raise Refusal(2, "usage", "a Completed has to pass the gate first")
    request = "Completed" if verdict.passed else "Completed, refused by the gate"
    what = action(request, task)
    if what in ("complete_parked", "reject_parked"):
        kinds = {question["kind"] for question in blocking(task)}
        what = "late" if kinds - {"gate", "untrusted"} else what[: -len("_parked")]
    if what in ("stale", "over"):
        raise too_late(draft, task, attempt)
    if what == "late" or superseded(draft, task, attempt):
        raise keep_late(draft, command, task, attempt)
    if what == "reject":
        raise reject(draft, command, task, attempt)
    data = {**command.data, **handed_in(verdict, task, attempt["n"])}
    _append(draft, command, task, data, attempt)
    return Accepted()


def handed_in(verdict: Verdict, task: TaskRow, n: int) -> dict[str, Any]:
    """What the gate adds to a Completed as it is stored."""
    data: dict[str, Any] = {
        "attempt": n, "deliverables": verdict.deliverables, "revision": task["revision"],
    }  # fmt: skip
    if verdict.results:
        data["results"] = verdict.results
    return data


def reject(draft: Draft, command: Emit, task: TaskRow, attempt: AttemptRow) -> Refusal:
    """The gate refused: Rejected, and at the last refusal the engineer is asked."""
    verdict = command.verdict
    assert verdict is not None
    data: dict[str, Any] = {"attempt": attempt["n"], "results": verdict.results}
    if verdict.deliverables:
        data["deliverables"] = verdict.deliverables
    if "contextEfficiencyScore" in command.data:
        data["contextEfficiencyScore"] = command.data["contextEfficiencyScore"]
    draft.add("Rejected", task["id"], data, caused=cause(attempt))
    task = draft.changed(task)
    attempt = task["attempts"][-1]
    hint = f"fix what is listed, then report again: evt emit Completed {task['id']}"
    stuck = max(attempt["refused"].values()) >= 3
    stuck = stuck or attempt["refusals"] >= policy(draft.state, "maxRefusals")
    if stuck and task["status"] != "escalated":
        draft.add(
            "Escalated", task["id"],
            {"kind": "gate", "attempt": attempt["n"], "to": "engineer",
             "question": f"The gate refused attempt {attempt['n']} {attempt['refusals']} times: "
             f"{verdict.results[0]['message']}"[:500]},
            caused=cause(attempt),
        )  # fmt: skip
        hint = f"the engineer is asked; {next_hint(draft)}"
    draft.keep()
    first = verdict.results[0]["message"]
    return Refusal(
        5, "gate", f"{task['id']} is not accepted: {first}", hint, task=task["id"],
        results=verdict.results,
    )  # fmt: skip


def failed(draft: Draft, command: Emit) -> Accepted:
    """The worker gives up; the task is tried again, fails, or the engineer is asked."""
    must_have_joined(draft)
    task = draft.task(command.subject)
    attempt = named_attempt(draft, command, task)
    if (found := stored_same(draft, command, attempt["failed"])) is not None:
        return found
    what = action("Failed", task)
    if what in ("stale", "over") and attempt is task["attempts"][-1]:
        raise too_late(draft, task, attempt)
    if what == "late" or superseded(draft, task, attempt):
        raise keep_late(draft, command, task, attempt)
    _append(draft, command, task, {"attempt": attempt["n"], **command.data}, attempt)
    task = draft.changed(task)
    tried_too_often(draft, task)
    if task["status"] == "failed":
        tell_dependants(draft, task)
    return Accepted()


def escalated(draft: Draft, command: Emit) -> Accepted:
    """A question; blocking kinds park the task."""
    task = draft.task(command.subject)
    leading = leads(draft.state, command.actor)
    data = {"kind": "blocked", **command.data}
    data.setdefault("to", addressee(data["kind"]))
    attempt = None
    if not leading or "attempt" in data:
        must_have_joined(draft)
        attempt = named_attempt(draft, command, task)
        data["attempt"] = attempt["n"]
    for question in task["questions"]:
        asked = (question["by"], question["attempt"]) == (command.actor, data.get("attempt", 0))
        found = stored_same(draft, command, question["sequence"]) if asked else None
        if found is not None:
            return found
    what = action("Escalated", task)
    if what == "over":
        raise Refusal(
            4, "wrong_state", f"{task['id']} is {task['status']}", next_hint(draft),
            task=task["id"],
        )  # fmt: skip
    if attempt is not None and task["status"] != "failed" and superseded(draft, task, attempt):
        raise keep_late(draft, command, task, attempt)
    if what == "park_unheld" and not leading and data["kind"] not in ADVICE:
        raise Refusal(
            4, "not_holder", f"nobody holds {task['id']}", next_hint(draft), task=task["id"]
        )
    _append(draft, command, task, data, attempt)
    return Accepted()
