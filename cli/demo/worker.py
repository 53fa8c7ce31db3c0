"""A worker chat: ask for the next task, do it, report, and again; `python -m evt.cli.demo.worker`.

Usage: worker NAME SECONDS [hasty] [asks] [hangs]. It takes SECONDS for a task at least, a chat
minutes. `hasty`: its first report is not fit; `asks`: it asks the coordinator once before it goes
on; `hangs`: in its first task it goes silent for ever.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from evt.cli.demo.chat import Chat
from evt.cli.demo.summary import summary

NOTHING, REFUSED, GATE, DONE = 3, 4, 5, 7
FOR_EVER = 3600.0  # seconds, at a time


class Worker(Chat):
    """One worker with its habits."""

    def __init__(self, seconds: float, habits: list[str]) -> None:
        super().__init__()
        self.seconds = seconds
        self.hasty = "hasty" in habits
        self.asks = "asks" in habits
        self.hangs = "hangs" in habits

    def run(self, name: str) -> int:
        """Work until everything is done; the exit code that ended it."""
        self.join("worker", name)
        while True:
            code, given = self.document("next", "--wait", "30")
            if code == DONE:
                self.call("leave", "--note", "everything is done")
                return 0
            if code == 0:
                self.do(given)
            elif code not in (NOTHING, REFUSED):
                return code

    def do(self, given: dict[str, Any]) -> None:
        """One task: read, ask if need be, write, report."""
        task = given["task"]
        name, context = task["id"], task["context"]
        text = Path(context["targetFiles"][0]).read_text("utf-8")
        if self.asks and not given["resume"]:
            self.asks = False
            self.call("emit", "Escalated", name, "--question", "May the summary quote code?")
            return
        time.sleep(self.seconds / 2)
        code, _ = self.call("emit", "Heartbeat", name, "--progress", "0.5", "--note", "has read it")
        if code == REFUSED:
            return
        while self.hangs:
            time.sleep(FOR_EVER)
        time.sleep(self.seconds / 2)
        found = summary(text)
        if found is None:
            self.call("emit", "Failed", name, "--final", "--reason", "too little prose to sum up")
            return
        output = Path(context["outputFiles"][0])
        output.parent.mkdir(parents=True, exist_ok=True)
        if self.hasty:
            self.hasty = False
            output.write_text(found.split("\n")[0] + "\n", "utf-8")
            if self.report(name, found) != GATE:
                return
        output.write_text(found + "\n", "utf-8")
        self.report(name, found)

    def report(self, name: str, found: str) -> int:
        """Hand the work in; the exit code says whether it was taken."""
        notes = f"{len(found.split())} words, by extraction"
        code, _ = self.call("emit", "Completed", name, "--score", "5", "--notes", notes)
        return code


if __name__ == "__main__":
    sys.exit(Worker(float(sys.argv[2]), sys.argv[3:]).run(sys.argv[1]))
