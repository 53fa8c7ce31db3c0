"""The pack: all that a chat which forgot everything needs to begin, or to go on, with a task."""

from __future__ import annotations

from evt.eventlog.forms import signed
from evt.projections.status import task_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from evt.eventlog.rows import AttemptRow, TaskRow
    from evt.eventlog.state import State

PACK_BYTES = 2400  # 600 tokens
NEEDS_BYTES, NEEDS_LEAST = 800, 160  # about 200 tokens for what the dependencies delivered
RESUME_BYTES = 480  # at least, for what was before, however large the task is
LINE, NOTE = 240, 600  # bytes of one requirement where room is short, of what a worker left
FINDINGS, ANSWERS = 3, 3  # of the last refusal, of the answers: the latest
MORE = "  ... the rest: evt next --json"
LISTED = 12  # files and requirements that the text lists


def pack(state: State, task: TaskRow, merges: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """`{"task","attempt","leaseSeconds","resume","needs"}` of the attempt that is open.

    `merges`: [{task, branch, commit}] that the worker's tree lacks.
    """
    attempt = task["attempts"][-1]
    live = state.head["live"].get(task["id"])
    return {
        "task": task_json(task),
        "attempt": attempt["n"],
        "leaseSeconds": live["lease"] if live else 0,
        "resume": resume(state, task),
        "needs": needs(state, task, merges or []),
    }


def resume(state: State, task: TaskRow) -> dict[str, Any] | None:
    """What is left of the work so far, and the answers given; None on a first try.

    `from` and `attempt` say who left the last trace; each thing is the latest of its kind, whoever
    left it, and files are those of all attempts.
    """
    attempts = task["attempts"][::-1]
    answers = [
        {"question": q["question"], "action": q["action"], "answer": q["answer"]}
        for q in task["questions"]
        if q["resolved"] and q["action"]
    ]
    source = next((one for one in attempts if _has_trace(one)), attempts[1:2] and attempts[1])
    if not source and not answers:
        return None
    source = source or attempts[0]
    todo = [one for one in attempts if one["state"] != "completed"]  # what was accepted is over
    refused = next((one for one in todo if one["refusals"]), attempts[0])
    failed = max(attempts, key=lambda one: one["failed"])
    reopened = task["reopened"]
    return {
        "from": source["worker"],
        "attempt": source["n"],
        "ended": None if source is attempts[0] else source["state"],
        "reopened": state.stored(reopened).data["defect"] if reopened else None,
        "failed": state.stored(failed["failed"]).data["reason"] if failed["failed"] else None,
        "failedBy": failed["worker"] if failed["failed"] else None,
        "progress": next((p for one in todo if (p := one["progress"]) is not None), None),
        "note": next((note for one in attempts if (note := one["note"])), None),
        "touched": list(dict.fromkeys(path for one in attempts for path in one["touched"])),
        "deliverables": list(dict.fromkeys(path for one in attempts for path in one["handed"])),
        "refusals": refused["refusals"],
        "findings": refused["findings"],
        "answers": answers,
    }


def _has_trace(attempt: AttemptRow) -> bool:
    """Whether an attempt left anything to go on from."""
    return bool(attempt["note"] or attempt["touched"] or attempt["refusals"] or attempt["failed"])


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

    What was before is cut to what the task itself leaves of them. `by_hand`: numbers of the
    criteria that the worker has to attest.
    """
    first, last = _itself(document, worker, by_hand, PACK_BYTES)
    others = (RESUME_BYTES if document["resume"] else 0) + (NEEDS_LEAST if document["needs"] else 0)
    if _size([*first, *last]) + others > PACK_BYTES:
        whole = (first, last)
        first, last = _itself(document, worker, by_hand, LINE)
        first += [MORE] if (first, last) != whole else []
    room = PACK_BYTES - _size([*first, *last])
    needed = _fitting(_needed(document["needs"]), NEEDS_BYTES)
    before = _fitting(_resumed(document["resume"]), max(RESUME_BYTES, room - _size(needed)))
    needed = _fitting(needed, max(NEEDS_LEAST, room - _size(before)))
    return "\n".join([*first, *needed, *before, *last])


def _itself(
    document: dict[str, Any], worker: str, by_hand: Sequence[int], most: int
) -> tuple[list[str], list[str]]:
    """What the task is, and when it is done; each text of at most so many bytes."""
    task = document["task"]
    first = [
        f"{task['id']}, attempt {document['attempt']}: {_cut(task['description'], most)}",
        *_files(task),
        *_listed("so that", task.get("context", {}).get("requirements", []), most),
    ]
    return first, [*_checked(task, by_hand, most), *_commands(task["id"], document, worker)]


def _cut(text: str, most: int = LINE) -> str:
    """The text in one line of at most so many bytes, which stand for tokens."""
    line = " ".join(text.split())
    encoded = line.encode("utf-8", "replace")
    return line if len(encoded) <= most else encoded[: most - 3].decode("utf-8", "ignore") + "..."


def _size(lines: list[str]) -> int:
    return sum(len(line.encode("utf-8", "replace")) + 1 for line in lines)


def _fitting(lines: list[str], most: int) -> list[str]:
    """As many of the lines as have room, and where the others are."""
    if _size(lines) <= most:
        return lines
    kept, left = [], most - len(MORE) - 1
    for line in lines:
        left -= _size([line])
        if left < 0:
            break
        kept.append(line)
    return [*kept, MORE]


def _paths(label: str, paths: list[str], more: str) -> str:
    """`label: a.md, b.md (+3 more: evt ...)`."""
    rest = f" (+{len(paths) - LISTED} more: {more})" if paths[LISTED:] else ""
    return f"{label}: {', '.join(map(_cut, paths[:LISTED]))}{rest}"


def _files(task: dict[str, Any]) -> list[str]:
    context = task.get("context", {})
    named = (
        ("open first", "relevantRules"), ("read", "targetFiles"), ("write", "outputFiles"),
        ("delete", "deletedFiles"),
    )  # fmt: skip
    found = [(label, context.get(key, [])) for label, key in named]
    return [_paths(label, paths, "evt status --json") for label, paths in found if paths]


def _listed(label: str, texts: list[str], most: int) -> list[str]:
    if not texts:
        return []
    lines = [f"  - {_cut(text, most)}" for text in texts[:LISTED]]
    if texts[LISTED:]:
        lines.append(f"  - and {len(texts) - LISTED} more: evt next --json")
    return [f"{label}:", *lines]


def _needed(needs: list[dict[str, Any]]) -> list[str]:
    """Merges first: without them the rest is not there."""
    lines: list[str] = []
    for need in needs:
        if "merge" in need:
            branch = need["branch"] or need["merge"]
            lines.insert(0, f"  - first: git merge {branch}    ({need['task']})")
        note = f" -- {_cut(need['notes'])}" if need["notes"] else ""
        files = ", ".join(need["deliverables"][:LISTED]) or "no files"
        lines.append(f"  - {need['task']}: {files}{note}")
    return ["done before:", *lines] if lines else []


def _resumed(resume: dict[str, Any] | None) -> list[str]:
    """What matters most first, as the end may be cut."""
    if resume is None:
        return []
    who = f"before you: {resume['from']} (attempt {resume['attempt']})"
    lines = [who if resume["ended"] else "so far:"]
    if resume["reopened"]:
        lines.append(f"  reopened: {_cut(resume['reopened'], NOTE)}")
    for answer in resume["answers"][-ANSWERS:]:
        lines.append(f"  asked: {_cut(answer['question'])}")
        lines.append(f"  answer ({answer['action']}): {_cut(answer['answer'] or '-')}")
    gave_up = f"{resume['failedBy']} gave up"
    for label, text in (("note", resume["note"]), (gave_up, resume["failed"])):
        if text:
            lines.append(f"  {label}: {_cut(text, NOTE)}")
    if resume["refusals"]:
        lines.append(f"  refused by the gate {resume['refusals']} times, last for:")
        lines += [f"    {_cut(one['message'])}" for one in resume["findings"][:FINDINGS]]
    if resume["progress"] is not None:
        lines.append(f"  done so far: {round(resume['progress'] * 100)} %")
    for label, paths in (("handed in", resume["deliverables"]), ("changed", resume["touched"])):
        if paths:
            lines.append("  " + _paths(f"{label} so far", paths, "evt next --json"))
    return lines


def _checked(task: dict[str, Any], by_hand: Sequence[int], most: int) -> list[str]:
    acceptance = task.get("acceptance", {})
    lines = []
    for number, text in enumerate(acceptance.get("criteria", []), 1):
        how = f'  (you: --attest {number}="how you checked it")' if number in by_hand else ""
        lines.append(f"  {number}. {_cut(text, most)}{how}")
    for check in acceptance.get("checks", []):
        facts = ", ".join(f"{key} {value}" for key, value in check.items() if key != "check")
        lines.append(f"  {check['check']}" + (f": {_cut(facts, most)}" if facts else ""))
    if acceptance.get("validation"):
        lines.append(f"  runs: {_cut(acceptance['validation'], most)}")
    return ["done when:", *lines] if lines else []


def _commands(name: str, document: dict[str, Any], worker: str) -> list[str]:
    me = signed(worker, document["attempt"])
    return [
        "then:",
        f"  evt emit Heartbeat {name} --note '...' --progress 0.5 {me}",
        f"      (a sign of life: be heard at least every {document['leaseSeconds']} s)",
        f"  evt check {name} --as {worker}    before you report",
        f"  evt emit Completed {name} --score 1..5 --notes '...' {me}",
        f"  evt emit Escalated {name} --question '...' {me}    if you are stuck",
        f"  evt emit Failed {name} --reason '...' {me}    if it cannot be done",
    ]
