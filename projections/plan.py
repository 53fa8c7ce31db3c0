"""What is wrong with a plan before anyone starts, and what applying it would change.

Errors would break the work (exit 2), warnings make it slower or less certain.
"""

from __future__ import annotations

from evt.eventlog.catalog import FINAL
from evt.eventlog.decide.plan import difference, in_order, missing_keys
from evt.eventlog.overlap import first_meeting, outputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from typing import Any, Protocol

    from evt.eventlog.state import State

    Task = dict[str, Any]
    Finding = dict[str, Any]

    class Look(Protocol):
        """What is outside the plan and the log."""

        def size(self, path: str) -> int | None:
            """Bytes of a file of the repository, None if there is none."""

        def manual(self, task: Task) -> Iterable[str]:
            """Criteria that only a person can check."""

        def unapproved(self, task: Task) -> Iterable[str]:
            """Commands of its checks that the engineer has not approved."""


REQUIREMENTS = 5  # more than these and a task is hard to hold in one chat


def finding(level: str, code: str, task: str | None, message: str) -> Finding:
    """One finding: level error or warning, a code, the task (None: the plan), a sentence."""
    return {"level": level, "code": code, "task": task, "message": message}


def findings(
    tasks: list[Task], state: State, look: Look, broken: Container[str] = ()
) -> list[Finding]:
    """Everything that is wrong with tasks whose schema is right; `broken` ids are there too."""
    log = _open_tasks(state)
    found = [
        *_duplicates(tasks),
        *_dependencies(tasks, {task["id"] for task in tasks}, log, broken),
        *_cancelled(tasks, state, log),
    ]
    rows = {**log, **{task["id"]: task for task in tasks}}
    found += _cycle(rows)
    if not found:
        found += _pairs(rows, _new(tasks, log), {task["id"] for task in tasks})
    for task in tasks:
        found += _task(task, look)
    return found


def _open_tasks(state: State) -> dict[str, Task]:
    """The tasks of the open project, ended ones without what they would write."""
    found: dict[str, Task] = {}
    for name in state.task_ids() if state.head["project"] else ():
        row = state.task(name)
        if row is not None:
            over = row["status"] in FINAL
            found[name] = {"id": name, **row["data"], **({"context": {}} if over else {})}
    return found


def _new(tasks: list[Task], log: dict[str, Task]) -> set[str]:
    """Ids of tasks that the log does not hold, or holds with other outputs or dependencies."""
    keys = ("context", "dependencies")
    return {
        task["id"] for task in tasks
        if task["id"] not in log
        or any(key in task and task[key] != log[task["id"]].get(key) for key in keys)
    }  # fmt: skip


def _duplicates(tasks: list[Task]) -> Iterator[Finding]:
    ids: set[str] = set()
    for task in tasks:
        if task["id"] in ids:
            yield finding("error", "duplicate_id", task["id"], "this id is there twice")
        ids.add(task["id"])


def _dependencies(
    tasks: list[Task], ids: set[str], log: dict[str, Task], broken: Container[str]
) -> Iterator[Finding]:
    for task in tasks:
        needed = task.get("dependencies", [])
        for other in dict.fromkeys(needed):
            if other not in ids and other not in log and other not in broken:
                message = f"depends on {other}, which is not there"
                yield finding("error", "unknown_dependency", task["id"], message)
            if needed.count(other) > 1:
                message = f"depends on {other} twice"
                yield finding("error", "duplicate_dependency", task["id"], message)


def _cancelled(tasks: list[Task], state: State, log: dict[str, Task]) -> Iterator[Finding]:
    """Dependencies that never will be completed, those left out that the log has already."""
    for task in tasks:
        known = log.get(task["id"], {}).get("dependencies", ())
        for other in task.get("dependencies", ()):
            row = state.task(other) if other in log and other not in known else None
            if row is not None and row["status"] == "cancelled":
                message = f"depends on {other}, which is cancelled: it would wait for ever"
                yield finding("error", "cancelled_dependency", task["id"], message)


