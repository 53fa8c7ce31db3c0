"""`evt mcp`: with the client of the official SDK, in memory and as a process over stdio."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio.lowlevel
import anyio.to_thread
import pytest
from mcp import Client, StdioServerParameters, stdio_client

from evt.cli.hosts import texts
from evt.cli.mcp import server
from evt.cli.mcp.calls import called
from evt.cli.mcp.server import build
from tests.conftest import EVT_BIN, Evt, evt_environment
from tests.hosts.host import events
from tests.hosts.wire import Wire

Play = Callable[[Client], Awaitable[None]]


@pytest.fixture
def play(repo: Path, project: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[Play], None]:
    """Return a function that gives a client of the server in memory to a play."""
    monkeypatch.chdir(repo)

    def run(what: Play) -> None:
        async def inside() -> None:
            async with Client(build()) as client:
                await what(client)

        asyncio.run(inside())

    return run


async def call(client: Client, tool: str, **args: Any) -> str:
    """Call a tool that must succeed; return its text."""
    done = await client.call_tool(tool, args)
    text: str = done.content[0].text
    assert not done.is_error, text
    return text


async def refused(client: Client, tool: str, **args: Any) -> str:
    """Call a tool that must be refused; return what it says."""
    done = await client.call_tool(tool, args)
    assert done.is_error
    text: str = done.content[0].text
    return text


def test_a_project_from_plan_to_done(play: Callable[[Play], None], repo: Path, evt: Evt) -> None:
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


def test_errors_say_what_failed_and_what_to_call(play: Callable[[Play], None]) -> None:
    async def played(client: Client) -> None:
        said = await refused(client, "next", name="nobody")
        assert "nobody has not joined" in said and 'next: join(name="nobody")' in said
        said = await refused(client, "emit", name="engineer", type="Complete", task="t")
        assert "did you mean Completed?" in said
        said = await refused(client, "plan", name="x", path="nowhere.json")
        assert "nowhere.json" in said
        said = await refused(client, "join", takeover=True)
        assert "takeover needs the name" in said
        said = await refused(client, "next", name="")
        assert "name needs a name of 1-128 printable characters\nnext: name=worker-A" in said
        assert "--" not in said

    play(played)


def test_errors_name_tools_and_keys_not_flags(play: Callable[[Play], None], evt: Evt) -> None:
    """Given refusals with commands in them, then a chat with tools reads calls of tools."""
    evt("emit", "TaskCreated", "task-001", "--description", "d", "--output", "a.md",
        as_="engineer")  # fmt: skip

    async def played(client: Client) -> None:
        await call(client, "join")
        await call(client, "next", name="worker-A")
        report = {"name": "worker-A", "type": "Completed", "task": "task-001"}
        said = await refused(client, "emit", **report)
        assert "Completed needs contextEfficiencyScore or signals in data" in said
        said = await refused(client, "emit", **report | {"type": "TimedOut"})
        assert "next: emit(name=..., type=..., task=..., data={...})" in said
        said = await refused(client, "emit", **report, data={"contextEfficiencyScore": 5})
        assert (
            'report again: emit(name="worker-A", type="Completed", task="task-001", '
            "data={contextEfficiencyScore: 1..5})"
        ) in said

    play(played)


@pytest.mark.parametrize(
    ("hint", "call"),
    [
        ("evt join", "join()"),
        ("evt join worker-A --takeover", 'join(name="worker-A", takeover=True)'),
        ("evt next --as worker-A --wait 300", 'next(name="worker-A", wait=300)'),
        ("evt next", 'next(name="me")'),
        ("evt status", "status()"),
        ("evt inbox --wait 540 --as lead", 'inbox(name="lead", wait=540)'),
        ("evt emit Failed t-1 --reason 'a b' --as w",
         'emit(name="w", type="Failed", task="t-1", data={"reason":"a b"})'),
        ("evt emit Failed --help", "emit(name=..., type=..., task=..., data={...})"),
        ("evt join  # hands out a name; then say it: --as worker-A",
         "join()  # hands out a name; then say it: name worker-A"),
        ("evt plan tasks/ --as lead --apply", 'plan(name="lead", path="tasks/", apply=True)'),
        ("evt verify", "evt verify"),
        ("evt emit Completed t-1 --score N --as w",
         'emit(name="w", type="Completed", task="t-1", data={contextEfficiencyScore: N})'),
        ("evt status   then: evt repair", "evt status   then: evt repair"),
        ("pip install evtlog", "pip install evtlog"),
        ("--as worker-A", "name=worker-A"),
        ("cd into the repository", "cd into the repository"),
        ("evt 'half", "evt 'half"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_hint_becomes_the_call_of_a_tool(hint: str, call: str) -> None:
    assert called(hint, "me") == call


def test_an_argument_that_a_tool_does_not_know_is_refused(
    play: Callable[[Play], None], evt: Evt
) -> None:
    async def played(client: Client) -> None:
        said = await refused(client, "join", nmae="worker-B")
        assert "join has no argument 'nmae'; it has: name, role, takeover" in said

    play(played)
    assert events(evt, "WorkerJoined") == []


def test_answers_are_to_be_given_under_the_asking_name(
    play: Callable[[Play], None], evt: Evt
) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    evt("emit", "Escalated", "task-001", "--question", "A or B?", as_="engineer")

    async def played(client: Client) -> None:
        for wait in (0, 5):
            said = await call(client, "inbox", name="coordinator", wait=wait)
            assert "--answer '...' --as coordinator" in said

    play(played)


def test_without_a_log_a_resource_says_how_to_begin(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo)

    async def played() -> None:
        async with Client(build()) as client:
            with pytest.raises(Exception, match=r"there is no evt log .*\nnext: evt init"):
                await client.read_resource("evt://status")

    asyncio.run(played())


def test_a_chat_is_not_the_engineer(play: Callable[[Play], None], evt: Evt) -> None:
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


def test_next_waits_and_wakes_as_work_comes(play: Callable[[Play], None], evt: Evt) -> None:
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


def test_a_client_that_has_gone_claims_nothing(wire: Wire, evt: Evt) -> None:
    """Given a wait, when the client closes stdin and work comes, then the server just ends."""
    begun(wire)
    wire.close()
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    assert wire.process.wait(20) == 0
    assert events(evt, "Assigned") == []


def test_work_that_comes_with_the_end_of_the_client_stays(
    play: Callable[[Play], None], evt: Evt
) -> None:
    """Given a task that wakes the wait, when the call is given up then, then nothing is claimed."""

    async def played(client: Client) -> None:
        await call(client, "join")
        evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
        with anyio.CancelScope() as scope:
            scope.cancel()
            await server._next("worker-A", 60)

    play(played)
    assert events(evt, "Assigned") == []


def test_status_and_tasks_can_be_read_and_roles_prompted(
    play: Callable[[Play], None], evt: Evt
) -> None:
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


def test_there_are_few_tools_in_one_order(play: Callable[[Play], None]) -> None:
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
