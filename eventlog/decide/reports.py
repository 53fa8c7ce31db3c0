"""What workers report: Heartbeat, Failed, Escalated; and what becomes of what came too late."""

from __future__ import annotations

from evt.eventlog.catalog import FINAL, OPEN_ATTEMPT, SECOND
from evt.eventlog.decide import conflicts
from evt.eventlog.decide.draft import cause, leads, must_be_open, must_have_joined, next_hint
from evt.eventlog.decide.graph import tell_dependants
from evt.eventlog.decide.news import news_for, news_of, parked_by_conflict
from evt.eventlog.decide.repeat import stored_same
from evt.eventlog.decide.sweep import tried_too_often
from evt.eventlog.decision import Accepted
from evt.eventlog.errors import Refusal
from evt.eventlog.evolve.attempts import attempt_of, current, policy
from evt.eventlog.evolve.questions import addressee
from evt.eventlog.evolve.tasks import late_digest
from evt.eventlog.evolve.touching import owners
from evt.eventlog.table import action

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.commands import Emit
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
                2, "usage",
                f"{command.actor} had attempts {numbers} of {task['id']}: say --attempt N",
                f"the same command with --attempt {own[-1]['n']}", task=task["id"],
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


def superseded(task: TaskRow, attempt: AttemptRow) -> bool:
    """A later Assigned exists, or the attempt was closed; timing out alone does not do it."""
    return attempt is not task["attempts"][-1] or attempt["state"] not in OPEN_ATTEMPT


def too_late(draft: Draft, task: TaskRow, attempt: AttemptRow) -> Refusal:
    """The refusal of a report whose attempt no longer counts."""
    held, name = current(task), task["id"]
    code = "superseded"
    if task["status"] in FINAL:
        state = f"{name} is {task['status']}"
    elif held is None:
        state = f"attempt {attempt['n']} of {name} is over, the task is {task['status']}"
    elif held["n"] != attempt["n"]:
        state = f"{held['worker']} holds {name} now (attempt {held['n']})"
    else:
        state, code = f"{name} is parked until its question is answered", "parked"
    facts = {"holder": held["worker"]} if held else {}
    return Refusal(
        4, code, f"{state}: stop and ask for the next task", next_hint(draft), task=name, **facts
    )


def keep_late(draft: Draft, command: Emit, task: TaskRow, attempt: AttemptRow) -> Refusal:
    """Keep the report once, as LateResult, and refuse it."""
    data = command.data
    late: dict[str, Any] = {"attempt": attempt["n"], "type": command.type}
    if command.verdict is not None:
        late["deliverables"] = command.verdict.deliverables
    elif "deliverables" in data:
        named = data["deliverables"]
        late["deliverables"] = [d if isinstance(d, dict) else {"path": d} for d in named]
    elif command.type == "Completed" and (outputs := _outputs(task)):
        late["deliverables"] = [{"path": path} for path in outputs]
    if "contextEfficiencyScore" in data:
        late["contextEfficiencyScore"] = data["contextEfficiencyScore"]
    notes = data.get("notes") or data.get("reason") or data.get("question")
    if notes:
        late["notes"] = notes
    digest = late_digest(late["type"], late.get("deliverables"), late.get("notes"))
    if digest not in attempt["late"]:
        draft.add("LateResult", task["id"], late, caused=cause(attempt))
        draft.keep()
    return too_late(draft, task, attempt)


def _outputs(task: TaskRow) -> list[str]:
    """What a report hands in that names nothing."""
    found: list[str] = task["data"].get("context", {}).get("outputFiles", [])
    return found