def _cycle(rows: dict[str, Task]) -> list[Finding]:
    """Tasks that come before something they wait for: one cycle at least goes through them."""
    placed: set[str] = set()
    for task in in_order(list(rows.values())):
        if not placed.issuperset(_needed(rows, task["id"])):
            path = _walk(task["id"], rows, placed)
            message = "these wait for each other: " + " -> ".join(path)
            return [finding("error", "cycle", task["id"], message)]
        placed.add(task["id"])
    return []


def _needed(rows: dict[str, Task], name: str) -> list[str]:
    return [other for other in rows[name].get("dependencies", ()) if other in rows]


def _walk(start: str, rows: dict[str, Task], placed: set[str]) -> list[str]:
    path = [start]
    while True:
        name = next(other for other in _needed(rows, path[-1]) if other not in placed)
        if name in path:
            return [*path[path.index(name) :], name]
        path.append(name)


def _pairs(rows: dict[str, Task], new: set[str], asked: set[str]) -> Iterator[Finding]:
    """Two tasks with one output and no path between them.

    What only the log holds, or holds already, is not the fault of this plan.
    """
    writers = [(name, paths) for name, task in rows.items() if (paths := outputs(task))]
    plain: dict[str, list[str]] = {}
    before: dict[str, set[str]] = {}
    for at, (name, paths) in enumerate(writers):
        for other, theirs in _candidates(writers[:at], plain, paths):
            if not (name in new or other in new or (name in asked and other in asked)):
                continue
            met = first_meeting(theirs, paths)
            if met is not None and not _ordered(rows, before, name, other):
                later, first = (name, other) if name in asked else (other, name)
                message = f"writes {met} as {first} does, and neither waits for the other"
                yield finding("error", "same_output", later, message)
        for path in paths:
            plain.setdefault(path, []).append(name)


def _candidates(
    earlier: list[tuple[str, list[str]]], plain: dict[str, list[str]], paths: list[str]
) -> list[tuple[str, list[str]]]:
    """Writers that could meet these paths: with plain paths only those that name one of them."""
    if any(set(path) & set("*?[") or path.endswith("/") for path in (*paths, *plain)):
        return earlier
    names = {name for path in paths for name in plain.get(path, [])}
    return [pair for pair in earlier if pair[0] in names]


def _ordered(rows: dict[str, Task], before: dict[str, set[str]], one: str, other: str) -> bool:
    """Whether one of two tasks waits for the other, directly or not."""
    for name in (one, other):
        if name not in before:
            todo, found = [name], set[str]()
            while todo:
                more = [need for need in _needed(rows, todo.pop()) if need not in found]
                found.update(more)
                todo += more
            before[name] = found
    return other in before[one] or one in before[other]


def _task(task: Task, look: Look) -> Iterator[Finding]:
    name, context = task["id"], task.get("context", {})
    acceptance = task.get("acceptance", {})
    for path in context.get("relevantRules", []):
        if look.size(path) is None:
            yield finding("error", "missing_rule", name, f"the rule file {path} is missing")
    if not acceptance.get("checks") and not acceptance.get("criteria"):
        message = "nothing says when it is done: add acceptance.checks"
        yield finding("warning", "no_checks", name, message)
    for text in look.manual(task):
        yield finding("warning", "manual", name, f"only a person can check: {text}")
    for command in look.unapproved(task):
        message = f"the engineer has not approved the command: {command}"
        yield finding("warning", "not_approved", name, message)
    if "estimateSeconds" not in task:
        yield finding("warning", "no_estimate", name, "there is no estimateSeconds")
    if len(context.get("requirements", [])) > REQUIREMENTS:
        message = f"there are more than {REQUIREMENTS} requirements: split it"
        yield finding("warning", "many_requirements", name, message)


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
    if project is not None and is_open is not None and project["name"] != is_open:
        message = f"the open project is {is_open}, not {project['name']}"
        found.append(finding("error", "other_project", None, message))
    elif project is not None and is_open is None and state.get(f"p/{project['name']}") is not None:
        message = f"this log had a project {project['name']} before: take another name"
        found.append(finding("error", "name_taken", None, message))
    for task in tasks if is_open else ():
        row = state.task(task["id"])
        if row is not None and row["status"] in FINAL and (changed := difference(row, task)):
            message = f"it is {row['status']} in the log and differs in {', '.join(changed)}"
            found.append(finding("error", "ended", row["id"], message))
    return found
