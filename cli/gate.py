"""The gate before a Completed: what is handed in is looked at outside the lock."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.commands import Emit
    from evt.eventlog.log.filelog import FileLog
    from evt.eventlog.state import State


def judge(log: FileLog, command: Emit) -> None:
    """Put the verdict into a command that needs one."""
    data = command.data
    accepting = command.type == "Resolved" and data["action"] == "accept"
    if command.type != "Completed" and not accepting:
        return
    state = log.state()
    task = state.task(command.subject or "")
    if task is None:
        return
    from evt.validators.files import hand_in

    context = task["data"].get("context", {})
    named = data.get("deliverables")
    paths = [d["path"] if isinstance(d, dict) else d for d in named] if named is not None else None
    command.verdict = hand_in(
        log.layout.root,
        context.get("outputFiles", []) if paths is None else paths,
        context.get("deletedFiles", []),
    )


def drifted(log: FileLog, state: State) -> list[tuple[str, str, str]]:
    """(task, path, what happened to it) of deliverables that are not as they were handed in."""
    from evt.validators.files import hand_in

    found = []
    for name in state.task_ids():
        task = state.task(name)
        for one in task["deliverables"] if task and task["status"] == "completed" else ():
            now = hand_in(log.layout.root, [one["path"]], []).deliverables
            if one["sha256"] is None and now:
                found.append((name, one["path"], "is there again"))
            elif one["sha256"] is not None and not now:
                found.append((name, one["path"], "is gone"))
            elif now and now[0]["sha256"] != one["sha256"]:
                found.append((name, one["path"], "was changed"))
    return found
