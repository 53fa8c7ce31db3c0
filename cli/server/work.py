"""What the server asks of the log for its clients: join, start, hand out, create, report.

Plain functions of a log, called in the desk's thread; the rules are those of every other door.
"""

from __future__ import annotations

import contextlib
from typing import Any

from evt.cli import waiting
from evt.cli.bulk import from_report
from evt.cli.choosing import inform
from evt.cli.packing import packed
from evt.cli.requests import Request, prepared
from evt.cli.secrets import refuse_secrets
from evt.cli.service import Reply, submit
from evt.eventlog.checking import check_task
from evt.eventlog.clock import now_us, us
from evt.eventlog.commands import Emit, Join, Next, Plan
from evt.eventlog.decide import decide
from evt.eventlog.decide.choosing import held_task
from evt.eventlog.decide.plan import difference
from evt.eventlog.decision import Refused
from evt.eventlog.errors import InvalidInput, Refusal
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.state import State

COORDINATOR = "coordinator"  # the name under which coordinator sockets act
SESSION = "websocket"  # whoever joined over a socket may come back over another one
DEFAULT = "default"
NOTHING, DONE = 3, 7  # exits of `next` that are no errors
SLACK = 2_000_000  # microseconds; file systems keep a coarser time than the log

Message = dict[str, Any]
Receipt = dict[str, Any]
Held = tuple[str, int]  # task and attempt


def head(log: FileLog) -> int:
    """Sequence of the last event."""
    return log.head().sequence


def open_project(log: FileLog, name: str) -> str | None:
    """Start a project if none is open; a sentence if it is not this one that is open now."""
    is_open = log.state().head["project"]
    if is_open == name:
        return None
    if is_open is not None:
        return f"project {is_open} is open: tasks go there"
    try:
        submit(log, prepared(Request("ProjectStarted", name, {"name": name}), COORDINATOR))
    except Refusal as refusal:
        if refusal.code != "name_taken":
            raise
        return refusal.message
    return None


def join(log: FileLog, name: str, takeover: bool) -> Reply:
    """Join as a worker, or come back as one."""
    data = {"role": "worker", "host": "script", "session": SESSION}
    return submit(log, Join(name, data, takeover, waiting.is_waiting(log, name)))


class Gift:
    """What a worker is told: its task (`held`), or that there is none.

    `assigned` are the receipts if the task was given out just now.
    """

    __slots__ = ("assigned", "held", "message")

    def __init__(
        self, message: Message, held: Held | None = None, assigned: list[Receipt] | None = None
    ) -> None:
        self.message = message
        self.held = held
        self.assigned = assigned or []


def give(log: FileLog, worker: str) -> Gift:
    """The worker's task, or the best ready one; raises Refusal only if something is wrong."""
    try:
        reply = waiting.claimed(log, Next(worker), 0)
    except Refusal as refusal:
        if refusal.exit not in (NOTHING, DONE):
            raise
        return Gift(
            {
                "type": "no_tasks", "message": refusal.message, "reason": refusal.code,
                "waitsFor": refusal.facts.get("waitsFor", []),
                "retryAfterSeconds": refusal.facts.get("retryAfterSeconds"),
            }
        )  # fmt: skip
    return _task_gift(log, reply)


def _task_gift(log: FileLog, reply: Reply) -> Gift:
    document = {**packed(log, reply), "told": reply.result.get("told", [])}
    assigned = [receipt for receipt in reply.receipts if receipt["type"] == "Assigned"]
    held = (reply.result["task"], reply.result["attempt"])
    return Gift({"type": "task_assigned", **document}, held, assigned)


def gifts(log: FileLog, told: dict[str, Held | None]) -> dict[str, Gift]:
    """What is new for workers: their task if it is not the one they were told, else new work."""
    found = {}
    state = log.state()
    for worker, held in told.items():
        if _may_get(log, state, worker, held):
            with contextlib.suppress(Refusal):  # somebody was faster
                gift = give(log, worker)
                if gift.held is not None and gift.held != held:
                    found[worker] = gift
            state = log.state()
    return found


def _may_get(log: FileLog, state: State, worker: str, told: Held | None) -> bool:
    """Whether asking would give this worker something; decided on a copy, without the lock."""
    if worker not in state.head["seen"]:
        return False
    name = held_task(state, worker)
    if name is not None:
        return holding(state, name) != told
    command = Next(worker)
    inform(command, state, log.layout)
    return not isinstance(decide(command, state, now_us()).outcome, Refused)


