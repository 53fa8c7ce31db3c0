"""A worker chat as a program: short calls of evt, no memory; `python -m tests.liveness.player`.

Usage: player NAME SECONDS [HABIT]. A task takes SECONDS, with a sign of life every `BEAT`. HABIT
`hangs`: in its first task it goes silent for ever; `asks`: it asks once and goes on with others;
`refuses`: its first report names a file that is not there.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from evt.cli.demo.chat import Chat

NOTHING, REFUSED, DONE, AGAIN = 3, 4, 7, 75
BEAT = 0.3  # seconds


class Player(Chat):
    """Takes tasks until everything is done; writes what it handed in to `out/TASK`."""

    def __init__(self, seconds: float, habit: str) -> None:
        super().__init__()
        self.seconds = seconds
        self.habit = habit

    def run(self, name: str) -> int:
        """Join, perhaps after a restart, and work; the exit code that ended it."""
        code, joined = self.document("join", name, "--takeover")
        if code:
            return code
        self.name = joined["name"]
        while True:
            code, given = self.document("next", "--wait", "20")
            if code == DONE:
                return 0
            if code == 0:
                self.do(given["task"]["id"], given["attempt"])
            elif code not in (NOTHING, REFUSED, AGAIN):
                return code

    def do(self, name: str, attempt: int) -> None:
        """One task: work, write, report; dropped as soon as the log says that it is another's."""
        if self.habit == "asks":
            self.habit = ""
            self.report("Escalated", name, attempt, "--to", "engineer", "--question", "Which?")
            return
        end = time.monotonic() + self.seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(BEAT, left))
            if left > BEAT and self.report("Heartbeat", name, attempt) == REFUSED:
                return
            if self.habit == "hangs":
                time.sleep(3600)
        output = Path("out") / name
        output.parent.mkdir(exist_ok=True)
        output.write_text(f"{name} by {self.name}\n")
        done = ("Completed", name, attempt, "--score", "5", "--deliverable")
        if self.habit == "refuses":
            self.habit = ""
            self.report(*done, "out/nothing")
        self.report(*done, str(output))

    def report(self, type: str, name: str, attempt: int, *more: str) -> int:
        """Say something of this attempt; the exit code."""
        return self.call("emit", type, name, "--attempt", str(attempt), *more)[0]


if __name__ == "__main__":
    sys.exit(Player(float(sys.argv[2]), "".join(sys.argv[3:])).run(sys.argv[1]))
