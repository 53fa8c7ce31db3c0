"""A real server in a process of its own, and peers that talk to it with a library not ours."""

from __future__ import annotations

import asyncio
import json
import select
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from websockets.asyncio.client import ClientConnection, connect

from evt.cli.server.messages import FROM_SERVER, protocol
from tests.conftest import EVT_BIN, evt_environment

READY_SECONDS = 30.0
ANSWER_SECONDS = 15.0
COORDINATOR = {"role": "coordinator", "projectId": "p"}

Message = dict[str, Any]


@dataclass
class Served:
    """A server that is ready; `ready` is its line."""

    process: subprocess.Popen[bytes]
    repo: Path
    ready: dict[str, Any]
    args: tuple[str, ...]

    @property
    def port(self) -> int:
        return int(self.ready["port"])

    @property
    def token(self) -> str:
        return (self.repo / ".evt/cache/serve.token").read_text().strip()

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it as Ctrl-C does; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(READY_SECONDS)

    def ask(
        self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        """One HTTP request: status, headers, and the body (as JSON if it is some)."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        found = dict(answer.getheaders())
        if found.get("Content-Type", "").startswith("application/json"):
            return answer.status, found, json.loads(text)
        return answer.status, found, text


def start(repo: Path, home: Path, *args: str, port: int = 0) -> Served:
    """Run `evt serve` in a repository until it says that it is ready."""
    process = subprocess.Popen(
        [EVT_BIN, "serve", "--json", f"--port={port}", *args],
        cwd=repo,
        env=evt_environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=(home / "serve.err").open("ab"),
    )
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], READY_SECONDS)
    line = process.stdout.readline() if readable else b""
    if not line.startswith(b'{"url"'):
        process.kill()
        raise AssertionError(f"not ready: {line!r} {(home / 'serve.err').read_text()}")
    return Served(process, repo, json.loads(line), args)


@cache
def _validator(type: str) -> Draft202012Validator:
    document = protocol()
    return Draft202012Validator({"$ref": f"#/$defs/server.{type}", "$defs": document["$defs"]})


def check_message(message: Message) -> None:
    """Assert that the schema of its type allows it."""
    assert message["type"] in FROM_SERVER, message
    problems = [e.message for e in _validator(message["type"]).iter_errors(message)]
    assert not problems, (message, problems)


@dataclass
class Peer:
    """One socket; what came and was not asked for yet is kept in order."""

    socket: ClientConnection
    waiting: list[Message] = field(default_factory=list)

    async def say(self, type: Any, **facts: Any) -> None:
        await self.socket.send(json.dumps({"type": type, **facts}))

    async def hear(self) -> Message:
        """The next message."""
        if self.waiting:
            return self.waiting.pop(0)
        text = await asyncio.wait_for(self.socket.recv(), ANSWER_SECONDS)
        message: Message = json.loads(text)
        if message["type"] != "event":
            check_message(message)
        return message

    async def until(self, type: str) -> Message:
        """The next message of a type; those before it stay for later."""
        passed = []
        while True:
            message = await self.hear()
            if message["type"] == type:
                self.waiting = passed + self.waiting
                return message
            passed.append(message)

    async def types(self, count: int) -> list[str]:
        """The types of the next messages."""
        return [(await self.hear())["type"] for _ in range(count)]

    async def quiet(self) -> bool:
        """Whether nothing is on its way: what comes next is the answer to this question."""
        await self.say("status")
        return (await self.hear())["type"] == "status_response"


@asynccontextmanager
async def peer(served: Served, role: str | None = None, **facts: Any) -> AsyncIterator[Peer]:
    """Connect; with a role also register (a worker's name is `workerId`)."""
    async with connect(f"ws://localhost:{served.port}/", max_size=None) as socket:
        found = Peer(socket)
        assert (await found.hear())["type"] == "connected"
        if role is not None:
            await found.say("register", role=role, **facts)
            assert (await found.hear())["type"] == "registered"
        yield found


def task(name: str, **more: Any) -> Message:
    """A task as the pattern's coordinators send it."""
    return {
        "id": name, "type": "test", "description": f"Write {name}",
        "context": {"targetFiles": [], "outputFiles": [f"{name}.md"], "requirements": []},
        "acceptance": {"criteria": []}, "status": "pending",
        "createdAt": "2026-11-22T20:32:56.000Z", **more,
    }  # fmt: skip


def report(task: str, worker: str, status: str = "completed", **more: Any) -> Message:
    """A report as the pattern's workers send it."""
    return {
        "taskId": task, "workerId": worker, "status": status, "deliverables": [f"{task}.md"],
        "contextEfficiencyScore": 5, "notes": "as asked", "completedAt": "2026-11-22T21:00:00.000Z",
        **more,
    }  # fmt: skip


def write(repo: Path, task: str) -> None:
    """Do the task."""
    (repo / f"{task}.md").write_text(f"# {task}\n\nThis is what {task} asked for, in full.\n")
