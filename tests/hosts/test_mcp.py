"""`evt mcp`: with the client of the official SDK, in memory and as a process over stdio."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import anyio.lowlevel
import anyio.to_thread
import pytest
from mcp import Client, StdioServerParameters, stdio_client

from evt.cli.hosts import texts
from evt.cli.mcp import server
from evt.cli.waiting import is_waiting
from tests.conftest import EVT_BIN, Evt, evt_environment
from tests.eventlog.log.logs import open_log
from tests.hosts.host import events
from tests.hosts.wire import Played, Wire, call, refused


def test_a_project_from_plan_to_done(play: Played, repo: Path, evt: Evt) -> None:
    """Given a coordinator and a worker that know only tools, then the work gets done."""
    (repo / "tasks").mkdir()
    (repo / "tasks" / "task-001.json").write_text(json.dumps(
        {"id": "task-001", "type": "summary", "description": "Sum up",
         "context": {"outputFiles": ["out.md"]}}))  # fmt: skip

    async def played(client: Client) -> None:
        assert "coordinator-A" in await call(client, "join", role="coordinator")
        assert "would create" in await call(client, "plan", name="coordinator-A", path="tasks")
        await call(client, "plan", name="coordinator-A", path="tasks", apply=True)
        assert "worker-A" in await call(client, "join")
        assert "task-001, attempt 1" in await call(client, "next", name="worker-A")
        await call(client, "emit", name="worker-A", type="Escalated", task="task-001",
                   data={"question": "A or B?"})  # fmt: skip
        asked = await call(client, "inbox", name="coordinator-A", wait=5)
        assert "A or B?" in asked
        await call(client, "emit", name="coordinator-A", type="Resolved", task="task-001",
                   data={"action": "resume", "answer": "B"})  # fmt: skip
        assert "answer (resume): B" in await call(client, "next", name="worker-A")
        assert "would be refused" in await call(client, "check", name="worker-A", task="task-001")
        said = await refused(client, "emit", name="worker-A", type="Completed", task="task-001",
                             data={"contextEfficiencyScore": 5})  # fmt: skip
        assert "out.md" in said and "next: " in said
        (repo / "out.md").write_text("It says what it has to say, in one line.\n")
        await call(client, "emit", name="worker-A", type="Completed", task="task-001",
                   data={"contextEfficiencyScore": 5, "notes": "done"})  # fmt: skip
        assert "1/1 done" in await call(client, "status")
        assert (await call(client, "next", name="worker-A", wait=5)).startswith("done: ")
        assert "has left" in await call(client, "leave", name="worker-A", note="all done")

    play(played)
    assert len(events(evt, "Completed")) == 1
    assert evt("verify").code == 0


def test_a_chat_is_not_the_engineer(play: Played, evt: Evt) -> None:
    """Given the engineer's name inside a chat, then it may not resolve, and the log says so."""
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")

    async def played(client: Client) -> None:
        await call(client, "emit", name="engineer", type="Escalated", task="task-001",
                   data={"question": "really?"})  # fmt: skip
        said = await refused(client, "emit", name="engineer", type="Resolved", task="task-001",
                             data={"action": "resume"})  # fmt: skip
        assert "from inside a chat" in said
        said = await refused(client, "plan", name="engineer", path="tasks", apply=True)
        assert "under its own name" in said

    play(played)
    assert [event["viachat"] for event in events(evt, "Escalated")] == [True]


def test_next_waits_and_wakes_as_work_comes(play: Played, evt: Evt) -> None:
    async def played(client: Client) -> None:
        await call(client, "join")
        found: list[str] = []

        async def wait() -> None:
            found.append(await call(client, "next", name="worker-A", wait=60))

        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            await anyio.lowlevel.checkpoint()
            await anyio.to_thread.run_sync(lambda: evt(
                "emit", "TaskCreated", "task-001", "--description", "d", as_="engineer"
            ))  # fmt: skip
        assert found[0].startswith("task-001, attempt 1")

    play(played)


@pytest.fixture
def wire(repo: Path, tmp_path: Path, project: None) -> Iterator[Wire]:
    """Yield a client over stdio in which worker-A has joined."""
    one = Wire(repo, tmp_path)
    assert "worker-A" in one.call("join")
    yield one
    one.process.kill()
    one.process.wait()


