"""What the tools do: the functions of the verbs, with a log that is opened anew for each call.

Plain functions that return text as a chat reads it and raise EvtError; `server.py` wraps them.
"""

from __future__ import annotations

from typing import Any

from evt.cli import who
from evt.cli.packing import packed_text
from evt.cli.requests import Request, prepared, spoken
from evt.cli.service import submit
from evt.cli.verbs import check as checking
from evt.cli.verbs import emit as emitting
from evt.cli.verbs import inbox as asking
from evt.cli.verbs import join as joining
from evt.cli.verbs import plan as planning
from evt.cli.waiting import claimed
from evt.eventlog.clock import now_us
from evt.eventlog.commands import Emit, Next
from evt.eventlog.errors import Refusal, Usage
from evt.eventlog.log.discovery import find
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout
from evt.eventlog.rawjson import dumps
from evt.projections.board import board
from evt.projections.inbox import inbox as questions
from evt.projections.status import status as status_document
from evt.projections.status import task_view

COLUMNS = 100
NOTHING, DONE = 3, 7


def the_log() -> FileLog:
    """The log of the repository that the server was started in; raises NoLog."""
    return FileLog(Layout(find()))


def join(name: str | None, role: str | None, takeover: bool) -> str:
    """Take a name."""
    if takeover and name is None:
        raise Usage("takeover needs the name to take over", "join(name=..., takeover=true)")
    checked = who.checked(name, "name") if name is not None else None
    return joining.joined(the_log(), checked, role, takeover)[1]


def leave(name: str, note: str | None) -> str:
    """Give the name and the task back."""
    data = spoken("WorkerLeft", "note", note)
    submit(the_log(), Emit(who.checked(name, "name"), "WorkerLeft", name, data))
    return f"{name} has left; its task is free again"


def claim(log: FileLog, name: str) -> str:
    """The task of a worker, and its pack; raises Refusal 3 or 7 if there is none."""
    reply = claimed(log, Next(who.checked(name, "name")), 0)
    return packed_text(log, reply, name)


def nothing(refusal: Refusal) -> str:
    """Why there is no task, as an answer and not as an error."""
    lines = [f"{refusal.code}: {refusal.message}"]
    lines += [f"  {text}" for text in refusal.facts.get("waitsFor", [])]
    end = "stop: there is nothing left to do" if refusal.exit == DONE else "next: call next again"
    return "\n".join([*lines, end])


def emit(
    name: str, type: str, subject: str | None, data: dict[str, Any], run_commands: bool
) -> str:
    """Append one event, through the gate where it has to pass it."""
    actor = who.checked(name, "name")
    command = prepared(Request(type, subject, data), actor)
    command.viachat = actor == who.ENGINEER  # a chat speaks, whatever the environment says
    reply = emitting.judged(the_log(), command, run_commands)
    lines = [emitting.receipt_line(one) for one in reply.receipts] or ["nothing to append"]
    return "\n".join([*lines, *emitting.follow_up(reply, type, actor)])


def check(name: str, task: str, run_commands: bool) -> str:
    """What the gate would say of a task now."""
    return checking.checked(the_log(), task, who.checked(name, "name"), run_commands)[1]


def status() -> str:
    """The state now, in words."""
    log = the_log()
    return board(log.state(), now_us(), COLUMNS)


def inbox(name: str) -> str:
    """The open questions, with the answers that `name` would give."""
    found = questions(the_log().state(), now_us())
    return asking.in_words({"questions": found, "failed": [], "done": False}, name)


def plan(name: str, path: str, apply: bool) -> str:
    """What is wrong with a plan; applied if that was asked for."""
    actor = who.checked(name, "name")
    if apply and actor == who.ENGINEER:
        raise Usage("a chat applies a plan under its own name", "join(role='coordinator')")
    return planning.look(the_log(), path, actor, apply, name)[1]


def status_json() -> str:
    """The document of `evt status --json`."""
    log = the_log()
    state = log.state()
    return dumps(status_document(state, log.head().hash, now_us())).decode()


def task_json(task: str) -> str | None:
    """One task as status has it, None if there is none."""
    state = the_log().state()
    row = state.task(task)
    return dumps(task_view(state, row, state.log_us)).decode() if row is not None else None
