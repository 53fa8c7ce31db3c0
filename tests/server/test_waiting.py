"""Questions over sockets, signs of life, pauses: what a connected worker waits for reaches it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Evt
from tests.server.conftest import Serve
from tests.server.serving import Served, peer

SHORT = '{"heartbeatTimeoutSeconds":1,"maxSilentSeconds":2,"parkedGraceSeconds":60}'


@pytest.fixture
def served(serve: Serve, evt: Evt) -> Served:
    evt("init", "--project", "p")
    return serve()


def test_a_question_is_asked_answered_and_the_task_comes_back(served: Served, evt: Evt) -> None:
    """Given a worker that asks, when the answer comes, then it hears it and has its task again."""
    evt("emit", "TaskCreated", "task-001", "--description", "d")

    async def play() -> None:
        async with (
            peer(served, "coordinator") as coordinator,
            peer(served, "worker", workerId="worker-A") as worker,
        ):
            await worker.until("task_assigned")
            await worker.say("escalate", question="Which of the two?")
            asked = await worker.hear()
            assert (asked["type"], asked["taskId"]) == ("escalated", "task-001")
            assert (await worker.hear())["reason"] == "blocked"
            told = await coordinator.until("escalated")
            assert told["escalation"] == asked["escalation"]
            await coordinator.say("resolve", taskId="task-001", action="resume", answer="The first")
            assert (await coordinator.until("resolved"))["answer"] == "The first"
            answered = await worker.until("resolved")
            assert (answered["answer"], answered["action"]) == ("The first", "resume")
            back = await worker.until("task_assigned")
            assert (back["task"]["id"], back["attempt"]) == ("task-001", 1)

    asyncio.run(play())


def test_a_shell_answers_a_socket(served: Served, evt: Evt) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d")

    async def play() -> None:
        async with peer(served, "worker", workerId="worker-A") as worker:
            await worker.until("task_assigned")
            await worker.say("escalate", question="Which?", to="engineer")
            assert await worker.types(2) == ["escalated", "no_tasks"]
            await asyncio.to_thread(
                evt, "emit", "Resolved", "task-001", "--action", "resume", "--answer", "That one"
            )
            assert (await worker.hear())["answer"] == "That one"
            assert (await worker.hear())["type"] == "task_assigned"

    asyncio.run(play())


def test_heartbeats_carry_what_the_worker_says(served: Served, evt: Evt) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d")

    async def play() -> None:
        async with peer(served, "worker", workerId="worker-A") as worker:
            await worker.say("heartbeat")
            await worker.until("task_assigned")
            assert (await worker.until("heartbeat_ack"))["taskId"] == "task-001"
            await worker.say("heartbeat", note="half", progress=0.5, taskId="task-001")
            assert (await worker.hear())["type"] == "heartbeat_ack"
            await worker.say("heartbeat", attempt=7)
            assert (await worker.hear())["type"] == "error"

    asyncio.run(play())
    entry = evt("status", "--json").json["tasks"][0]
    assert (entry["note"], entry["progress"], entry["status"]) == ("half", 0.5, "in-progress")


def test_a_live_socket_is_a_sign_of_life_but_not_for_ever(
    log: Path, serve: Serve, evt: Evt
) -> None:
    """Given leases of 1 s and 2 s for a live socket alone, then it lives on and times out then."""
    evt("init", "--project", "p", "--policy", SHORT)
    evt("emit", "TaskCreated", "task-001", "--description", "d")
    served = serve()

    async def play() -> list[Any]:
        async with peer(served, "worker", workerId="worker-A") as worker, peer(served) as other:
            await worker.until("task_assigned")
            await other.say("subscribe", after=0)
            seen = []
            while not seen or seen[-1]["type"] != "TimedOut":
                message = await other.hear()
                if message["type"] == "event":
                    seen.append(message["event"])
            return seen

    seen = asyncio.run(play())
    beats = [event for event in seen if event["type"] == "Heartbeat"]
    assert len(beats) >= 3
    assert {event["data"]["source"] for event in beats} == {"socket"}


def test_a_worker_that_timed_out_gets_no_more_until_it_speaks(
    log: Path, serve: Serve, evt: Evt
) -> None:
    """Given an open socket whose worker is silent for too long, then it holds up one task only."""
    evt("init", "--project", "p", "--policy", SHORT)
    evt("emit", "TaskCreated", "task-001", "--description", "d")
    served = serve()

    async def play() -> None:
        async with peer(served, "worker", workerId="worker-A") as worker, peer(served) as other:
            await worker.until("task_assigned")
            await other.say("subscribe")
            while (await other.hear()).get("event", {}).get("type") != "TimedOut":
                pass
            await asyncio.to_thread(evt, "emit", "TaskCancelled", "task-001", "--reason", "r")
            await asyncio.to_thread(evt, "emit", "TaskCreated", "task-002", "--description", "d")
            await other.say("register", role="worker", workerId="worker-B")
            assert (await other.until("task_assigned"))["task"]["id"] == "task-002"
            await asyncio.to_thread(evt, "emit", "TaskCreated", "task-003", "--description", "d")
            await worker.say("request_task")
            assert (await worker.until("task_assigned"))["task"]["id"] == "task-003"

    asyncio.run(play())


def test_a_paused_project_gives_nothing_and_goes_on_by_itself(served: Served, evt: Evt) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d")
    evt("pause")

    async def play() -> None:
        async with peer(served, "worker", workerId="worker-A") as worker:
            assert (await worker.hear())["reason"] == "paused"
            await asyncio.to_thread(evt, "resume")
            assert (await worker.hear())["type"] == "task_assigned"

    asyncio.run(play())
