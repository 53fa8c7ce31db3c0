"""Completed: what the gate found outside the lock becomes Completed, Rejected or a question.

The verdict comes with the command. `needs_gate` in the package says whether it is needed at all: a
report that comes too late is kept and refused without one.
"""

from __future__ import annotations

from evt.eventlog.catalog import OPEN_ATTEMPT, REFUSED_SAME
from evt.eventlog.decide import conflicts
from evt.eventlog.decide.draft import cause, must_have_joined, next_hint
from evt.eventlog.decide.news import news_for
from evt.eventlog.decide.repeat import stored_same
from evt.eventlog.decide.reports import keep_late, named_attempt, report, superseded, too_late
from evt.eventlog.decision import Accepted
from evt.eventlog.errors import Refusal
from evt.eventlog.evolve.attempts import policy
from evt.eventlog.evolve.questions import blocking
from evt.eventlog.forms import signed
from evt.eventlog.table import action

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.commands import Emit, Verdict
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.rows import AttemptRow, TaskRow

_URGENT = {"failed": 0, "manual": 1}  # verdicts that are named first

SCORE = "contextEfficiencyScore"


def completed(draft: Draft, command: Emit) -> Accepted:
    """The task is done, if the gate passed it."""
    task = draft.task(command.subject)
    attempt = named_attempt(draft, command, task)
    again = task["completed"] if attempt["state"] == "completed" else 0
    if (found := stored_same(draft, command, again)) is not None:
        return found
    must_have_joined(draft)
    verdict = command.verdict
    passed = verdict is None or verdict.passed
    what = action("Completed" if passed else "Completed, refused by the gate", task)
    if what in ("complete_parked", "reject_parked"):
        kinds = {question["kind"] for question in blocking(task)}
        what = "late" if kinds - {"gate", "untrusted"} else what[: -len("_parked")]
    if what in ("stale", "over"):
        raise too_late(draft, task, attempt)
    if what == "late" or superseded(task, attempt):
        raise keep_late(draft, command, task, attempt)
    verdict = judged(command, task)
    if what == "reject":
        raise reject(draft, command, task, attempt)
    data = {**command.data, **handed_in(verdict, task, attempt["n"])}
    report(draft, command, task, data, attempt)
    conflicts.completed(draft, command, task, attempt)
    return Accepted(news_for(draft, attempt["worker"]))


def judged(command: Emit, task: TaskRow) -> Verdict:
    """The verdict, which must be there and be about the task as it is now."""
    verdict = command.verdict
    if verdict is None:
        raise Refusal(2, "usage", f"{task['id']} has to pass the gate first", gate=True)
    if verdict.revision not in (None, task["revision"]):
        raise Refusal(
            4, "wrong_state", f"{task['id']} was revised while the gate looked at it (revision "
            f"{task['revision']} now, {verdict.revision} then); nothing is lost",
            f"read it again: evt next --as {command.actor}", task=task["id"],
        )  # fmt: skip
    return verdict


def handed_in(verdict: Verdict, task: TaskRow, n: int) -> dict[str, Any]:
    """What the gate adds to a Completed as it is stored."""
    data: dict[str, Any] = {
        "attempt": n, "deliverables": verdict.deliverables, "revision": task["revision"],
    }  # fmt: skip
    if verdict.results:
        data["results"] = verdict.results
    if verdict.workspace:
        data["workspace"] = verdict.workspace
    return data


def reject(draft: Draft, command: Emit, task: TaskRow, attempt: AttemptRow) -> Refusal:
    """The gate refused: Rejected, and at the last refusal the engineer is asked."""
    verdict = command.verdict
    assert verdict is not None
    if verdict.untrusted:
        return ask_for_trust(draft, command, verdict, task, attempt)
    first = first_finding(verdict)
    report = f"evt emit Completed {task['id']} --score 1..5 "
    report += signed(draft.command.actor, attempt["n"])
    hint = f"{_to_do(verdict)}, then report again: {report}"
    if attempt["state"] in OPEN_ATTEMPT:
        _append_rejected(draft, command, verdict, task, attempt)
        if _is_stuck(draft, task, attempt["n"], first):
            hint = f"{next_hint(draft)}  # the engineer is asked"
        draft.keep()
    return Refusal(
        5, "gate", f"{task['id']} is not accepted: {first}", hint, task=task["id"],
        results=verdict.results,
    )  # fmt: skip


