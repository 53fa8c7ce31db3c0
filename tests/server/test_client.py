"""Our own client: over kills and restarts it misses nothing and hears nothing twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

from evt.cli.server.client import Client
from tests.conftest import Evt
from tests.server.conftest import Serve
from tests.server.serving import report, task, write
from tests.server.test_streams import append


def test_a_worker_goes_on_over_a_killed_server(serve: Serve, log: Path, evt: Evt) -> None:
    """Given a client at work, when the server is killed and comes back, then it goes on."""
    served = serve()
    url = f"ws://127.0.0.1:{served.port}/"

    async def play() -> None:
        async with (
            Client(url, role="coordinator", project="p") as coordinator,
            Client(url, role="worker", worker="worker-A", after=0) as worker,
        ):
            await worker.until("no_tasks")
            await coordinator.say("create_tasks", tasks=[task("task-001")])
            first = await worker.until("task_assigned")
            await asyncio.to_thread(served.kill)
            await asyncio.to_thread(append, log, 3)
            await asyncio.to_thread(serve, port=served.port)
            again = await worker.until("task_assigned")
            assert (again["task"]["id"], again["attempt"]) == ("task-001", first["attempt"])
            write(log, "task-001")
            await worker.say(
                "task_complete", taskId="task-001", report=report("task-001", "worker-A")
            )
            await worker.until("task_complete_ack")
            assert (await coordinator.until("task_complete"))["workerId"] == "worker-A"
            assert worker.connections == 2
            seen = []
            async for message in worker.events():
                seen.append(message["sequence"])
                if message["event"]["type"] == "Completed":
                    break
            assert seen == list(range(1, len(seen) + 1))

    asyncio.run(play())
    assert evt("status", "--json").json["counts"]["completed"] == 1


def test_it_says_its_token_where_that_is_asked_for(serve: Serve, log: Path) -> None:
    served = serve("--require-token")

    async def play() -> None:
        async with Client(f"ws://127.0.0.1:{served.port}/", token=served.token) as client:
            await client.say("status")
            assert (await client.until("status_response"))["queueSize"] == 0

    asyncio.run(play())