def begun(wire: Wire) -> int:
    """Begin to wait for work as worker-A; return the id of the call."""
    number = wire.ask("tools/call", name="next", arguments={"name": "worker-A", "wait": 60})
    wire.call("status")  # whoever answers this has read what came before it
    return number


def test_a_call_that_was_cancelled_claims_nothing(wire: Wire, evt: Evt) -> None:
    """Given a wait that the client gave up, when work comes, then it is there for another."""
    number = begun(wire)
    wire.tell("notifications/cancelled", requestId=number, reason="the chat was stopped")
    assert "worker-B" in wire.call("join")
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    assert "task-001, attempt 1" in wire.call("next", name="worker-B")


def test_a_name_that_waits_is_seen_to_wait(wire: Wire, repo: Path) -> None:
    log = open_log(repo)
    assert not is_waiting(log, "worker-A")
    begun(wire)
    assert is_waiting(log, "worker-A")


def test_a_client_that_has_gone_claims_nothing(wire: Wire, evt: Evt) -> None:
    """Given a wait, when the client closes stdin and work comes, then the server just ends."""
    begun(wire)
    wire.close()
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    assert wire.process.wait(20) == 0
    assert events(evt, "Assigned") == []


def test_work_that_comes_with_the_end_of_the_client_stays(play: Played, evt: Evt) -> None:
    """Given a task that wakes the wait, when the call is given up then, then nothing is claimed."""

    async def played(client: Client) -> None:
        await call(client, "join")
        evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
        with anyio.CancelScope() as scope:
            scope.cancel()
            await server._next("worker-A", 60)

    play(played)
    assert events(evt, "Assigned") == []


def test_status_and_tasks_can_be_read_and_roles_prompted(play: Played, evt: Evt) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")

    async def played(client: Client) -> None:
        status = json.loads((await client.read_resource("evt://status")).contents[0].text)
        assert status["schema"] == "evt.status/1"
        task = json.loads((await client.read_resource("evt://tasks/task-001")).contents[0].text)
        assert task == status["tasks"][0]
        with pytest.raises(Exception, match="there is no task task-9"):
            await client.read_resource("evt://tasks/task-9")
        templates = (await client.list_resource_templates()).resource_templates
        assert [template.uri_template for template in templates] == ["evt://tasks/{task}"]
        assert [prompt.name for prompt in (await client.list_prompts()).prompts] == list(
            texts.ROLES
        )
        said = (await client.get_prompt("worker")).messages[0].content.text
        assert texts.parts("worker")["loop"] in said

    play(played)


def test_there_are_few_tools_in_one_order(play: Played) -> None:
    async def played(client: Client) -> None:
        tools = (await client.list_tools()).tools
        assert 6 <= len(tools) <= 8
        assert [tool.name for tool in tools] == [t.name for t in (await client.list_tools()).tools]
        assert all(tool.output_schema is None for tool in tools)

    play(played)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_it_serves_over_stdio_to_old_and_new_clients(
    mode: str, repo: Path, tmp_path: Path, evt: Evt, project: None
) -> None:
    """Given the process that mcp.json starts, then hosts of today and of last year talk to it."""
    server = StdioServerParameters(
        command=str(EVT_BIN), args=["mcp"], cwd=repo, env=evt_environment(tmp_path)
    )

    async def played() -> None:
        async with Client(stdio_client(server), mode=mode) as client:
            assert "worker-A" in await call(client, "join")
            assert "no task" in await call(client, "next", name="worker-A")
            assert "nobody has not joined" in await refused(client, "next", name="nobody")

    asyncio.run(played())
    assert [event["subject"] for event in events(evt, "WorkerJoined")] == ["worker-A"]


def test_without_the_extra_it_says_what_to_install(repo: Path, tmp_path: Path) -> None:
    code = (
        "import sys\nsys.modules['mcp'] = None\nsys.argv[1:] = ['mcp']\n"
        "from evt.cli.main import entry\nentry()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repo, env=evt_environment(tmp_path),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "evt mcp needs the extra `mcp`" in done.stderr
    assert "pip install 'evtlog[mcp]'" in done.stderr
