"""Plan files: one task, a list, a project with its tasks, or a folder of such files."""

from __future__ import annotations

import os

from evt.cli.files import read_json
from evt.eventlog.checking import check, check_task
from evt.eventlog.errors import EvtError, InvalidInput, Usage
from evt.projections.plan import finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PLAN_KEYS = ("project", "tasks")
_STORED_LATER = ("status", "assignedTo", "createdAt", "completedAt")


class PlanFile:
    """What was read: `tasks` as TaskCreated data with `id`; `findings` if some of it is wrong."""

    __slots__ = ("findings", "project", "tasks")

    def __init__(self) -> None:
        self.project: dict[str, Any] | None = None
        self.tasks: list[dict[str, Any]] = []
        self.findings: list[dict[str, Any]] = []

    def add(self, value: Any, name: str) -> None:
        """Take what a file holds; what is wrong becomes a finding."""
        if isinstance(value, dict) and set(value) & set(_PLAN_KEYS) and "id" not in value:
            self._whole(value, name)
        elif isinstance(value, list):
            for item in value:
                self._task(item, name)
        else:
            self._task(value, name)

    def _whole(self, value: dict[str, Any], name: str) -> None:
        for key in value:
            if key not in _PLAN_KEYS:
                self._wrong(None, f"{name}: there is no key {key!r}, only project and tasks")
        project, tasks = value.get("project"), value.get("tasks", [])
        if project is not None:
            try:
                if not isinstance(project, dict):
                    raise InvalidInput("project has to be an object")
                if not project.get("name"):
                    raise InvalidInput("project.name is missing")
                self.project = check("ProjectStarted", project)
            except EvtError as error:
                self._wrong(None, f"{name}: {error.message}")
        if not isinstance(tasks, list):
            self._wrong(None, f"{name}: tasks has to be a list")
            return
        for item in tasks:
            self._task(item, name)

    def _task(self, item: Any, name: str) -> None:
        task_id = item.get("id") if isinstance(item, dict) else None
        try:
            if not isinstance(item, dict):
                raise InvalidInput("a task has to be an object")
            check_task(item)
        except EvtError as error:
            known = task_id if isinstance(task_id, str) else None
            self._wrong(known, f"{name}: {error.message}")
            return
        self.tasks.append({key: item[key] for key in item if key not in _STORED_LATER})

    def _wrong(self, task: str | None, message: str) -> None:
        self.findings.append(finding("error", "schema", task, message))


def read_plan(path: str) -> PlanFile:
    """Read a plan; a file that cannot be read raises, one that is wrong becomes a finding."""
    plan = PlanFile()
    if path != "-" and os.path.isdir(path):
        names = sorted(name for name in os.listdir(path) if name.endswith(".json"))
        if not names:
            raise Usage(f"there is no .json file in {path}", "write one file per task")
        paths = [os.path.join(path, name) for name in names]
    else:
        paths = [path]
    for one in paths:
        try:
            value = read_json(one)
        except InvalidInput as error:
            plan.findings.append(finding("error", "schema", None, error.message))
            continue
        plan.add(value, "stdin" if one == "-" else os.path.basename(one))
    return plan
