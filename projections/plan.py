"""What is wrong with a plan before anyone starts, and what applying it would change.

Errors would break the work (exit 2), warnings make it slower or less certain.
"""

from __future__ import annotations

from evt.eventlog.catalog import FINAL
from evt.eventlog.decide.plan import difference, in_order, missing_keys
from evt.eventlog.overlap import first_meeting, outputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evt.eventlog.state import State

    Task = dict[str, Any]
    Finding = dict[str, Any]

REQUIREMENTS = 5  # more than these and a task is hard to hold in one chat
WINDOW_BYTES = 4 * 200_000 // 4  # a quarter of a window of 200,000 tokens of 4 bytes


def finding(level: str, code: str, task: str | None, message: str) -> Finding:
    """One finding: level error or warning, a code, the task (None: the plan), a sentence."""
    return {"level": level, "code": code, "task": task, "message": message}


def findings(tasks: list[Task], state: State, size: Callable[[str], int | None]) -> list[Finding]:
    """Everything that is wrong with tasks whose schema is right; `size` of a file, None: none."""
    known = set(state.task_ids()) if state.head["project"] else set()
    found = _ids(tasks, known)
    if not found:
        found = _pairs(tasks, state)
    for task in tasks:
        found += _task(task, size)
    return found


def _ids(tasks: list[Task], known: set[str]) -> list[Finding]:
    found = []
    ids = [task["id"] for task in tasks]
    for name in dict.fromkeys(ids):
        if ids.count(name) > 1:
            found.append(finding("error", "duplicate_id", name, f"{name} is there twice"))
    for task in tasks:
        needed = task.get("dependencies", [])
        for other in dict.fromkeys(needed):
            if other not in known and other not in ids:
                message = f"{task['id']} depends on {other}, which is not there"
                found.append(finding("error", "unknown_dependency", task["id"], message))
            if needed.count(other) > 1:
                message = f"{task['id']} names {other} twice"
                found.append(finding("error", "duplicate_dependency", task["id"], message))
    return found or _cycle(tasks)


def _cycle(tasks: list[Task]) -> list[Finding]:
    """Tasks that come before something they wait for: one cycle at least goes through them."""
    placed: set[str] = set()
    ids = {task["id"] for task in tasks}
    for task in in_order(tasks):
        needed = [name for name in task.get("dependencies", []) if name in ids]
        if not placed.issuperset(needed):
            path = _walk(task["id"], {t["id"]: t for t in tasks}, placed)
            message = "these wait for each other: " + " -> ".join(path)
            return [finding("error", "cycle", task["id"], message)]
        placed.add(task["id"])
    return []


def _walk(start: str, by_id: dict[str, Task], placed: set[str]) -> list[str]:
    path = [start]
    while True:
        needed = by_id[path[-1]].get("dependencies", [])
        name = next(other for other in needed if other in by_id and other not in placed)
        if name in path:
            return [*path[path.index(name) :], name]
        path.append(name)


def _pairs(tasks: list[Task], state: State) -> list[Finding]:
    """Two tasks with one output and no path between them."""
    rows = {task["id"]: task for task in tasks}
    if state.head["project"]:
        for name in state.task_ids():
            row = state.task(name)
            if row is not None and row["status"] not in FINAL and name not in rows:
                rows[name] = {"id": name, **row["data"]}
    writers: list[tuple[str, list[str]]] = [(name, outputs(task)) for name, task in rows.items()]
    writers = [(name, paths) for name, paths in writers if paths]
    plain: dict[str, list[str]] = {}
    found = []
    before = _before(rows)
    for at, (name, paths) in enumerate(writers):
        for other, theirs in _candidates(writers[:at], plain, paths):
            met = first_meeting(theirs, paths)
            if met is not None and other not in before[name] and name not in before[other]:
                message = f"{other} and {name} both write {met} and neither waits for the other"
                found.append(finding("error", "same_output", name, message))
        for path in paths:
            plain.setdefault(path, []).append(name)
    return found


