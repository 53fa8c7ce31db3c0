"""What coordinators are told of an event that came by another way than their server's sockets."""

from __future__ import annotations

from typing import Any

from evt.eventlog.line import Event


def news(event: Event) -> dict[str, Any] | None:
    """The message of an event, None if coordinators need not hear of it."""
    task, data = event.subject, event.data
    if event.type == "Assigned":
        return {"type": "task_assigned", "taskId": task, "workerId": data["worker"]}
    if event.type == "WorkerJoined" and data["role"] == "worker":
        return {"type": "worker_registered", "workerId": event.subject}
    if event.type in ("Completed", "Failed"):
        return {
            "type": "task_complete", "taskId": task, "workerId": event.actor,
            "report": _report(event),
        }  # fmt: skip
    if event.type == "Escalated":
        return {
            "type": "escalated", "taskId": task, "escalation": event.id, "by": event.actor,
            "kind": data["kind"], "question": data["question"], "to": data.get("to"),
        }  # fmt: skip
    return None


def _report(event: Event) -> dict[str, Any]:
    """The event in the form of the pattern's reports."""
    data, done = event.data, event.type == "Completed"
    return {
        "taskId": event.subject,
        "workerId": event.actor,
        "status": "completed" if done else "failed",
        "deliverables": [one["path"] for one in data.get("deliverables", [])],
        "contextEfficiencyScore": data.get("contextEfficiencyScore"),
        "notes": data.get("notes") if done else data["reason"],
        "completedAt": event.time,
    }
