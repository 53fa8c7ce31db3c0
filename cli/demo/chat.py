"""What a chat has: short calls of `evt`, their output and exit codes, and no memory of its own."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any


class Chat:
    """Calls `evt` under a name; `EVT_BIN` says which one."""

    def __init__(self) -> None:
        self.name = ""

    def call(self, *args: str) -> tuple[int, str]:
        """Run one call; the exit code and what stdout had. What went wrong is shown as it is."""
        who = ["--as", self.name] if self.name else []
        done = subprocess.run(
            [os.environ["EVT_BIN"], *args, *who],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def document(self, *args: str) -> tuple[int, Any]:
        """The same with `--json`; the document that was printed, None if there was none."""
        code, text = self.call(*args, "--json")
        return code, json.loads(text.splitlines()[0]) if text.strip() else None

    def join(self, role: str, name: str) -> None:
        """Take a name."""
        code, joined = self.document("join", name, "--role", role)
        if code:
            raise SystemExit(code)
        self.name = joined["name"]
