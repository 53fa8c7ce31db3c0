"""The schema and the server agree: what the one allows the other takes, and what it says is valid.

Every message of a client is said as it should be, and then with one key changed to every value that
somebody might think of.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from evt.cli.server.messages import protocol
from tests.conftest import Evt
from tests.server.conftest import Serve
from tests.server.serving import Message, Peer, Served, peer, report, task

MALFORMED = ("invalid_input", "usage")
# what no schema of one key says: two keys have to agree, a coordinator has no task of its own
BEYOND = ("the report says", "taskId required", "there is no event")
GONE = object()  # the key is left out
VALUES: tuple[Any, ...] = (
    GONE, None, True, -1, 0, 1, 0.5, 4.5, 9, (1 << 53) - 1, "", "x", "task-001", "a b", "a\nb",
    "coordinator", "engineer", "worker", "blocked", "failed", "resume", [], ["b.md"], ["../x"],
    [{"path": "b.md"}], [{"path": "b.md", "x": 1}], [1], {}, {"x": 1}, {"tokens": 1, "size": 2},
    [{"criterion": 1, "how": "so"}], [{"criterion": 0, "how": "so"}], [{"criterion": 1}],
)  # fmt: skip
COMPLETED = report("task-001", "worker-A", deliverables=[])
FAILED = report("task-001", "worker-A", "failed", deliverables=[])
WORKER: list[Message] = [
    {"type": "heartbeat", "taskId": "task-001", "attempt": 1, "note": "n", "progress": 0.5,
     "touched": ["b.md"], "leaseSeconds": 90, "window": {"tokens": 1}},
    {"type": "escalate", "taskId": "task-001", "attempt": 1, "question": "?", "kind": "drift",
     "to": "engineer", "details": 1, "files": ["b.md"], "with": "task-002", "conflict": "x"},
    {"type": "task_complete", "taskId": "task-001", "attempt": 1, "attested": [],
     "report": COMPLETED},
    {"type": "task_complete", "taskId": "task-001", "report": FAILED},
    {"type": "request_task"}, {"type": "status"}, {"type": "subscribe", "after": 0},
]  # fmt: skip
COORDINATOR: list[Message] = [
    {"type": "create_tasks", "tasks": [task("task-003")]},
    {"type": "escalate", "taskId": "task-002", "question": "?", "kind": "context"},
    {"type": "resolve", "taskId": "task-002", "action": "resume", "answer": "a", "escalation": "x"},
    {"type": "register", "role": "coordinator", "projectId": "p", "workerId": "w"},
    {"type": "register", "role": "worker", "workerId": "worker-Z", "takeover": True},
]  # fmt: skip


def changed(message: Message) -> Iterator[Message]:
    """The message, and every one that differs in one key; in a report or task as well."""
    yield message
    for key, value in message.items():
        yield from ({**message, key: one} for one in VALUES if key != "type")
        if key == "report":
            yield from ({**message, key: inner} for inner in changed(value))
        if key == "tasks":
            yield from ({**message, key: [inner]} for inner in changed(value[0]))


def without_gone(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_gone(inner) for key, inner in value.items() if inner is not GONE}
    return [without_gone(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("role", "messages"), [("worker", WORKER), ("coordinator", COORDINATOR)],
    ids=["worker", "coordinator"],
)  # fmt: skip
def test_what_the_schema_allows_is_taken_and_what_is_said_is_valid(
    serve: Serve, evt: Evt, role: str, messages: list[Message]
) -> None:
    """Given many messages, when each is said, then one that is valid is not called malformed;
    whatever comes back is valid too, which every peer sees to."""
    evt("init", "--project", "p")
    for name in ("task-001", "task-002"):
        evt("emit", "TaskCreated", name, "--description", "d")
    valid = Draft202012Validator({"$ref": "#/$defs/client", "$defs": protocol()["$defs"]}).is_valid
    wrong: list[Any] = []

    async def play(served: Served) -> None:
        facts = {"workerId": "worker-A"} if role == "worker" else {}
        async with peer(served, "coordinator") as onlooker, peer(served, role, **facts) as client:
            said = (found for message in messages for found in changed(message))
            for number, one in enumerate(map(without_gone, said)):
                refusals = await refused(client, one)
                if refusals and valid(one):
                    wrong.append((one, refusals))
                if number % 20 == 0:
                    await refused(onlooker, {"type": "status"})

    asyncio.run(play(serve()))
    assert not wrong, (len(wrong), wrong[:5])


async def refused(client: Peer, message: Message) -> list[str]:
    """What the message is told that calls it malformed."""
    await client.say(**message)
    found: list[Message] = []
    if message["type"] != "status":
        await client.say("status")
    while not found or found[-1]["type"] != "status_response":
        found.append(await client.hear())
    return [
        one["error"] for one in found
        if one["type"] == "error" and one.get("code", "usage") in MALFORMED
        and not one["error"].startswith(BEYOND)
    ]  # fmt: skip