def _candidates(
    earlier: list[tuple[str, list[str]]], plain: dict[str, list[str]], paths: list[str]
) -> list[tuple[str, list[str]]]:
    """Writers that could meet these paths: with plain paths only those that name one of them."""
    if any(set(path) & set("*?[") or path.endswith("/") for path in (*paths, *plain)):
        return earlier
    names = {name for path in paths for name in plain.get(path, [])}
    return [pair for pair in earlier if pair[0] in names]


def _before(rows: dict[str, Task]) -> dict[str, set[str]]:
    """For each task all it waits for, directly or not."""
    before: dict[str, set[str]] = {}
    for task in in_order(list(rows.values())):
        needed = [name for name in task.get("dependencies", []) if name in rows]
        before[task["id"]] = set(needed).union(*(before.get(name, set()) for name in needed))
    return before


def _task(task: Task, size: Callable[[str], int | None]) -> list[Finding]:
    found = []
    name, context = task["id"], task.get("context", {})
    acceptance = task.get("acceptance", {})
    for path in context.get("relevantRules", []):
        if size(path) is None:
            found.append(finding("error", "missing_rule", name, f"the rule file {path} is missing"))
    if not acceptance.get("checks") and not acceptance.get("criteria"):
        message = f"nothing says when {name} is done: add acceptance.checks"
        found.append(finding("warning", "no_checks", name, message))
    for text in acceptance.get("criteria", []):
        found.append(finding("warning", "manual", name, f"only a person can check: {text}"))
    if acceptance.get("validation"):
        message = f"the command is not approved: {acceptance['validation']}"
        found.append(finding("warning", "not_approved", name, message))
    if "estimateSeconds" not in task:
        found.append(finding("warning", "no_estimate", name, f"{name} has no estimateSeconds"))
    if len(context.get("requirements", [])) > REQUIREMENTS:
        message = f"{name} has more than {REQUIREMENTS} requirements: split it"
        found.append(finding("warning", "many_requirements", name, message))
    reading = [*context.get("targetFiles", []), *context.get("relevantRules", [])]
    if sum(size(path) or 0 for path in reading) > WINDOW_BYTES:
        message = f"{name} has to read more than a quarter of a chat's window"
        found.append(finding("warning", "much_reading", name, message))
    return found


def changes(state: State, project: dict[str, Any] | None, tasks: list[Task]) -> list[str]:
    """What applying the plan would change in the log, in words."""
    said = []
    is_open = state.head["project"]
    if project is not None and is_open is None:
        said.append(f"start project {project['name']}")
    elif project is not None and (keys := missing_keys(state, project)):
        said.append(f"fill {', '.join(keys)} of the project")
    for task in in_order(tasks):
        row = state.task(task["id"]) if is_open else None
        if row is None:
            said.append(f"create {task['id']}")
        elif changed := difference(row, task):
            said.append(f"revise {task['id']}: {', '.join(changed)}")
    return said


def against_log(state: State, project: dict[str, Any] | None, tasks: list[Task]) -> list[Finding]:
    """Errors that only the running log shows."""
    found = []
    is_open = state.head["project"]
    if is_open is not None and project is not None and project["name"] != is_open:
        message = f"the open project is {is_open}, not {project['name']}"
        found.append(finding("error", "other_project", None, message))
    for task in tasks if is_open else ():
        row = state.task(task["id"])
        if row is not None and row["status"] in FINAL and (changed := difference(row, task)):
            message = f"{row['id']} is {row['status']} and differs in {', '.join(changed)}"
            found.append(finding("error", "ended", row["id"], message))
    return found


def criteria(tasks: list[Task]) -> list[dict[str, Any]]:
    """Each criterion of the plan with the check it became, None: a person has to look."""
    return [
        {"task": task["id"], "text": text, "check": None}
        for task in tasks
        for text in task.get("acceptance", {}).get("criteria", [])
    ]
