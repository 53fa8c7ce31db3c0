"""JSON Schemas of what commands print with `--json`, as data: these objects have no model."""

from __future__ import annotations

from typing import Any

from evt.eventlog.vocabulary import EVENT_TYPES

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "number"}
OBJECT: Schema = {"type": "object"}
STATUSES = (
    "pending", "ready", "assigned", "in-progress", "escalated", "completed", "failed", "cancelled",
)  # fmt: skip


def maybe(inner: Schema) -> Schema:
    """That, or null."""
    return {"anyOf": [inner, {"type": "null"}]}


def many(inner: Schema) -> Schema:
    """A list of that."""
    return {"type": "array", "items": inner}


def one(*values: str) -> Schema:
    """One of these words."""
    return {"enum": list(values)}


def record(required: dict[str, Schema], **optional: Schema) -> Schema:
    """An object with these keys; more may come with a later evt."""
    return {"type": "object", "properties": {**required, **optional}, "required": list(required)}


RECEIPT = record(
    {
        "sequence": {"type": "integer", "minimum": 1},
        "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "id": TEXT,
        "time": TEXT,
        "type": one(*EVENT_TYPES),
    },
    subject=maybe(TEXT),
    repeated={"const": True},
)
RESULT = record(
    {
        "check": TEXT,
        "verdict": one("passed", "failed", "manual", "untrusted", "error"),
        "message": TEXT,
    },
    path=TEXT,
    line=COUNT,
    tail=TEXT,
)
FINDING = record(
    {"level": one("error", "warning"), "code": TEXT, "task": maybe(TEXT), "message": TEXT}
)
TASK = record(
    {
        "id": TEXT,
        "type": TEXT,
        "description": TEXT,
        "status": one(*STATUSES),
        "assignedTo": maybe(TEXT),
        "createdAt": TEXT,
        "completedAt": maybe(TEXT),
    }
)
TASK_NOW = record({
    "id": TEXT, "status": one(*STATUSES), "assignedTo": maybe(TEXT), "createdAt": TEXT,
    "completedAt": maybe(TEXT), "ready": FLAG, "waitsFor": many(TEXT), "attempt": maybe(COUNT),
    "leaseUntil": maybe(TEXT), "lastSeen": maybe(TEXT), "progress": maybe(NUMBER),
    "note": maybe(TEXT), "tries": COUNT, "refusals": COUNT,
})  # fmt: skip
WORKER = record({
    "name": TEXT, "role": TEXT, "host": maybe(TEXT), "joined": FLAG, "task": maybe(TEXT),
    "verdict": one("idle", "working", "quiet", "waiting", "dead", "left"), "lastSeen": maybe(TEXT),
    "completed": COUNT, "scores": many(maybe(COUNT)),
})  # fmt: skip
QUESTION = record({
    "id": TEXT, "task": TEXT, "kind": TEXT, "to": TEXT, "question": TEXT, "since": TEXT,
    "by": TEXT,
})  # fmt: skip
STATUS = record({
    "schema": {"const": "evt.status/1"},
    "project": maybe(record({
        "name": TEXT, "goal": maybe(TEXT), "phase": maybe(COUNT), "policy": OBJECT, "paused": FLAG,
    })),
    "sequence": COUNT,
    "hash": TEXT,
    "time": TEXT,
    "counts": record(dict.fromkeys((*STATUSES, "total"), COUNT)),
    "tasks": many(TASK_NOW),
    "workers": many(WORKER),
    "escalations": many(QUESTION),
    "conflicts": many(record({
        "task": TEXT, "with": TEXT, "files": many(TEXT), "when": TEXT, "sequence": COUNT,
    })),
    "server": maybe(OBJECT),
    "anomalies": many({}),
})  # fmt: skip
PLAN = record({
    "schema": {"const": "evt.plan/1"},
    "ok": FLAG,
    "findings": many(FINDING),
    "criteria": many(record({"task": TEXT, "text": TEXT, "check": maybe(OBJECT)})),
    "prediction": many(record({
        "workers": COUNT, "makespanSeconds": NUMBER, "speedup": NUMBER, "bound": {},
    })),
    "applied": many(RECEIPT),
})  # fmt: skip
GIVEN = record(
    {"task": TASK, "attempt": COUNT, "leaseSeconds": NUMBER, "resume": maybe(OBJECT)},
    needs=many({}),
)
NOTHING = record(
    {
        "task": {"type": "null"},
        "reason": one("waiting", "backoff", "blocked", "overlap", "paused", "done"),
    },
    waitsFor=many(TEXT),
    retryAfterSeconds=maybe(NUMBER),
)
ERROR = record({
    "error": record(
        {"exit": COUNT, "code": TEXT, "message": TEXT},
        hint=TEXT, task=TEXT, holder=TEXT, receipts=many(RECEIPT), results=many(RESULT),
        location=record({}, segment=TEXT, line=COUNT, offset=COUNT, reason=TEXT),
    )
})  # fmt: skip
CHECK = record({"task": TEXT, "verdict": one("passed", "refused"), "results": many(RESULT)})

OUTPUTS: dict[str, Schema] = {
    "evt.status/1": STATUS,
    "evt.plan/1": PLAN,
    "evt.next": {"anyOf": [GIVEN, NOTHING]},
    "evt.check": CHECK,
    "receipt": RECEIPT,
    "error": ERROR,
}
