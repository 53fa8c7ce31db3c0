"""The words of the log as plain data: types, who writes them, what they are about, what evt adds.

Hot: loaded by every call. The models of their data are in `events.py`, which is not.
"""

from __future__ import annotations

# Type -> what its subject names; "any" and "task?" may have none. The order is the page's.
SUBJECT_KIND: dict[str, str] = {
    "ProjectStarted": "project",
    "ProjectRevised": "project",
    "ProjectPaused": "project",
    "ProjectResumed": "project",
    "ProjectEnded": "project",
    "WorkerJoined": "worker",
    "WorkerLeft": "worker",
    "TaskCreated": "task",
    "TaskRevised": "task",
    "TaskCancelled": "task",
    "Assigned": "task",
    "Heartbeat": "task",
    "Completed": "task",
    "Rejected": "task",
    "Failed": "task",
    "TimedOut": "task",
    "LateResult": "task",
    "Escalated": "task",
    "Resolved": "task",
    "Intervened": "task?",
    "Reopened": "task",
    "Reviewed": "task",
    "ConflictDetected": "task",
    "Noted": "any",
    "ServerStarted": "server",
    "ServerStopped": "server",
    "LogResumed": "log",
    "SegmentSealed": "log",
    "TailQuarantined": "log",
    "SyncFailed": "log",
}
EVENT_TYPES: tuple[str, ...] = tuple(SUBJECT_KIND)
# Written by evt alone, as conclusions from the log; never by `emit`.
DERIVED = frozenset({
    "Rejected", "TimedOut", "LateResult", "ConflictDetected", "ServerStarted", "ServerStopped",
    "LogResumed", "SegmentSealed", "TailQuarantined", "SyncFailed",
})  # fmt: skip

# What a request means that leaves a key out, whether it is stored then or only understood.
DEFAULTS: dict[str, dict[str, object]] = {
    "TaskCreated": {
        "type": "task", "revision": 1, "priority": 0, "dependencies": [], "context": {},
        "acceptance": {},
    },
    "Heartbeat": {"source": "report"},
    "Failed": {"retryable": True},
    "Escalated": {"kind": "blocked"},
    "Reopened": {"escaped": False},
}  # fmt: skip
# Keys that evt fills in when a request leaves them out, and so may be on top of it when stored;
# `a[].b` is a key inside each item of a list.
ADDED: dict[str, frozenset[str]] = {
    "ProjectStarted": frozenset({"name"}),
    "TaskCreated": frozenset({"type", "revision"}),
    "TaskRevised": frozenset({"loosened"}),
    "Assigned": frozenset({"attempt", "reason", "leaseSeconds"}),
    "Heartbeat": frozenset({"attempt", "source"}),
    "Completed": frozenset({
        "attempt", "deliverables", "deliverables[].sha256", "deliverables[].bytes",
        "contextEfficiencyScore", "rubricScore", "results", "revision", "workspace", "acceptedBy",
        "overridden", "unscored",
    }),
    "Failed": frozenset({"attempt"}),
    "Escalated": frozenset({"attempt", "kind", "to"}),
    "Resolved": frozenset({"escalation"}),
    "Reopened": frozenset({"escaped"}),
}  # fmt: skip
# Of those, what a request may not claim: it is evidence, and only evt gathers it.
EVIDENCE: dict[str, frozenset[str]] = {
    "TaskRevised": frozenset({"loosened"}),
    "Completed": frozenset({
        "deliverables[].sha256", "deliverables[].bytes", "rubricScore", "results", "revision",
        "workspace", "acceptedBy", "overridden", "unscored",
    }),
}  # fmt: skip
# What a task JSON has on top of the data of TaskCreated: reported by evt, ignored when read.
REPORTED: tuple[str, ...] = ("status", "assignedTo", "createdAt", "completedAt")
NOT_STORED = frozenset({"id", *REPORTED})  # in the data of a TaskCreated that is asked for
