"""Tasks made, changed, cancelled and opened again, by those who lead."""

from __future__ import annotations

from evt.eventlog.decide.draft import (
    must_be_engineer,
    must_be_open,
    must_lead,
    must_not_be_in_a_chat,
)
from evt.eventlog.decide.graph import check_dependencies, tell_dependants, tell_of_failed, waiting
from evt.eventlog.decide.loosening import with_loosened
from evt.eventlog.decision import Accepted
from evt.eventlog.errors import InvalidInput, Refusal
from evt.eventlog.table import action
from evt.eventlog.vocabulary import NOT_STORED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.commands import Emit
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.rows import TaskRow

DEFAULT_PROJECT = "default"
_ID = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")


def created(draft: Draft, command: Emit) -> Accepted:
    """A new task; without an open project `default` starts in the same batch."""
    must_lead(draft, "create tasks")
    name = check_task_id(command.subject)
    if draft.state.head["project"] is None:
        start_default(draft)
    create(draft, name, command.data, command)
    tell_of_failed(draft, command.data.get("dependencies", []))
    return Accepted()


def check_task_id(name: str | None) -> str:
    """A task id as the plan file and TaskCreated ask for it."""
    if not name or len(name) > 64 or name[0] in "._-" or set(name) - _ID:
        raise InvalidInput(
            f"{name!r} is not a task id: [a-z0-9][a-z0-9._-]*, at most 64 characters",
            "evt emit TaskCreated task-001 --description '...'",
        )
    return name


def start_default(draft: Draft) -> None:
    """Start a project nobody named; a second one is `default-2`, as names are not used twice."""
    name, number = DEFAULT_PROJECT, 1
    while draft.state.get(f"p/{name}") is not None:
        number += 1
        name = f"{DEFAULT_PROJECT}-{number}"
    draft.add("ProjectStarted", name, {"name": name}, actor=draft.command.actor, project=name)


def create(draft: Draft, name: str, data: dict[str, Any], command: Emit | None = None) -> None:
    """Append the TaskCreated, if the id is free and its dependencies are there."""
    if draft.state.task(name) is not None:
        raise Refusal(
            4, "wrong_state", f"there is a task {name} already",
            f"evt emit TaskRevised {name} --changed JSON --reason TEXT", task=name,
        )  # fmt: skip
    check_dependencies(draft, name, data.get("dependencies", []))
    stored = {key: value for key, value in data.items() if key not in NOT_STORED}
    stored = {"type": "task", **stored}
    draft.add(
        "TaskCreated", name, stored, actor=draft.command.actor,
        id=command.id if command else None, caused=command.caused if command else None,
    )  # fmt: skip


def revised(draft: Draft, command: Emit) -> Accepted:
    """Fields of a task change; its revision goes up."""
    must_lead(draft, "revise tasks")
    must_be_open(draft)
    task = draft.task(command.subject)
    _must_allow(task, "TaskRevised", "revise")
    changed = command.data["changed"]
    if not changed:
        raise Refusal(2, "usage", "--changed names no field", "evt schema TaskRevised")
    if "dependencies" in changed:
        check_dependencies(draft, task["id"], changed["dependencies"])
    _append(draft, command, task, with_loosened(task, command.data))
    tell_of_failed(draft, changed.get("dependencies", []))
    return Accepted()


def _must_allow(task: TaskRow, request: str, wanted: str) -> None:
    if action(request, task) != wanted:
        raise Refusal(
            4, "wrong_state", f"{task['id']} is {task['status']}: nothing to {wanted} now",
            "evt status", task=task["id"],
        )  # fmt: skip


def _append(draft: Draft, command: Emit, task: TaskRow, data: dict[str, Any]) -> None:
    draft.add(
        command.type, task["id"], data, actor=command.actor, id=command.id, caused=command.caused,
    )  # fmt: skip


def cancelled(draft: Draft, command: Emit) -> Accepted:
    """The task ends; what waits for it is cancelled too, goes on without it, or is asked about."""
    if command.cascade and command.drop:
        raise InvalidInput(
            "--cascade and --drop-dependency exclude each other: what waits ends or goes on",
            f"evt emit TaskCancelled {command.subject} --reason TEXT --cascade",
        )
    must_lead(draft, "cancel tasks")
    must_be_open(draft)
    task = draft.task(command.subject)
    _must_allow(task, "TaskCancelled", "cancel")
    if command.drop:
        for name in waiting(draft, task):
            _without(draft, draft.task(name), task["id"])
    _append(draft, command, task, command.data)
    if command.cascade:
        cascade(draft, task, command.data["reason"])
    else:
        tell_dependants(draft, draft.changed(task))
    return Accepted()


def _without(draft: Draft, task: TaskRow, gone: str) -> None:
    rest = [name for name in task["data"]["dependencies"] if name != gone]
    draft.add(
        "TaskRevised", task["id"],
        {"changed": {"dependencies": rest}, "reason": f"{gone} is cancelled"},
        actor=draft.command.actor,
    )  # fmt: skip


def cascade(draft: Draft, task: TaskRow, reason: str) -> None:
    """Cancel everything that waits for the task, however far down."""
    todo = list(task["dependants"])
    while todo:
        other = draft.task(todo.pop())
        if action("TaskCancelled", other) == "cancel":
            todo += other["dependants"]
            draft.add("TaskCancelled", other["id"], {"reason": reason}, actor=draft.command.actor)


def reopened(draft: Draft, command: Emit) -> Accepted:
    """A defect turned up after the end; what had not started yet waits again."""
    must_lead(draft, "reopen tasks")
    must_not_be_in_a_chat(draft, "reopen")
    task = draft.task(command.subject)
    _must_allow(task, "Reopened", "reopen")
    draft.add(
        "Reopened", task["id"], {"escaped": False, **command.data}, actor=command.actor,
        id=command.id, caused=command.caused, project=draft.state.head["last"],
    )  # fmt: skip
    return Accepted()


def noted(draft: Draft, command: Emit) -> Accepted:
    """Noted, Intervened, Reviewed: kept, nothing follows. Only Noted may be about anything."""
    if command.type == "Reviewed":
        must_be_engineer(draft, "review what was delivered")
        _must_be_delivered(draft.task(command.subject), command.data["verdict"])
    elif command.type == "Intervened" and command.subject:
        draft.task(command.subject)
    draft.add(
        command.type, command.subject, command.data, actor=command.actor, id=command.id,
        caused=command.caused,
        project=draft.state.head["last"] if command.type == "Reviewed" else None,
    )  # fmt: skip
    return Accepted()


def _must_be_delivered(task: TaskRow, verdict: str) -> None:
    """A verdict is about final deliverables; what failed may only be opened again."""
    if task["status"] not in (("completed",) if verdict == "accepted" else ("completed", "failed")):
        raise Refusal(
            4, "wrong_state", f"{task['id']} is {task['status']}: nothing to review now",
            "evt review --brief", task=task["id"],
        )  # fmt: skip
