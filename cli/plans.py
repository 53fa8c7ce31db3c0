"""Plan files: one task, a list, a project with its tasks, or a folder of such files."""

from __future__ import annotations

import os

from evt.cli.args import nearest
from evt.cli.files import read_json
from evt.cli.secrets import refuse_secrets
from evt.eventlog.checking import check, check_task
from evt.eventlog.errors import EvtError, InvalidInput, Secret, Usage
from evt.projections.plan import finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PLAN_KEYS = ("project", "tasks")
_STORED_LATER = ("status", "assignedTo", "createdAt", "completedAt")


class PlanFile:
    """What was read: `tasks` as TaskCreated data with `id`, and `findings` about the rest.

    `broken` are the ids of tasks that are not among `tasks` because something is wrong with them.
    """

    __slots__ = ("broken", "findings", "project", "tasks")

    def __init__(self) -> None:
        self.project: dict[str, Any] | None = None
        self.tasks: list[dict[str, Any]] = []
        self.findings: list[dict[str, Any]] = []
        self.broken: set[str] = set()

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
                near = nearest(key, _PLAN_KEYS)
                said = f"did you mean {near}?" if near else "only project and tasks"
                self._wrong("schema", None, f"{name}: there is no key {key!r}, {said}")
        if value.get("project") is not None:
            self._project(value["project"], name)
        tasks = value.get("tasks", [])
        if not isinstance(tasks, list):
            self._wrong("schema", None, f"{name}: tasks has to be a list")
            return
        for item in tasks:
            self._task(item, name)

    def _project(self, project: Any, name: str) -> None:
        try:
            if self.project is not None:
                raise InvalidInput("another file has a project as well")
            if not isinstance(project, dict):
                raise InvalidInput("project has to be an object")
            check("ProjectStarted", project)
            if "name" not in project:
                raise InvalidInput("project.name is missing")
            refuse_secrets(project)
            self.project = project
        except EvtError as error:
            self._wrong(_code(error), None, f"{name}: {error.message}")

    def _task(self, item: Any, name: str) -> None:
        task_id = item.get("id") if isinstance(item, dict) else None
        known = task_id if isinstance(task_id, str) else None
        wrong = [("unknown_check", said) for said in unknown_checks(item)]
        try:
            if not isinstance(item, dict):
                raise InvalidInput("a task has to be an object")
            if not wrong:
                check_task(item)
            refuse_secrets(item)
        except EvtError as error:
            wrong.append((_code(error), error.message))
        for code, message in wrong:
            self._wrong(code, known, f"{name}: {message.removeprefix('task: ')}")
        if wrong:
            self.broken.add(known or "")
        else:
            self.tasks.append({key: item[key] for key in item if key not in _STORED_LATER})

    def _wrong(self, code: str, task: str | None, message: str) -> None:
        self.findings.append(finding("error", code, task, message))


def _code(error: EvtError) -> str:
    return "secret" if isinstance(error, Secret) else "schema"


def unknown_checks(task: Any) -> list[str]:
    """A sentence for each check of a task that neither evt nor an installed plugin has."""
    acceptance = task.get("acceptance") if isinstance(task, dict) else None
    checks = acceptance.get("checks") if isinstance(acceptance, dict) else None
    if not isinstance(checks, list) or not checks:
        return []
    from evt.eventlog.events_task import BUILT_IN
    from evt.eventlog.explaining import without_plugins

    found = []
    for one in without_plugins({"checks": checks})["checks"]:
        name = one.get("check") if isinstance(one, dict) else None
        if isinstance(name, str) and name not in BUILT_IN:
            near = nearest(name, BUILT_IN)
            said = f", did you mean {near}?" if near else f"; there are {', '.join(BUILT_IN)}"
            found.append(f"there is no check {name!r}{said}")
    return found


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
