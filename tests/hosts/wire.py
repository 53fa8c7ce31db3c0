"""A client of `evt mcp` that speaks the lines themselves, and so can also be rude."""

from __future__ import annotations

import itertools
import json
import subprocess
from pathlib import Path
from typing import Any

from tests.conftest import EVT_BIN, evt_environment

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
