"""JSON Schemas of every message of the WebSocket protocol, as data.

More keys than these may come; what has no `required` key for it may be left out.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from evt.eventlog.events import Kind
from evt.eventlog.events_fields import EventId, Path, TaskId
from evt.eventlog.rawjson import INTEGER
from evt.eventlog.schemas import DIALECT, line, of_model
from evt.eventlog.schemas_output import COUNT, FLAG, NUMBER, OBJECT, RESULT, TEXT, many, maybe, one

Schema = dict[str, Any]
ANY: Schema = {}
NAME: Schema = {"type": "string", "minLength": 1}
TASK_ID = TypeAdapter(TaskId).json_schema()
WORKER_ID: Schema = {
    "type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$",
    "not": one("evt", "engineer", "coordinator"),
}  # fmt: skip
EVENT_ID = TypeAdapter(EventId).json_schema()
KIND = TypeAdapter(Kind).json_schema()
PATH: Schema = {"$ref": "#/$defs/path"}
WHOLE: Schema = {"type": "integer", "minimum": 0, "maximum": INTEGER}
POSITIVE: Schema = {**WHOLE, "minimum": 1}
PART: Schema = {"type": "number", "minimum": 0, "maximum": 1}
TASK: Schema = {"$ref": "#/$defs/task"}
REPORT: Schema = {"$ref": "#/$defs/report"}
ROLE = one("coordinator", "worker")
ACTION = one("resume", "reassign", "cancel", "accept")


def message(type: str, says: str, required: dict[str, Schema], **optional: Schema) -> Schema:
    """One message: its type, what it says, the keys it must and may have."""
    return {
        "description": says,
        "type": "object",
        "properties": {"type": {"const": type}, **required, **optional},
        "required": ["type", *required],
    }


def _messages(*all: Schema) -> dict[str, Schema]:
    return {found["properties"]["type"]["const"]: found for found in all}


def closed(required: dict[str, Schema], **optional: Schema) -> Schema:
    """An object with these keys and no others."""
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


def _report() -> Schema:
    """Any report has parts of these types; what is handed in has a score, all else a reason."""
    score = {"type": "integer", "minimum": 1, "maximum": 5}
    files = many({"anyOf": [PATH, closed({"path": PATH})]})
    parts = closed(
        {"taskId": NAME, "workerId": NAME, "status": one("completed", "failed", "blocked")},
        deliverables=maybe(many({"type": ["string", "object"]})),
        contextEfficiencyScore=maybe(NUMBER), notes=maybe(TEXT), completedAt=maybe(TEXT),
    )  # fmt: skip
    handed_in = {"contextEfficiencyScore": score, "deliverables": maybe(files)}
    return {
        "description": "What a worker hands in; failed and blocked say why in notes.",
        **parts,
        "if": {"properties": {"status": {"const": "completed"}}},
        "then": {"properties": handed_in, "required": ["contextEfficiencyScore"]},
        "else": {"properties": {"notes": NAME}, "required": ["notes"]},
    }


def _task() -> dict[str, Schema]:
    """The task JSON; its checks may be those of plugins, so they are any that say their name."""
    found = of_model("task", parts="task.")
    parts = found.pop("$defs")
    checks = many({"type": "object", "properties": {"check": NAME}, "required": ["check"]})
    parts["Acceptance"]["properties"]["checks"] = checks
    kept = {f"task.{name}": parts[name] for name in ("Context", "Acceptance")}
    found["description"] = "The task JSON; evt schema task has its checks as well."
    return {"task": found, **kept}


DEFINITIONS: dict[str, Schema] = {
    **_task(),
    "report": _report(),
    "path": TypeAdapter(Path).json_schema(),
    "event": {**line(), "description": "One line of the log, as it is stored."},
}

_REGISTER = message(
    "register", "Who speaks; a worker joins by its name. Names what project is meant.",
    {"role": ROLE}, workerId=NAME, projectId=NAME, takeover=FLAG,
)  # fmt: skip
_REGISTER["if"] = {"properties": {"role": {"const": "worker"}}}
_REGISTER["then"] = {"properties": {"workerId": WORKER_ID}, "required": ["workerId"]}

FROM_CLIENT = _messages(
    _REGISTER,
    message("create_tasks", "New tasks, by the coordinator; all or none, and again is as once.",
            {"tasks": {**many(TASK), "minItems": 1}}),
    message("request_task", "A worker asks for its task, or for new work.", {}),
    message("task_complete", "A worker hands in; the gate decides.",
            {"taskId": TASK_ID, "report": REPORT}, attempt=POSITIVE,
            attested=many(closed({"criterion": POSITIVE, "how": NAME}))),
    message("status", "Asked before registering as well.", {}),
    message("subscribe", "Send every event above `after` (default 0), without gap or repeat.", {},
            after=WHOLE),
    message("heartbeat", "A worker lives; by default about the task it was told.", {},
            taskId=TASK_ID, attempt=POSITIVE, note=NAME, progress=PART,
            touched={**many(PATH), "maxItems": 200}, leaseSeconds=POSITIVE,
            window=closed({}, tokens=WHOLE, size=WHOLE)),
    message("escalate", "A question; blocking kinds park the task.", {"question": NAME},
            taskId=TASK_ID, attempt=POSITIVE, kind=KIND, to=one("coordinator", "engineer"),
            details=ANY, files=many(PATH), conflict=EVENT_ID, **{"with": NAME}),
    message("resolve", "The coordinator answers the oldest open question, or the one named.",
            {"taskId": TASK_ID, "action": ACTION}, answer=NAME, escalation=EVENT_ID,
            late=EVENT_ID),
)  # fmt: skip

_HANDED_OUT = message(
    "task_assigned",
    "To a worker: its task (`task`). To coordinators: who got which (`taskId`, `workerId`).",
    {}, task=TASK, attempt=POSITIVE, leaseSeconds=NUMBER, resume=maybe(OBJECT), needs=many(OBJECT),
    told=many(TEXT), taskId=NAME, workerId=NAME,
)  # fmt: skip
_HANDED_OUT["anyOf"] = [{"required": ["task", "attempt"]}, {"required": ["taskId", "workerId"]}]

FROM_SERVER = _messages(
    message("connected", "The first message.", {"clientId": NAME, "message": TEXT}),
    message("registered", "`message` if another project is open than the one named.",
            {"role": ROLE, "projectId": NAME}, workerId=NAME, message=TEXT),
    message("worker_registered", "To coordinators.", {"workerId": NAME}),
    _HANDED_OUT,
    message("no_tasks", "Nothing to do now; it comes unasked when there is something.",
            {"message": TEXT},
            reason=one("waiting", "backoff", "blocked", "overlap", "paused", "done"),
            waitsFor=many(TEXT), retryAfterSeconds=maybe(NUMBER)),
    message("tasks_created", "`queued` are ready, before idle workers are served.",
            {"count": COUNT, "queued": COUNT}),
    message("task_complete_ack", "To the worker: it is in the log.", {"taskId": NAME}),
    message("task_complete", "To coordinators: it is in the log.",
            {"taskId": NAME, "workerId": NAME, "report": REPORT}),
    message("report_detected", "To coordinators: a report file was found; what follows says more.",
            {"taskId": NAME, "workerId": NAME, "reportPath": TEXT, "report": REPORT}),
    message("status_response", "Workers that have joined, by whatever way.",
            {"coordinator": one("connected", "disconnected"),
             "workers": many({
                 "type": "object",
                 "properties": {"workerId": NAME, "busy": FLAG, "currentTask": maybe(NAME)},
                 "required": ["workerId", "busy", "currentTask"],
             }),
             "queueSize": COUNT, "activeTasks": COUNT}),
    message("error", "What was asked did not happen; `results` are the gate's findings.",
            {"error": NAME}, code=TEXT, hint=TEXT, taskId=NAME, holder=TEXT, results=many(RESULT)),
    message("server_shutdown", "The last message; the log goes on without a server.",
            {"message": TEXT}),
    message("subscribed", "Events follow; `head` is the last one there is.",
            {"after": COUNT, "head": COUNT}),
    message("event", "One event of the subscription.",
            {"sequence": COUNT, "event": {"$ref": "#/$defs/event"}}),
    message("heartbeat_ack", "It is in the log; `told` is what the worker should hear.",
            {"taskId": NAME, "told": many(TEXT)}),
    message("escalated", "To who asked, and to coordinators: the id of the question.",
            {"taskId": NAME, "escalation": NAME}, by=NAME, kind=TEXT, question=TEXT,
            to=maybe(TEXT)),
    message("resolved", "To who answered, to the worker that asked, and to one whose task is "
            "cancelled.",
            {"taskId": NAME, "action": ACTION}, answer=TEXT, escalation=TEXT, late=TEXT),
)  # fmt: skip


def protocol() -> Schema:
    """All messages in one document; `oneOf` of `client` and `server` are the two directions."""
    sides = {"client": FROM_CLIENT, "server": FROM_SERVER}
    definitions = dict(DEFINITIONS)
    for side, found in sides.items():
        definitions |= {f"{side}.{name}": schema for name, schema in found.items()}
        definitions[side] = {"oneOf": [{"$ref": f"#/$defs/{side}.{name}"} for name in found]}
    return {
        "$schema": DIALECT,
        "title": "evt.protocol/1",
        "description": "Messages of the WebSocket protocol; the root is any of them.",
        "anyOf": [{"$ref": "#/$defs/client"}, {"$ref": "#/$defs/server"}],
        "$defs": definitions,
    }
