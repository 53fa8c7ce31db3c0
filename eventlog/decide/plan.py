"""Applying a plan: one batch, and applying it twice is as once."""

from __future__ import annotations

from evt.eventlog.catalog import FINAL
from evt.eventlog.decide.draft import must_lead
from evt.eventlog.decide.graph import check_dependencies, tell_of_failed
from evt.eventlog.decide.loosening import with_loosened
from evt.eventlog.decide.tasks import create, start_default
from evt.eventlog.decision import Accepted
from evt.eventlog.errors import Refusal
from evt.eventlog.vocabulary import DEFAULTS, NOT_STORED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.commands import Plan
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.rows import TaskRow
    from evt.eventlog.state import State


def applied(draft: Draft, command: Plan) -> Accepted:
    """Start or complete the project, create what is new, revise what differs."""
    must_lead(draft, "apply a plan")
    _project(draft, command)
    changes, needed = [], []
    for task in in_order(command.tasks):
        row = draft.state.task(task["id"]) if draft.state.head["project"] else None
        if row is None:
            if draft.state.head["project"] is None:
                start_default(draft)
            create(draft, task["id"], task)
            needed += task.get("dependencies", [])
            continue
        changed = difference(row, task)
        if changed:
            changes.append((row, changed))
    for row, changed in changes:
        _revise(draft, row, changed)
        needed += changed.get("dependencies", [])
    tell_of_failed(draft, needed)
    return Accepted()


def in_order(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tasks so that each follows those it waits for; a cycle stays at the end."""
    by_id = {task["id"]: task for task in tasks}
    placed: dict[str, dict[str, Any]] = {}
    missing = {
        name: [other for other in dict.fromkeys(task.get("dependencies", ())) if other in by_id]
        for name, task in by_id.items()
    }
    waiting: dict[str, list[str]] = {}
    for name, needed in missing.items():
        for other in needed:
            waiting.setdefault(other, []).append(name)
    left = {name: len(needed) for name, needed in missing.items()}
    todo = [name for name in reversed(by_id) if left[name] == 0]
    while todo:
        name = todo.pop()
        placed[name] = by_id[name]
        for other in reversed(waiting.get(name, [])):
            left[other] -= 1
            if left[other] == 0:
                todo.append(other)
    return [*placed.values(), *(task for name, task in by_id.items() if name not in placed)]


def difference(row: TaskRow, task: dict[str, Any]) -> dict[str, Any]:
    """Fields in which the plan's task differs from the log's; what the plan leaves out stays."""
    data = {**DEFAULTS["TaskCreated"], **row["data"]}
    return {
        key: value
        for key, value in task.items()
        if key != "revision" and key not in NOT_STORED and data.get(key) != value
    }


def _revise(draft: Draft, row: TaskRow, changed: dict[str, Any]) -> None:
    if row["status"] in FINAL:
        raise Refusal(
            4, "wrong_state", f"{row['id']} is {row['status']} and differs from the plan in "
            + ", ".join(changed), f"evt emit Reopened {row['id']} --defect TEXT", task=row["id"],
        )  # fmt: skip
    if "dependencies" in changed:
        check_dependencies(draft, row["id"], changed["dependencies"])
    data = with_loosened(row, {"changed": changed, "reason": "plan"})
    draft.add("TaskRevised", row["id"], data, actor=draft.command.actor)


def missing_keys(state: State, project: dict[str, Any]) -> dict[str, Any]:
    """What a plan's project would fill in the open one."""
    data = state.get(state.project_key())["data"]
    return {key: value for key, value in project.items() if key != "name" and data.get(key) is None}


def _project(draft: Draft, command: Plan) -> None:
    project = command.project
    if project is None:
        return
    if "policy" in project:
        from evt.eventlog.decide.aims import must_be_targets

        must_be_targets(project)
    name, is_open = project["name"], draft.state.head["project"]
    if is_open is None:
        if draft.state.get(f"p/{name}") is not None:
            raise Refusal(4, "name_taken", f"this log had a project {name} before")
        draft.add("ProjectStarted", name, project, actor=command.actor, project=name)
    elif is_open != name:
        raise Refusal(4, "wrong_state", f"the open project is {is_open}, not {name}", "evt status")
    elif more := missing_keys(draft.state, project):
        draft.add("ProjectRevised", name, {**more, "note": "plan"}, actor=command.actor)
