"""Who hears what: a name that is taken over, a task that is cancelled, a question that is asked."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.conftest import Evt
from tests.server.conftest import Serve
from tests.server.serving import Served, peer, report, task, write


@pytest.fixture
def served(serve: Serve, evt: Evt) -> Served:
    evt("init", "--project", "p")
    return serve()


def test_whoever_takes_a_name_over_works_on_under_it(served: Served, evt: Evt, log: Path) -> None:
    """Given a name with a task, when another socket takes it over, then that one works on, and
    coordinators hear who has the task now."""
    evt("emit", "TaskCreated", "task-001", "--description", "d", "--output", "task-001.md")

    async def play() -> None:
        async with (
            peer(served, "coordinator", projectId="p") as coordinator,
            peer(served, "worker", workerId="worker-A") as first,
            peer(served) as second,
            peer(served) as onlooker,
        ):
            await first.until("task_assigned")
            assert await coordinator.types(2) == ["worker_registered", "task_assigned"]
            await onlooker.say("subscribe")
            await second.say("register", role="worker", workerId="worker-A", takeover=True)
            assert (await second.hear())["type"] == "registered"
            assert (await second.hear())["attempt"] == 2
            assert (await coordinator.hear())["type"] == "worker_registered"
            assert await coordinator.hear() == {
                "type": "task_assigned", "taskId": "task-001", "workerId": "worker-A"
            }  # fmt: skip
            seen = ""
            while seen != "WorkerLeft":  # everybody has heard of the old one's leaving by now
                seen = (await onlooker.until("event"))["event"]["type"]
            assert await coordinator.quiet()
            await second.say("heartbeat", note="mine now")
            assert (await second.hear())["type"] == "heartbeat_ack"
            write(log, "task-001")
            done = report("task-001", "worker-A")
            await second.say("task_complete", taskId="task-001", report=done)
            assert await second.types(2) == ["task_complete_ack", "no_tasks"]
            await second.say("request_task")
            assert (await second.hear())["type"] == "no_tasks"

    asyncio.run(play())


def test_a_socket_whose_name_goes_to_a_shell_is_told(served: Served, evt: Evt) -> None:
    async def play() -> None:
        async with peer(served, "worker", workerId="worker-A") as worker:
            await worker.until("no_tasks")
            await asyncio.to_thread(evt, "join", "worker-A", "--takeover")
            answer = await worker.hear()
            assert (answer["code"], answer["error"]) == ("superseded", "worker-A was taken over")
            await worker.say("request_task")
            assert (await worker.hear())["error"] == "Only workers can request tasks"
        async with peer(served, "worker", workerId="worker-B") as worker:
            await worker.until("no_tasks")
            await asyncio.to_thread(evt, "leave", "--as", "worker-B")
            assert (await worker.hear())["error"] == "worker-B has left"

    asyncio.run(play())


@pytest.mark.parametrize("parked", [False, True], ids=["at-work", "parked"])
def test_a_worker_hears_that_its_task_is_cancelled(served: Served, evt: Evt, parked: bool) -> None:
    """Given a worker with a task, when it is cancelled, then it hears that before the next one."""
    for name in ("task-001", "task-002"):
        evt("emit", "TaskCreated", name, "--description", "d")

    async def play() -> None:
        async with peer(served, "worker", workerId="worker-A") as worker:
            await worker.until("task_assigned")
            if parked:
                await worker.say("escalate", question="Which?")
                assert await worker.types(2) == ["escalated", "task_assigned"]
            reason = ("--reason", "not wanted")
            await asyncio.to_thread(evt, "emit", "TaskCancelled", "task-001", *reason)
            assert await worker.hear() == {
                "type": "resolved", "taskId": "task-001", "action": "cancel",
                "answer": "not wanted",
            }  # fmt: skip
            if not parked:
                assert (await worker.hear())["task"]["id"] == "task-002"
            assert await worker.quiet()

    asyncio.run(play())


def test_a_coordinator_that_asks_hears_of_its_question_once(served: Served, evt: Evt) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d")

    async def play() -> None:
        async with (
            peer(served, "coordinator") as coordinator,
            peer(served, "coordinator") as other,
        ):
            await coordinator.say("escalate", taskId="task-001", question="Is it worth it?")
            asked = await coordinator.hear()
            heard = await other.hear()
            assert asked["type"] == heard["type"] == "escalated"
            assert asked["escalation"] == heard["escalation"]
            await coordinator.say("create_tasks", tasks=[task("task-002")])
            assert (await coordinator.hear())["type"] == "tasks_created"
            assert await coordinator.quiet()

    asyncio.run(play())


def test_an_answer_to_a_heartbeat_always_has_what_is_new(served: Served, evt: Evt) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d")

    async def play() -> None:
        async with peer(served, "worker", workerId="worker-A") as worker:
            await worker.until("task_assigned")
            await worker.say("heartbeat")
            assert await worker.hear() == {
                "type": "heartbeat_ack", "taskId": "task-001", "told": []
            }  # fmt: skip

    asyncio.run(play())


def test_a_message_of_exactly_a_mebibyte_is_answered(standing: Served) -> None:
    text = '{"type":"status","x":"%s"}'

    async def play() -> None:
        async with peer(standing) as client:
            await client.socket.send(text % ("x" * ((1 << 20) - len(text) + 2)))
            assert (await client.hear())["type"] == "status_response"

    asyncio.run(play())
