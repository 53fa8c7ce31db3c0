"""Client libraries that are not ours play a whole project: Node's `ws`, Python's `websockets`."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Evt
from tests.server.conftest import Serve
from tests.server.npm import module
from tests.server.serving import Message, Peer, peer, report, task, write

PLAN = [
    task("task-001"),
    task("task-002"),
    task("task-003", dependencies=["task-001"]),
    task("task-004", dependencies=["task-001", "task-002"]),
    task("task-005"),
]
HERE = Path(__file__).parent


def over(evt: Evt, project: str) -> None:
    """Assert that everything was done once."""
    status = evt("status", "--json").json
    assert status["project"]["name"] == project
    assert {one["status"] for one in status["tasks"]} == {"completed"}
    types = [json.loads(line)["type"] for line in evt("log", "--json").out.splitlines()]
    assert types.count("Assigned") == types.count("Completed") == len(PLAN)
    assert evt("verify").code == 0


def test_node_plays_coordinator_and_workers(serve: Serve, log: Path, evt: Evt) -> None:
    if not shutil.which("node"):
        pytest.skip("needs node")
    folder = module("ws")
    served = serve()
    done = subprocess.run(
        ["node", HERE / "foreign.mjs", folder, str(served.port), log, json.dumps(PLAN)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["created"] == {"type": "tasks_created", "count": 5, "queued": 3}
    assert told["status"]["queueSize"] == told["status"]["activeTasks"] == 0
    for kind in ("task_assigned", "task_complete"):
        assert sorted(one[1] for one in told["seen"] if one[0] == kind) == [
            one["id"] for one in PLAN
        ]
    over(evt, "node")


def test_websockets_plays_coordinator_and_workers(serve: Serve, log: Path, evt: Evt) -> None:
    """Given three workers, of which one drops its connection with a task, then all is done."""
    served = serve()
    left = {one["id"] for one in PLAN}

    async def work(name: str, drops: bool) -> None:
        while left:
            async with peer(served, "worker", workerId=name) as worker:
                message: Message = await worker.until("task_assigned")
                if drops:  # the first connection ends with the first task
                    drops = False
                    worker.socket.transport.abort()
                    continue
                while True:
                    await hand_in(worker, message["task"]["id"], name)
                    message = await worker.until("task_assigned")

    async def hand_in(worker: Peer, done: str, name: str) -> None:
        write(log, done)
        await worker.say("task_complete", taskId=done, report=report(done, name))
        await worker.until("task_complete_ack")
        left.discard(done)
        if not left:
            finished.set()

    async def play() -> Any:
        async with peer(served, "coordinator", projectId="python") as coordinator:
            workers = [
                asyncio.create_task(work(name, drops))
                for name, drops in (("worker-A", False), ("worker-B", True), ("worker-C", False))
            ]
            await coordinator.say("create_tasks", tasks=PLAN)
            await finished.wait()
            for one in workers:
                one.cancel()
            return [(await coordinator.until("task_complete"))["taskId"] for _ in PLAN]

    finished = asyncio.Event()
    assert sorted(asyncio.run(asyncio.wait_for(play(), 60))) == [one["id"] for one in PLAN]
    over(evt, "python")