def holding(state: State, name: str) -> Held | None:
    """The task with the number of its last attempt."""
    row = state.task(name)
    return (name, row["attempts"][-1]["n"]) if row and row["attempts"] else None


def create(log: FileLog, tasks: list[Any], project: str) -> int:
    """Create what is not there yet, all or nothing; returns how many tasks are ready now."""
    names = set()
    tasks = [_without_nulls(task) for task in tasks]
    for task in tasks:
        check_task(task)
        refuse_secrets(task)
        if task["id"] in names:
            raise InvalidInput(f"{task['id']} is there twice")
        names.add(task["id"])
    state = log.state()
    is_open = state.head["project"]
    for task in tasks if is_open else ():
        row = state.task(task["id"])
        if row is not None and (changed := difference(row, task)):
            raise Refusal(
                4, "wrong_state",
                f"there is a task {task['id']} already, with another {', '.join(changed)}",
                f"evt emit TaskRevised {task['id']} --changed JSON --reason TEXT",
            )  # fmt: skip
    started = None if is_open or project == DEFAULT else {"name": project}
    reply = submit(log, Plan(COORDINATOR, started, tasks))
    return int(reply.state.head["ready"])


def _without_nulls(task: Any) -> dict[str, Any]:
    """Serializers write null for an optional field that nobody set."""
    if not isinstance(task, dict):
        raise InvalidInput("a task has to be an object")
    set_ones = {key: value for key, value in task.items() if value is not None}
    for part in ("context", "acceptance"):
        if isinstance(inner := set_ones.get(part), dict):
            set_ones[part] = {key: value for key, value in inner.items() if value is not None}
    return set_ones


def reported(report: Any, attempt: int | None = None, attested: Any = None) -> Emit:
    """The command that a report of the pattern stands for; its worker is the actor."""
    request, worker = from_report(report)
    _check_parts(report)
    if attempt is not None:
        request.data["attempt"] = attempt
    if attested is not None and request.type == "Completed":
        request.data["attested"] = attested
    return prepared(request, worker)


PARTS: dict[str, tuple[type, ...]] = {
    "deliverables": (list,), "contextEfficiencyScore": (int, float),
    "notes": (str,), "completedAt": (str,),
}  # fmt: skip


def _check_parts(report: dict[str, Any]) -> None:
    """Coordinators get the report as it came, so what its status does not need has to fit too."""
    for key, kinds in PARTS.items():
        if report.get(key) is not None and type(report[key]) not in kinds:
            raise InvalidInput(f"{key} of the report is of the wrong type")
    if not all(type(one) in (str, dict) for one in report.get("deliverables") or ()):
        raise InvalidInput("deliverables of the report are paths")


def must_be_newer(state: State, command: Emit, written_us: int) -> None:
    """A report file from before the attempt it would be about is an old one; raises Refusal."""
    row = state.task(command.subject or "")
    own = [one for one in row["attempts"] if one["worker"] == command.actor] if row else []
    if own and written_us + SLACK < us(own[-1]["at"]):
        raise Refusal(
            4, "superseded",
            f"it is from before attempt {own[-1]['n']} of {command.subject} began: "
            "write it anew to hand it in",
        )  # fmt: skip


def asker(state: State, task: str, question: str) -> str | None:
    """Who asked a question."""
    row = state.task(task)
    asked = {one["id"]: one["by"] for one in row["questions"]} if row else {}
    return asked.get(question)


def askers(state: State, task: str, sequence: int) -> set[str]:
    """The workers whose questions an event closed."""
    row = state.task(task)
    if row is None:
        return set()
    closed = [one for one in row["questions"] if one["resolved"] == sequence and one["attempt"]]
    return {row["attempts"][one["attempt"] - 1]["worker"] for one in closed}


def status(state: State) -> Message:
    """The figures of `status_response`: workers that have joined, what is ready, what is held."""
    busy = {live["worker"]: name for name, live in state.head["live"].items()}
    names = [name for name in state.head["workers"] if name in state.head["seen"]]
    workers = [
        {"workerId": name, "busy": name in busy, "currentTask": busy.get(name)}
        for name in names
        if state.get(f"w/{name}")["role"] == "worker"
    ]
    return {
        "workers": workers,
        "queueSize": state.head["ready"],
        "activeTasks": len(state.head["live"]),
    }