def _append_rejected(
    draft: Draft, command: Emit, verdict: Verdict, task: TaskRow, attempt: AttemptRow
) -> None:
    data: dict[str, Any] = {"attempt": attempt["n"], "results": verdict.results}
    if verdict.deliverables:
        data["deliverables"] = verdict.deliverables
    if "contextEfficiencyScore" in command.data:
        data["contextEfficiencyScore"] = command.data["contextEfficiencyScore"]
    draft.add("Rejected", task["id"], data, caused=cause(attempt))


def first_finding(verdict: Verdict) -> str:
    """What is to be said first: what the worker can do something about."""
    found = [r for r in verdict.results if r["verdict"] != "passed"] or verdict.results
    found = sorted(found, key=lambda r: _URGENT.get(r["verdict"], len(_URGENT)))
    return str(found[0]["message"]) if found else "the gate refused it"


def _to_do(verdict: Verdict) -> str:
    """What the worker does about a refusal; a command is asked about once all else is right."""
    kinds = {result["verdict"] for result in verdict.results}
    only_manual = "failed" not in kinds and "manual" in kinds
    said = "attest what is listed" if only_manual else "fix what is listed"
    asked = " (the engineer is then asked about the command)" if "untrusted" in kinds else ""
    return said + asked


def _is_stuck(draft: Draft, task: TaskRow, n: int, first: str) -> bool:
    """Ask the engineer at the third equal refusal, or the last one allowed, since an answer."""
    task = draft.changed(task)
    attempt = next(a for a in task["attempts"] if a["n"] == n)
    refused = attempt["refused"].values()
    stuck = max(refused) >= REFUSED_SAME or sum(refused) >= policy(draft.state, "maxRefusals")
    if not stuck or task["status"] == "escalated":
        return False
    question = f"The gate refused attempt {n} {attempt['refusals']} times: {first}"
    draft.add(
        "Escalated", task["id"],
        {"kind": "gate", "attempt": n, "to": "engineer", "question": question[:500]},
        caused=cause(attempt),
    )  # fmt: skip
    return True


def ask_for_trust(
    draft: Draft, command: Emit, verdict: Verdict, task: TaskRow, attempt: AttemptRow
) -> Refusal:
    """A command of the gate is not approved: the engineer is asked once, the task is parked.

    `evt trust` answers with `resume`: the worker reports again, and the gate runs then.
    """
    commands = _commands(verdict)
    question = f"may the gate of {task['id']} run {commands}"[:500] + "?"
    if not any(q["kind"] == "untrusted" and q["question"] == question for q in blocking(task)):
        details = _details(verdict)
        if (score := command.data.get(SCORE)) is not None:
            details[SCORE] = score  # that of the work, if it is accepted as it is
        draft.add(
            "Escalated", task["id"],
            {"kind": "untrusted", "attempt": attempt["n"], "to": "engineer", "question": question,
             "details": details},
            caused=cause(attempt),
        )  # fmt: skip
        draft.keep()
    return Refusal(
        4, "parked", f"{task['id']} is parked: the engineer has not approved {commands}",
        f"{next_hint(draft)}  # report it again once it was answered", task=task["id"],
        results=verdict.results,
    )  # fmt: skip


def _commands(verdict: Verdict) -> str:
    """The commands as one would type them, each with the folder that it runs in."""
    from shlex import join

    folders = verdict.folders or [""] * len(verdict.commands)
    said = [
        join(argv) + (f" (in {folder})" if folder else "")
        for argv, folder in zip(verdict.commands, folders, strict=True)
    ]
    return "; ".join(said) or first_finding(verdict)


def _details(verdict: Verdict) -> dict[str, Any]:
    """`cwd` has the folder of each command, if there is one that does not run in the root."""
    found: dict[str, Any] = {"commands": verdict.commands}
    return {**found, "cwd": verdict.folders} if any(verdict.folders) else found