def heartbeat(draft: Draft, command: Emit) -> Accepted:
    """A sign of life, and what the worker has to hear; of a superseded attempt nothing is kept."""
    must_have_joined(draft)
    task = draft.task(command.subject)
    attempt = named_attempt(draft, command, task)
    if superseded(task, attempt) or action("Heartbeat", task) != "beat":
        conflicts.went_on(draft, command, task, attempt)
        raise too_late(draft, task, attempt)
    data = {"attempt": attempt["n"], "source": "report", **command.data}
    met = owners(draft.state, task["id"], attempt["n"], data.get("touched", []))
    found = news_of(draft, task, attempt, met)
    if data["source"] == "socket" and _only_a_socket(draft, attempt):
        return Accepted(found)
    again = conflicts.second_touch(draft, task, met)
    report(draft, command, task, data, attempt)
    conflicts.edited(draft, command, task, again)
    was, now = task["status"], draft.changed(task)["status"]
    if now == "escalated" and was != now:
        found = parked_by_conflict(found, task, attempt["worker"])
    return Accepted(found)


def _only_a_socket(draft: Draft, attempt: AttemptRow) -> bool:
    """Whether the worker has not spoken for so long that its open socket no longer counts."""
    silent = draft.log_us - attempt["spoke"]
    return silent >= policy(draft.state, "maxSilentSeconds") * SECOND


def report(
    draft: Draft, command: Emit, task: TaskRow, data: dict[str, Any], attempt: AttemptRow | None
) -> None:
    """Append what the worker reports, caused by the Assigned of its attempt."""
    draft.add(
        command.type, task["id"], data, actor=command.actor, id=command.id,
        caused=command.caused or cause(attempt),
    )  # fmt: skip


def failed(draft: Draft, command: Emit) -> Accepted:
    """The worker gives up; the task is tried again, fails, or the engineer is asked."""
    task = draft.task(command.subject)
    attempt = named_attempt(draft, command, task)
    if (found := stored_same(draft, command, attempt["failed"])) is not None:
        return found
    must_have_joined(draft)
    what = action("Failed", task)
    if what in ("stale", "over") and attempt is task["attempts"][-1]:
        raise too_late(draft, task, attempt)
    if what == "late" or superseded(task, attempt):
        raise keep_late(draft, command, task, attempt)
    report(draft, command, task, {"attempt": attempt["n"], **command.data}, attempt)
    task = draft.changed(task)
    tried_too_often(draft, task)
    if task["status"] == "failed":
        tell_dependants(draft, task)
    return Accepted(news_for(draft, attempt["worker"]))


def escalated(draft: Draft, command: Emit) -> Accepted:
    """A question; blocking kinds park the task."""
    task = draft.task(command.subject)
    leading = leads(draft.state, command.actor)
    data = {"kind": "blocked", **command.data}
    data.setdefault("to", addressee(data["kind"]))
    attempt = _asking(draft, command, task, leading)
    if attempt is not None:
        data["attempt"] = attempt["n"]
    for question in task["questions"]:
        asked = (question["by"], question["attempt"]) == (command.actor, data.get("attempt", 0))
        found = stored_same(draft, command, question["sequence"]) if asked else None
        if found is not None:
            return found
    must_be_open(draft)
    if not leading:
        must_have_joined(draft)
    if action("Escalated", task) == "over":
        raise Refusal(
            4, "wrong_state", f"{task['id']} is {task['status']}", next_hint(draft),
            task=task["id"],
        )  # fmt: skip
    own = attempt is not None and attempt["worker"] == command.actor
    if attempt is not None and own and task["status"] != "failed" and superseded(task, attempt):
        raise keep_late(draft, command, task, attempt)
    report(draft, command, task, data, attempt)
    return Accepted()


def _asking(draft: Draft, command: Emit, task: TaskRow, leading: bool) -> AttemptRow | None:
    """The attempt that a question is about; who leads may ask without one, or about any."""
    held = current(task)
    if not leading or (held is not None and held["worker"] == command.actor):
        return named_attempt(draft, command, task)
    n = command.data.get("attempt")
    attempt = attempt_of(task, n)
    if n is not None and attempt is None:
        raise Refusal(4, "not_found", f"{task['id']} has no attempt {n}", "evt log " + task["id"])
    return attempt
