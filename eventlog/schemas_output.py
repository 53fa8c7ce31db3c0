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
RECEIPTS = many(RECEIPT)
ASKED = record({
    **QUESTION["properties"], "addressed": many(TEXT), "attempt": maybe(COUNT),
    "heldUpMinutes": NUMBER, "waiting": many(TEXT), "about": TEXT, "note": maybe(TEXT),
    "with": maybe(TEXT), "files": many(TEXT), "findings": many({}), "details": {},
    "answer": TEXT, "otherwise": many(TEXT),
})  # fmt: skip
INBOX = record({
    "schema": {"const": "evt.inbox/1"}, "questions": many(ASKED), "failed": many(TEXT),
    "done": FLAG,
})  # fmt: skip
VERIFY = record({
    "schema": {"const": "evt.verify/1"}, "ok": FLAG, "sequence": COUNT, "hash": TEXT,
    "segments": COUNT, "newer": COUNT,
    "findings": many(record({"code": TEXT, "message": TEXT}, location=OBJECT)),
})  # fmt: skip
INIT = record({"folder": TEXT, "made": FLAG, "project": maybe(TEXT), "receipts": RECEIPTS})
JOIN = record({
    "name": TEXT, "role": one("worker", "coordinator"), "task": maybe(TEXT), "receipts": RECEIPTS,
    "code": TEXT,
})  # fmt: skip
ANCHOR = record({"sequence": COUNT, "hash": TEXT, "anchor": TEXT})
REPAIR = record({
    "schema": {"const": "evt.repair/1"}, "repaired": many(TEXT), "receipts": RECEIPTS,
})  # fmt: skip
DIFFERENCE = record({
    "schema": {"const": "evt.diff/1"}, "from": COUNT, "to": COUNT, "changes": many(TEXT),
})  # fmt: skip
REPLAY_CHECK = record({
    "schema": {"const": "evt.replay-check/1"}, "ok": {"const": True}, "sequence": maybe(COUNT),
    "viewsSequence": maybe(COUNT),
})  # fmt: skip
SEQUENCES = many({"type": "integer", "minimum": 1})
VERDICT = one("met", "not_met", "no_data")
FIGURES: Schema = {"type": "object", "additionalProperties": maybe(NUMBER)}
METRICS = record({
    "schema": {"const": "evt.metrics/1"},
    "project": maybe(TEXT),
    "phase": maybe(COUNT),
    "sequence": COUNT,
    "values": FIGURES,
    "targets": FIGURES,
    "verdicts": {"type": "object", "additionalProperties": VERDICT},
    "evidence": {"type": "object", "additionalProperties": SEQUENCES},
    "workers": {"type": "object", "additionalProperties": OBJECT},
    "phases": {"type": "object", "additionalProperties": record({
        "verdict": VERDICT,
        "criteria": many(record({
            "id": TEXT, "text": TEXT, "value": maybe(NUMBER), "target": maybe(NUMBER),
            "verdict": VERDICT, "evidence": SEQUENCES,
        })),
    })},
    "abandon": many(record({
        "rule": TEXT, "value": maybe(NUMBER), "threshold": NUMBER, "triggered": maybe(FLAG),
        "evidence": SEQUENCES,
    }, hint=TEXT)),
    "recommendation": record({
        "verdict": one("continue", "abandon", "keep_measuring"), "reasons": many(TEXT),
    }),
})  # fmt: skip

REVIEWED = record({
    "task": TEXT, "status": one(*STATUSES), "deliverables": many(OBJECT), "drifted": many(record({
        "path": TEXT, "how": TEXT,
    })),
    "passed": many(RESULT), "attested": many(OBJECT), "refusals": many(OBJECT),
    "loosened": many(OBJECT), "unattributed": many(OBJECT), "notes": maybe(TEXT),
}, rerun=record({"verdict": TEXT, "results": many(RESULT)}))  # fmt: skip
REVIEW = record({
    "schema": {"const": "evt.review/1"}, "project": maybe(TEXT), "tasks": many(REVIEWED),
    "acceptance": maybe(OBJECT),
})  # fmt: skip
COMPARE = record({
    "schema": {"const": "evt.compare/1"}, "a": maybe(TEXT), "b": maybe(TEXT), "values": OBJECT,
    "speedup": maybe(NUMBER),
})  # fmt: skip
SCORE = record({
    "schema": {"const": "evt.score/1"}, "score": COUNT, "level": TEXT, "gauge": TEXT,
    "advice": TEXT, "costs": FIGURES,
})  # fmt: skip
BASELINE = record({
    "schema": {"const": "evt.baseline/1"}, "serialSeconds": NUMBER, "debugMinutes": NUMBER,
    "receipts": RECEIPTS,
})  # fmt: skip
EXPORT = {"anyOf": [
    record({
        "schema": {"const": "evt.export/1"}, "file": TEXT, "bytes": COUNT, "changed": FLAG,
    }),
    record({"schema": {"const": "evt.export/1"}, "folder": TEXT, "files": many(TEXT)}),
]}  # fmt: skip
DOCTOR = record({
    "schema": {"const": "evt.doctor/1"}, "ok": FLAG, "findings": many(record({
        "level": TEXT, "code": TEXT, "message": TEXT, "remedy": maybe(TEXT),
    })),
})  # fmt: skip
COMMANDS = many(record({"argv": many(TEXT), "cwd": TEXT}, holds=FLAG))

OUTPUTS: dict[str, Schema] = {
    "evt.status/1": STATUS,
    "evt.plan/1": PLAN,
    "evt.metrics/1": METRICS,
    "evt.review/1": REVIEW,
    "evt.compare/1": COMPARE,
    "evt.score/1": SCORE,
    "evt.baseline/1": BASELINE,
    "evt.export/1": EXPORT,
    "evt.doctor/1": DOCTOR,
    "evt.trust": record({"approved": COMMANDS, "waiting": COMMANDS}),
    "evt.next": {"anyOf": [GIVEN, NOTHING]},
    "evt.check": CHECK,
    "evt.init": INIT,
    "evt.join": JOIN,
    "evt.leave": record({"name": TEXT, "receipts": RECEIPTS}),
    "evt.pause": record({"paused": FLAG, "receipts": RECEIPTS}),
    "evt.resume": record({"paused": FLAG, "receipts": RECEIPTS}),
    "evt.sweep": record({"receipts": RECEIPTS}),
    "evt.inbox/1": INBOX,
    "evt.verify/1": VERIFY,
    "evt.anchor": ANCHOR,
    "evt.repair/1": REPAIR,
    "evt.diff/1": DIFFERENCE,
    "evt.replay-check/1": REPLAY_CHECK,
    "evt.demo/1": record({"schema": {"const": "evt.demo/1"}, "folder": TEXT}),
    "evt.schema": record({"schemas": many(TEXT)}),
    "receipt": RECEIPT,
    "error": ERROR,
}
