"""Work over sockets: the same rules as everywhere, and a connection that breaks ends nothing."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Evt
from tests.server.conftest import Serve
from tests.server.serving import Served, peer, report, task, write


@pytest.fixture
def served(serve: Serve, evt: Evt) -> Served:
    evt("init", "--project", "p")
    return serve()


def types(evt: Evt, *args: str) -> list[str]:
    return [json.loads(line)["type"] for line in evt("log", "--json", *args).out.splitlines()]


def test_a_worker_that_comes_back_gets_its_task_back(served: Served, evt: Evt) -> None:
    """Given a dropped connection, when the worker registers again, then nothing was lost."""
    evt("emit", "TaskCreated", "task-001", "--description", "d")

    async def play() -> None:
        async with peer(served, "worker", workerId="worker-A") as worker:
            first = await worker.until("task_assigned")
            worker.socket.transport.abort()
        async with peer(served, "worker", workerId="worker-A") as worker:
            again = await worker.until("task_assigned")
        assert (again["task"]["id"], again["attempt"]) == ("task-001", first["attempt"])

    asyncio.run(play())
    assert types(evt).count("Assigned") == 1
    assert types(evt).count("WorkerJoined") == 1


def test_so_does_one_whose_server_was_killed(served: Served, serve: Serve, evt: Evt) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d")

    async def play(served: Served) -> int:
        async with peer(served, "worker", workerId="worker-A") as worker:
            return int((await worker.until("task_assigned"))["attempt"])

    first = asyncio.run(play(served))
    served.kill()
    assert asyncio.run(play(serve())) == first
    assert types(evt).count("ServerStarted") == 2


def test_one_name_is_one_client_unless_it_is_taken_over(served: Served, evt: Evt) -> None:
    """Given a connected worker, when another says its name, then it is refused, or takes over."""
    evt("emit", "TaskCreated", "task-001", "--description", "d")

    async def play() -> None:
        async with (
            peer(served, "worker", workerId="worker-A") as first,
            peer(served) as second,
        ):
            await first.until("task_assigned")
            await second.say("register", role="worker", workerId="worker-A")
            answer = await second.hear()
            assert (answer["type"], answer["code"]) == ("error", "name_taken")
            await second.say("register", role="worker", workerId="worker-A", takeover=True)
            assert (await second.hear())["type"] == "registered"
            assert (await second.until("task_assigned"))["attempt"] == 2
            assert (await first.hear())["code"] == "superseded"
            await first.say("request_task")
            assert (await first.hear())["error"] == "Only workers can request tasks"

    asyncio.run(play())


def test_a_name_of_a_live_chat_is_not_given_to_a_socket(served: Served, evt: Evt) -> None:
    evt("join", "worker-A")

    async def play() -> None:
        async with peer(served) as client:
            await client.say("register", role="worker", workerId="worker-A")
            assert (await client.hear())["code"] == "name_taken"
            await client.say("register", role="worker", workerId="not a name")
            assert (await client.hear())["code"] == "invalid_input"

    asyncio.run(play())


def test_shells_and_sockets_share_the_work(served: Served, evt: Evt, log: Path) -> None:
    """Given socket clients, when a shell plans, claims and completes, then they hear of it."""

    async def play() -> None:
        async with (
            peer(served, "coordinator", projectId="p") as coordinator,
            peer(served, "worker", workerId="worker-A") as worker,
        ):
            await worker.until("no_tasks")
            await coordinator.until("worker_registered")
            run = asyncio.to_thread
            await run(evt, "join", "worker-B")
            assert (await coordinator.hear())["workerId"] == "worker-B"
            await run(evt, "emit", "TaskCreated", "task-001", "--description", "d")
            assert (await worker.hear())["task"]["id"] == "task-001"
            assert (await coordinator.hear())["taskId"] == "task-001"
            await run(evt, "emit", "TaskCreated", "task-002", "--description", "d")
            await run(evt, "next", "--as", "worker-B")
            assert await coordinator.hear() == {
                "type": "task_assigned", "taskId": "task-002", "workerId": "worker-B"
            }  # fmt: skip
            await run(evt, "emit", "Completed", "task-002", "--score", "4", "--as", "worker-B")
            done = await coordinator.hear()
            assert (done["type"], done["report"]["status"]) == ("task_complete", "completed")
            await run(evt, "emit", "TaskCreated", "task-003", "--description", "d")
            await run(evt, "emit", "Assigned", "task-003", "--worker", "worker-B")
            assert (await coordinator.hear())["taskId"] == "task-003"
            assert await worker.quiet()  # it is at work

    asyncio.run(play())


def test_the_gate_refuses_with_its_findings(served: Served, evt: Evt, log: Path) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d", "--output", "task-001.md")

    async def play() -> None:
        async with peer(served, "worker", workerId="worker-A") as worker:
            await worker.until("task_assigned")
            hand_in = {"taskId": "task-001", "report": report("task-001", "worker-A")}
            await worker.say("task_complete", **hand_in)
            answer = await worker.hear()
            assert (answer["type"], answer["code"]) == ("error", "gate")
            assert answer["results"][0]["check"] == "files_exist"
            assert "task-001.md" in answer["error"]
            write(log, "task-001")
            await worker.say("task_complete", **hand_in)
            assert await worker.types(2) == ["task_complete_ack", "no_tasks"]
            await worker.say("task_complete", **hand_in)  # an answer that was lost
            assert await worker.types(2) == ["task_complete_ack", "no_tasks"]

    asyncio.run(play())
    assert types(evt)[-2:] == ["Rejected", "Completed"]


@pytest.mark.parametrize(
    ("status", "event"), [("failed", "Failed"), ("blocked", "Escalated")], ids=["failed", "blocked"]
)
def test_other_reports_are_taken_as_well(served: Served, evt: Evt, status: str, event: str) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d")

    async def play() -> None:
        async with (
            peer(served, "coordinator") as coordinator,
            peer(served, "worker", workerId="worker-A") as worker,
        ):
            await worker.until("task_assigned")
            said = report("task-001", "worker-A", status, notes="no key", deliverables=[])
            await worker.say("task_complete", taskId="task-001", report=said)
            assert await worker.types(2) == ["task_complete_ack", "no_tasks"]
            assert (await coordinator.until("task_complete"))["report"] == said
            if status == "blocked":
                asked = await coordinator.until("escalated")
                assert (asked["question"], asked["by"]) == ("no key", "worker-A")

    asyncio.run(play())
    assert types(evt)[-1] == event


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"taskId": "task-001"}, "report has to be an object"),
        ({"taskId": "task-001", "report": {"status": "completed"}}, "context_efficiency"),
        ({"taskId": "task-001", "report": {"status": "done"}}, "completed, failed or blocked"),
        ({"taskId": "task-001", "report": report("task-002", "worker-A")}, "says taskId"),
        ({"taskId": "task-001", "report": report("task-001", "worker-B")}, "says workerId"),
        ({"taskId": "task-9", "report": report("task-9", "worker-A")}, "no task task-9"),
    ],
    ids=["none", "no-score", "status", "other-task", "other-worker", "unknown-task"],
)
def test_a_report_that_does_not_fit_is_refused(
    served: Served, evt: Evt, facts: Any, says: str
) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d")

    async def play() -> None:
        async with peer(served, "worker", workerId="worker-A") as worker:
            await worker.until("task_assigned")
            await worker.say("task_complete", **facts)
            answer = await worker.hear()
            assert answer["type"] == "error"
            assert says.replace("_", "").lower() in answer["error"].replace("_", "").lower()

    asyncio.run(play())
    assert types(evt)[-1] == "Assigned"


def test_tasks_are_created_all_or_none_and_again_is_as_once(served: Served, evt: Evt) -> None:
    async def play() -> None:
        async with peer(served, "coordinator") as coordinator:
            for tasks, says in (
                ([task("task-001"), {"id": "x"}], "type"),
                ([task("task-001"), task("task-002", dependencies=["task-9"])], "task-9"),
                ([task("task-001", colour="red")], "colour"),
                ([task("task-001"), task("task-001")], "twice"),
            ):
                await coordinator.say("create_tasks", tasks=tasks)
                assert says in (await coordinator.hear())["error"]
            for _ in range(2):
                await coordinator.say("create_tasks", tasks=[task("task-001")])
                assert (await coordinator.hear())["queued"] == 1
            await coordinator.say("create_tasks", tasks=[task("task-001", description="new")])
            assert "description" in (await coordinator.hear())["error"]

    asyncio.run(play())
    assert types(evt).count("TaskCreated") == 1
    assert "TaskRevised" not in types(evt)


def test_what_a_coordinator_left_open_with_null_is_as_left_out(served: Served, evt: Evt) -> None:
    """Given optional fields that are null, then the task is created, and again is as once."""
    nulls = task(
        "task-001", priority=None, assignedTo=None,
        context={"targetFiles": None, "outputFiles": ["o.md"]},
        acceptance={"criteria": [], "validation": None},
    )  # fmt: skip

    async def play() -> None:
        async with peer(served, "coordinator") as coordinator:
            for tasks in ([nulls], [nulls, task("task-002", context=None, acceptance=None)]):
                await coordinator.say("create_tasks", tasks=tasks)
                assert (await coordinator.hear())["type"] == "tasks_created"
            await coordinator.say("create_tasks", tasks=[task("task-003", description=None)])
            assert "description" in (await coordinator.hear())["error"]

    asyncio.run(play())
    assert types(evt).count("TaskCreated") == 2
