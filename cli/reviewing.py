"""What a review shows: the evidence in the log, and the files as they are now."""

from __future__ import annotations

from evt.cli.drift import drifted
from evt.cli.gate import judge_project, work_of
from evt.cli.output import finding, one_line
from evt.eventlog.errors import Findings, Refusal
from evt.projections.logfold import fold_log
from evt.projections.review import review
from evt.projections.views import TOLD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.log.filelog import FileLog
    from evt.eventlog.state import State

    Document = dict[str, Any]


def gathered(log: FileLog, project: str | None, task: str | None, rerun: bool) -> Document:
    """`{"schema":"evt.review/1","project","tasks":[...],"acceptance":{...}|null}`.

    An entry of `tasks` has, besides the evidence of the log, `drifted` ([{path, how}]) and with
    `rerun` the `verdict` and `results` of its gate now; `acceptance` is that of the project.
    """
    fold = fold_log(log.layout, views=TOLD)
    tasks = review(fold, project)
    if task is not None:
        tasks = [entry for entry in tasks if entry["task"] == task]
        if not tasks:
            raise Refusal(4, "not_found", f"there is no task {task}", "evt status", task=task)
    state = log.state()
    is_last = project in (None, state.head["last"])
    changed: dict[str, list[dict[str, str]]] = {}
    for changed_task, path, how in drifted(log, state) if is_last else ():
        changed.setdefault(changed_task, []).append({"path": path, "how": how})
    for entry in tasks:
        entry["drifted"] = changed.get(entry["task"], [])
        if rerun and is_last and entry["status"] == "completed":
            entry["rerun"] = _again(log, state, entry["task"])
    acceptance = _acceptance(log, state) if rerun and is_last and task is None else None
    name = project or state.head["last"]
    return {"schema": "evt.review/1", "project": name, "tasks": tasks, "acceptance": acceptance}


def _again(log: FileLog, state: State, name: str) -> Document:
    """The gate of a completed task, on the files of now."""
    from evt.validators.gate import judge

    task = state.task(name)
    assert task is not None
    attempt = next((a for a in task["attempts"] if a["state"] == "completed"), None)
    work = work_of(log, state, task, attempt, True, speaks=False, manual_ok=True)
    judgement = judge(work)
    return {"verdict": judgement.verdict, "results": judgement.results}


def _acceptance(log: FileLog, state: State) -> Document | None:
    """The project's own checks, None if it has none."""
    if state.head["last"] is None:
        return None
    if not state.get(state.project_key())["data"].get("acceptance"):
        return None
    try:
        found = judge_project(log, state, True)
    except Findings as error:
        return {"verdict": "error", "results": error.facts.get("results", [])}
    return {"verdict": "passed" if found.passed else "refused", "results": found.results}


def brief(document: Document) -> str:
    """One line per task."""
    lines = []
    for entry in document["tasks"]:
        said = [f"{entry['task']}  {entry['status']}"]
        if entry["status"] == "completed":
            said.append(f"{entry['worker']}, score {entry['score'] or 'not given'}")
            said.append(_evidence(entry))
            said.append("changed since" if entry["drifted"] else "unchanged")
        for key in ("refusals", "loosened", "unattributed", "conflicts"):
            if entry[key]:
                said.append(f"{len(entry[key])} {key}")
        if "rerun" in entry:
            said.append(f"now: {entry['rerun']['verdict']}")
        lines.append("  ".join(said))
    return "\n".join([*lines, *_tail(document)])


def _evidence(entry: Document) -> str:
    said = f"{len(entry['passed'])} checks"
    return said + (f", {len(entry['attested'])} attested" if entry["attested"] else "")


def _tail(document: Document) -> list[str]:
    found = document["acceptance"]
    lines = [] if found is None else [f"the project's own checks: {found['verdict']}"]
    bad = [] if found is None else [r for r in found["results"] if r["verdict"] != "passed"]
    lines += [f"  {finding(one)}" for one in bad]
    if not document["tasks"]:
        return ["no task yet"]
    return [*lines, "next: evt review TASK --accept",
            "  or: evt review TASK --reopen 'what is wrong' [--escaped]"]  # fmt: skip


def in_full(document: Document) -> str:
    """Everything about each task, a block each."""
    blocks = ["\n".join(_block(entry)) for entry in document["tasks"]]
    return "\n\n".join([*blocks, "\n".join(_tail(document))])


def _block(entry: Document) -> list[str]:
    lines = [one_line(f"{entry['task']} ({entry['status']}): {entry['description']}")]
    how = {one["path"]: one["how"] for one in entry["drifted"]}
    for one in entry["deliverables"]:
        size = "deleted" if one.get("sha256") is None else f"{one.get('bytes')} bytes"
        lines.append(f"  {one['path']}  {size}  {how.get(one['path'], 'unchanged')}")
    if entry["status"] == "completed":
        by = entry["acceptedBy"]
        lines.append(f"  by {entry['worker']}, score {entry['score'] or 'not given'}"
                     + (f", accepted by {by}" if by else ""))  # fmt: skip
    if entry["overridden"]:
        lines.append(f"  the gate was overridden: {entry['overridden']}")
    lines += [f"  {finding(one)}" for one in entry["passed"]]
    for one in entry["attested"]:
        lines.append(f"  attested {one['criterion']}. {one['text']}: {one['how']}")
    for one in entry["unattributed"]:
        lines.append(f"  nobody's change: {one['message']}")
    for one in entry["refusals"]:
        bad = [r for r in one["results"] if r["verdict"] != "passed"]
        lines.append(f"  refused at {one['sequence']}: {bad[0]['message'] if bad else ''}")
    lines += [f"  loosened at {one['sequence']}" for one in entry["loosened"]]
    lines += [f"  conflict at {one['sequence']}" for one in entry["conflicts"]]
    if entry["suspect"]:
        lines.append("  suspect: what it depends on was reopened")
    if entry["notes"]:
        lines.append(f"  notes: {entry['notes']}")
    if "rerun" in entry:
        lines.append(f"  now: {entry['rerun']['verdict']}")
        bad = [r for r in entry["rerun"]["results"] if r["verdict"] != "passed"]
        lines += [f"    {finding(one)}" for one in bad]
    return [lines[0], *("  " + line.lstrip("\n").replace("\n", " ") for line in lines[1:])]
