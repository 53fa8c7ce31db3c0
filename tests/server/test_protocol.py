"""The protocol as the pattern's clients know it: texts, fields, order of messages."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Evt
from tests.server.conftest import Serve
from tests.server.serving import Message, Served, peer, report, task, write

COORDINATOR = {"role": "coordinator", "projectId": "test-project"}


@pytest.fixture
def served(serve: Serve) -> Served:
    return serve()


def test_a_client_is_greeted_and_may_ask_for_the_status_before_it_registers(served: Served) -> None:
    async def play() -> None:
        async with peer(served) as client:
            await client.say("status")
            assert await client.hear() == {
                "type": "status_response", "coordinator": "disconnected", "workers": [],
                "queueSize": 0, "activeTasks": 0,
            }  # fmt: skip

    asyncio.run(play())


def test_registering_is_answered_with_the_same_fields(served: Served, evt: Evt) -> None:
    """Given no project, when a coordinator names one, then it is started; the default too."""

    async def play() -> None:
        async with peer(served) as coordinator, peer(served) as worker:
            await coordinator.say("register", **COORDINATOR)
            assert await coordinator.hear() == {"type": "registered", **COORDINATOR}
            await worker.say("register", role="worker", workerId="worker-A")
            assert await worker.hear() == {
                "type": "registered", "role": "worker", "workerId": "worker-A",
                "projectId": "default",
            }  # fmt: skip
            assert (await worker.hear())["type"] == "no_tasks"
            assert await coordinator.hear() == {"type": "worker_registered", "workerId": "worker-A"}

    asyncio.run(play())
    status = evt("status", "--json").json
    assert status["project"]["name"] == "test-project"
    assert [(w["name"], w["role"], w["joined"]) for w in status["workers"]] == [
        ("worker-A", "worker", True)
    ]


def test_a_project_has_the_default_name_and_another_one_is_not_opened_beside_it(
    served: Served, evt: Evt
) -> None:
    async def play() -> None:
        async with peer(served) as one, peer(served) as other:
            await one.say("register", role="coordinator")
            assert await one.hear() == {
                "type": "registered", "role": "coordinator", "projectId": "default"
            }  # fmt: skip
            await other.say("register", role="coordinator", projectId="another")
            answer = await other.hear()
            assert answer["projectId"] == "another"
            assert answer["message"] == "project default is open: tasks go there"

    asyncio.run(play())
    assert evt("status", "--json").json["project"]["name"] == "default"


@pytest.mark.parametrize(
    ("role", "said", "begins"),
    [
        (None, {"type": "register", "role": "boss"}, "Invalid role"),
        (None, {"type": "register"}, "Invalid role"),
        (None, {"type": "register", "role": "worker"}, "Worker must provide workerId"),
        (None, {"type": "create_tasks", "tasks": []}, "Only coordinator can create tasks"),
        ("worker", {"type": "create_tasks", "tasks": [1]}, "Only coordinator can create tasks"),
        (None, {"type": "request_task"}, "Only workers can request tasks"),
        ("coordinator", {"type": "request_task"}, "Only workers can request tasks"),
        (None, {"type": "task_complete", "taskId": "t"}, "Only workers can complete tasks"),
        ("coordinator", {"type": "create_tasks", "tasks": []}, "tasks must be a non-empty array"),
        ("coordinator", {"type": "create_tasks", "tasks": [1]}, "a task has to be an object"),
        ("worker", {"type": "task_complete", "report": {}}, "taskId required"),
        ("coordinator", {"type": "heartbeat"}, "Only workers can send heartbeats"),
        ("worker", {"type": "resolve"}, "Only coordinator can resolve"),
        (None, {"type": "escalate", "question": "?"}, "Only workers and coordinator can escalate"),
        (None, {"type": "subscribe", "after": 99}, "there is no event 99"),
        (None, {"type": "subscribe", "after": "1"}, "after is a sequence"),
        (None, {"type": "dance"}, "Unknown message type: dance"),
        (None, {"type": 7}, "Unknown message type: 7"),
        (None, {}, "Unknown message type: "),
        (None, [], "Invalid JSON message"),
        (None, "{", "Invalid JSON message"),
        (None, '{"type":"status","type":"status"}', "Invalid JSON message"),
        (None, "[" * 100_000, "Invalid JSON message"),
    ],
    ids=lambda value: (json.dumps(value) if not isinstance(value, str) else value)[:40] or "none",
)
def test_what_is_wrong_is_said_in_the_words_that_clients_know(
    standing: Served, role: str | None, said: Any, begins: str
) -> None:
    """Given any role, when it says something wrong, then an error comes and all goes on."""

    async def play() -> None:
        facts = {"workerId": "worker-X"} if role == "worker" else {}
        async with peer(standing, role, **facts) as client:
            if role == "worker":
                await client.until("no_tasks")
            await client.socket.send(said if isinstance(said, str) else json.dumps(said))
            answer = await client.hear()
            assert answer["type"] == "error"
            assert answer["error"].startswith(begins)
            assert await client.quiet()

    asyncio.run(play())


def test_a_whole_project_in_the_order_of_the_pattern(served: Served, log: Path) -> None:
    """Given a worker that waits, when tasks come, then each message comes in its place."""

    async def play() -> None:
        async with (
            peer(served, **COORDINATOR) as coordinator,
            peer(served, "worker", workerId="worker-A") as worker,
        ):
            assert (await worker.hear())["type"] == "no_tasks"
            assert (await coordinator.hear())["type"] == "worker_registered"
            later = task("task-002", dependencies=["task-001"], priority=3)
            await coordinator.say("create_tasks", tasks=[task("task-001"), later])
            assert await coordinator.hear() == {"type": "tasks_created", "count": 2, "queued": 1}
            check_given(await worker.hear(), task("task-001"))
            assert await coordinator.hear() == {
                "type": "task_assigned", "taskId": "task-001", "workerId": "worker-A"
            }  # fmt: skip
            await worker.say("request_task")  # the holder gets its task again
            assert (await worker.hear())["task"]["id"] == "task-001"
            write(log, "task-001")
            done = report("task-001", "worker-A")
            await worker.say("task_complete", taskId="task-001", report=done)
            assert await worker.hear() == {"type": "task_complete_ack", "taskId": "task-001"}
            assert (await worker.hear())["task"]["id"] == "task-002"
            assert await coordinator.hear() == {
                "type": "task_complete", "taskId": "task-001", "workerId": "worker-A",
                "report": done,
            }  # fmt: skip
            assert (await coordinator.hear())["taskId"] == "task-002"
            await coordinator.say("status")
            assert await coordinator.hear() == {
                "type": "status_response", "coordinator": "connected",
                "workers": [{"workerId": "worker-A", "busy": True, "currentTask": "task-002"}],
                "queueSize": 0, "activeTasks": 1,
            }  # fmt: skip
            assert await coordinator.quiet() and await worker.quiet()

    asyncio.run(play())


def check_given(message: Message, sent: Message) -> None:
    """A worker gets the task as the coordinator sent it, and with it what evt reports."""
    assert message["type"] == "task_assigned"
    kept = ("id", "type", "description", "context", "acceptance")
    assert {key: message["task"][key] for key in kept} == {key: sent[key] for key in kept}
    assert (message["task"]["status"], message["task"]["assignedTo"]) == ("assigned", "worker-A")


def test_the_last_words_of_a_server(served: Served) -> None:
    async def play() -> None:
        async with peer(served, **COORDINATOR) as client:
            await client.say("status")
            await client.hear()
            stopping = asyncio.to_thread(served.stop)
            message, code = await asyncio.gather(client.hear(), stopping)
            assert message["type"] == "server_shutdown"
            assert code == 0
            await client.socket.wait_closed()
            assert client.socket.close_code == 1001

    asyncio.run(play())
