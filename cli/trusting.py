"""Where approvals of commands are kept, which commands wait for one, and what an approval frees."""

from __future__ import annotations

import os

from evt.cli.service import submit
from evt.eventlog.commands import Emit
from evt.validators.criteria import effective
from evt.validators.trust import Trust

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.log.filelog import FileLog
    from evt.eventlog.log.layout import Layout
    from evt.eventlog.rows import TaskRow


class Asked:
    """A command that a gate would run: argument list, folder, and where it comes from."""

    __slots__ = ("argv", "cwd", "origin", "own")

    def __init__(self, argv: list[str], cwd: str, origin: str, own: list[str]) -> None:
        self.argv = argv
        self.cwd = cwd
        self.origin = origin
        self.own = own  # files of the task: one of them may stand for {path}


def store(layout: Layout) -> Trust:
    """The approvals of this repository, under XDG_STATE_HOME."""
    home = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Trust(home, layout.root, os.environ.get("PATH"))


def commands_of(task: dict[str, Any], origin: str) -> list[Asked]:
    """The commands of a task JSON, or of a project's acceptance."""
    context = task.get("context", {})
    own = [*context.get("outputFiles", ()), *context.get("targetFiles", ())]
    return [
        Asked(check["argv"], check.get("cwd", ""), origin, own)
        for check in effective(task)
        if check["check"] == "command"
    ]


def waiting(log: FileLog) -> list[Asked]:
    """Commands of tasks that are not over, and of the project, that are not approved."""
    state, trust = log.state(), store(log.layout)
    if state.head["project"] is None:
        return []
    project = state.get(state.project_key())["data"]
    found = commands_of({"acceptance": project.get("acceptance", {})}, state.head["project"])
    for name in state.task_ids():
        task = state.task(name)
        if task is not None and task["status"] not in ("completed", "failed", "cancelled"):
            found += commands_of({**task["data"], "id": name}, name)
    return unapproved(trust, found)


def unapproved(trust: Trust, asked: list[Asked]) -> list[Asked]:
    """Those that may not run now, each argument list once, with all that ask for it."""
    found: dict[tuple[str, ...], Asked] = {}
    for one in asked:
        if trust.is_approved(one.argv, one.cwd, None, one.own):
            continue
        key = (*one.argv, "\0", one.cwd)
        if key in found:
            found[key].origin += f", {one.origin}"
        else:
            found[key] = Asked(one.argv, one.cwd, one.origin, one.own)
    return list(found.values())


def resolve_waiting(log: FileLog, actor: str) -> list[dict[str, Any]]:
    """Answer the open `untrusted` questions whose commands may run now; the receipts."""
    state, trust = log.state(), store(log.layout)
    receipts = []
    for name in dict.fromkeys(state.head["questions"].values()):
        task = state.task(name)
        if task is None or not _may_run(trust, task):
            continue
        for question in task["questions"]:
            if question["kind"] == "untrusted" and not question["resolved"]:
                data = {
                    "action": "resume", "escalation": question["id"],
                    "answer": "the command is approved: report again",
                }  # fmt: skip
                receipts += submit(log, Emit(actor, "Resolved", name, data)).receipts
    return receipts


def _may_run(trust: Trust, task: TaskRow) -> bool:
    return not unapproved(trust, commands_of({**task["data"], "id": task["id"]}, task["id"]))
