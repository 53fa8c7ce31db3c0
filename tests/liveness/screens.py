"""Programs as an engineer runs them: on a terminal, or with another program behind a pipe."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import termios
from pathlib import Path
from time import monotonic
from typing import Any

from tests.cli.support import environment
from tests.conftest import EVT_BIN

SECONDS = 30.0


class Heard:
    """What comes out of a descriptor, as far as it was read."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.seen = ""

    def more(self, seconds: float) -> bool:
        """Read what there is within a time; False if nothing came."""
        if not select.select([self.descriptor], [], [], max(0.0, seconds))[0]:
            return False
        self.seen += os.read(self.descriptor, 65536).decode("utf-8", "replace")
        return True

    def until(self, text: str) -> None:
        """Read until a text was shown."""
        end = monotonic() + SECONDS
        while text not in self.seen:
            assert self.more(end - monotonic()), (text, self.seen[-2000:])

    def line(self, wanted: str) -> dict[str, Any]:
        """Read up to the JSON line that has this key, or is an event of this type."""
        end = monotonic() + SECONDS
        while True:
            text, newline, rest = self.seen.partition("\n")
            if not newline:
                assert self.more(end - monotonic()), f"no {wanted} came"
                continue
            self.seen = rest
            found: dict[str, Any] = json.loads(text)
            if wanted in found or found.get("type") == wanted:
                return found


class Terminal(Heard):
    """A pseudo-terminal of some (columns, lines) with evt on it."""

    def __init__(self, repo: Path, size: tuple[int, int], *args: str) -> None:
        ours, theirs = pty.openpty()
        fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        env = environment(repo.parent, {"TERM": "xterm"})
        env.pop("COLUMNS")
        self.process = subprocess.Popen(
            [EVT_BIN, *args], cwd=repo, env=env, stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        super().__init__(ours)

    def end(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()
        os.close(self.descriptor)
