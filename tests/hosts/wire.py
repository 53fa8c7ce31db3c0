"""Clients of `evt mcp`: that of the SDK, and one that speaks the lines and so can be rude."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.conftest import EVT_BIN, evt_environment

if TYPE_CHECKING:
    from mcp import Client  # a second of imports that most tests do without

Play = Callable[["Client"], Awaitable[None]]
Played = Callable[[Play], None]
REVISION = "2025-06-18"


class Wire:
    """The process that mcp.json starts, and its two pipes."""

    def __init__(self, repo: Path, home: Path) -> None:
        self.process = subprocess.Popen(
            [EVT_BIN, "mcp"], cwd=repo, env=evt_environment(home), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.ids = itertools.count(1)
        client = {"name": "wire", "version": "1"}
        self.asked("initialize", protocolVersion=REVISION, capabilities={}, clientInfo=client)
        self.tell("notifications/initialized")

    def tell(self, method: str, **params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, **params: Any) -> int:
        """Send a request and wait for nothing; return its id."""
        number = next(self.ids)
        self._send({"id": number, "method": method, "params": params})
        return number

    def asked(self, method: str, **params: Any) -> Any:
        """Send a request; return what it is answered."""
        number = self.ask(method, **params)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            answer = json.loads(line)
            if answer.get("id") == number:
                return answer.get("result", answer.get("error"))
        raise AssertionError("the server has ended")

    def call(self, tool: str, **args: Any) -> str:
        """Call a tool; return its text."""
        return str(self.asked("tools/call", name=tool, arguments=args)["content"][0]["text"])

    def close(self) -> None:
        """Close the stdin of the server: its client is gone."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()


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
