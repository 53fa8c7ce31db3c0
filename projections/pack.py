"""The pack: all that a chat which forgot everything needs to begin, or to go on, with a task."""

from __future__ import annotations

from evt.projections.status import task_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from evt.eventlog.rows import AttemptRow, TaskRow
    from evt.eventlog.state import State

NEEDS_BYTES = 800  # about 200 tokens for what the dependencies delivered
LINE = 240  # characters of one requirement or note in the text
FINDINGS, ANSWERS = 3, 3  # of the last refusal, of the answers: the latest
LISTED = 12  # files and requirements that the text lists


def pack(
    state: State, task: TaskRow, worker: str, merges: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """`{"task","attempt","leaseSeconds","resume","needs"}` of the attempt that is open.

    `merges`: [{task, branch, commit}] that the worker's tree lacks.
    """
    attempt = task["attempts"][-1]
    live = state.head["live"].get(task["id"])
    return {
        "task": task_json(task),
        "attempt": attempt["n"],
        "leaseSeconds": live["lease"] if live else 0,
        "resume": resume(state, task, worker),
        "needs": needs(state, task, merges or []),
    }


def resume(state: State, task: TaskRow, worker: str) -> dict[str, Any] | None:
    """What is left of the work so far, and the answers given; None on a first try."""
    attempt = task["attempts"][-1]
    answers = [
        {"question": q["question"], "action": q["action"], "answer": q["answer"]}
        for q in task["questions"]
        if q["resolved"] and q["action"]
    ]
    source = next((one for one in reversed(task["attempts"]) if _has_trace(one)), None)
    if source is None and len(task["attempts"]) > 1:
        source = task["attempts"][-2]
    if source is None and not answers:
        return None
    source = source or attempt
    row = state.get(f"w/{source['worker']}")
    return {
        "from": source["worker"],
        "attempt": source["n"],
        "ended": None if source is attempt else source["state"],
        "progress": source["progress"],
        "note": source["note"],
        "handover": row["note"] if row and source["worker"] != worker else None,
        "touched": source["touched"],
        "deliverables": source["handed"],
        "refusals": source["refusals"],
        "findings": source["findings"],
        "answers": answers,
    }


def _has_trace(attempt: AttemptRow) -> bool:
    """Whether an attempt left anything to go on from."""
    return bool(attempt["note"] or attempt["touched"] or attempt["refusals"])


def needs(state: State, task: TaskRow, merges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each dependency delivered and noted, cut to about 200 tokens together."""
    found, left = [], NEEDS_BYTES
    lacking = {one["task"]: one for one in merges}
    for name in task["data"].get("dependencies", ()):
        other = state.task(name)
        if other is None:
            continue
        paths = [one["path"] for one in other["deliverables"]]
        notes = other["notes"] or ""
        left -= len(name) + sum(len(path) for path in paths) + len(notes.encode())
        if left < 0:
            notes = notes[: max(0, len(notes) + left)]
        found.append({"task": name, "deliverables": paths, "notes": notes or None})
        if name in lacking:
            found[-1]["merge"] = lacking[name]["commit"]
            found[-1]["branch"] = lacking[name]["branch"]
    return found


def pack_text(document: dict[str, Any], worker: str, by_hand: Sequence[int] = ()) -> str:
    """The pack as a chat reads it; under 600 tokens for an ordinary task.

    `by_hand`: numbers of the criteria that the worker has to attest.
    """
    task = document["task"]
    lines = [
        f"{task['id']}, attempt {document['attempt']}: {_cut(task['description'])}",
        *_files(task),
        *_listed("so that", task.get("context", {}).get("requirements", [])),
        *_needed(document["needs"]),
        *_resumed(document["resume"]),
        *_checked(task, by_hand),
        *_commands(task["id"], document, worker),
    ]
    return "\n".join(lines)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LINE else line[: LINE - 3] + "..."


def _files(task: dict[str, Any]) -> list[str]:
    context = task.get("context", {})
    named = (
        ("open first", "relevantRules"), ("read", "targetFiles"), ("write", "outputFiles"),
        ("delete", "deletedFiles"),
    )  # fmt: skip
    lines = []
    for label, key in named:
        paths = context.get(key, [])
        if paths:
            more = f" (+{len(paths) - LISTED} more: evt status --json)" if paths[LISTED:] else ""
            lines.append(f"{label}: {', '.join(map(_cut, paths[:LISTED]))}{more}")
    return lines


def _listed(label: str, texts: list[str]) -> list[str]:
    if not texts:
        return []
    lines = [f"  - {_cut(text)}" for text in texts[:LISTED]]
    if texts[LISTED:]:
        lines.append(f"  - and {len(texts) - LISTED} more: evt next --json")
    return [f"{label}:", *lines]


def _needed(needs: list[dict[str, Any]]) -> list[str]:
    lines = []
    for need in needs:
        files = ", ".join(need["deliverables"]) or "no files"
        note = f" -- {_cut(need['notes'])}" if need["notes"] else ""
        lines.append(f"  - {need['task']}: {files}{note}")
        if "merge" in need:
            lines.append(f"    merge it first: git merge {need['branch'] or need['merge']}")
    return ["done before:", *lines] if lines else []


def _resumed(resume: dict[str, Any] | None) -> list[str]:
    if resume is None:
        return []
    lines = []
    if resume["ended"]:
        lines.append(f"before you: {resume['from']} (attempt {resume['attempt']})")
    if resume["progress"] is not None:
        lines.append(f"  done so far: {round(resume['progress'] * 100)} %")
    for label, text in (("note", resume["note"]), ("handed over", resume["handover"])):
        if text:
            lines.append(f"  {label}: {_cut(text)}")
    if resume["touched"]:
        lines.append(f"  changed so far: {', '.join(resume['touched'][:LISTED])}")
    if resume["refusals"]:
        lines.append(f"  refused by the gate {resume['refusals']} times, last for:")
        lines += [f"    {_cut(one['message'])}" for one in resume["findings"][:FINDINGS]]
    for answer in resume["answers"][-ANSWERS:]:
        lines.append(f"  asked: {_cut(answer['question'])}")
        lines.append(f"  answer ({answer['action']}): {_cut(answer['answer'] or '-')}")
    return lines


def _checked(task: dict[str, Any], by_hand: Sequence[int]) -> list[str]:
    acceptance = task.get("acceptance", {})
    lines = []
    for number, text in enumerate(acceptance.get("criteria", []), 1):
        how = f'  (you: --attest {number}="how you checked it")' if number in by_hand else ""
        lines.append(f"  {number}. {_cut(text)}{how}")
    for check in acceptance.get("checks", []):
        facts = ", ".join(f"{key} {value}" for key, value in check.items() if key != "check")
        lines.append(f"  {check['check']}" + (f": {_cut(facts)}" if facts else ""))
    if acceptance.get("validation"):
        lines.append(f"  runs: {_cut(acceptance['validation'])}")
    return ["done when:", *lines] if lines else []


def _commands(name: str, document: dict[str, Any], worker: str) -> list[str]:
    me, lease = f"--as {worker}", document["leaseSeconds"]
    return [
        "then:",
        f"  evt emit Heartbeat {name} --note '...' --progress 0.5 {me}",
        f"      (a sign of life: be heard at least every {lease} s)",
        f"  evt check {name} {me}    before you report",
        f"  evt emit Completed {name} --score 1..5 --notes '...' {me}",
        f"  evt emit Escalated {name} --question '...' {me}    if you are stuck",
        f"  evt emit Failed {name} --reason '...' {me}    if it cannot be done",
    ]
