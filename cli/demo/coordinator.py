"""A coordinator chat: check and apply the plan, answer what is asked, end the project.

Usage: coordinator PLAN PAIR TASK. PAIR is a plan that must be refused (two tasks, one output);
TASK is that second task, which comes later by `emit`.
"""

from __future__ import annotations

import json
import sys

from evt.cli.demo.chat import Chat

ERRORS, NOTHING, DONE = 2, 3, 7
ANSWER = "No, prose only."


class Coordinator(Chat):
    """The one that splits, answers and ends."""

    def run(self, plan: str, pair: str, task: str) -> int:
        """Everything from the plan to the end; 0 if every step went as it must."""
        self.join("coordinator", "coordinator-A")
        code, report = self.document("plan", pair)
        if code != ERRORS or not any(f["code"] == "same_output" for f in report["findings"]):
            return self.lost("the plan with two tasks for one file was not refused", code)
        for what in (
            ("plan", plan, "--apply"),
            ("emit", "TaskCreated", "--data", f"@{task}"),
            ("emit", "Noted", "--text", "one summary per page, prose only", "--tag", "decision"),
        ):
            code, _ = self.call(*what)
            if code:
                return self.lost(f"evt {what[0]} was refused", code)
        return self.loop()

    def loop(self) -> int:
        """Answer questions until everything has ended."""
        while True:
            code, found = self.document("inbox", "--wait", "30")
            if code == DONE:
                code, _ = self.call("emit", "ProjectEnded", "--outcome", "done")
                return code
            if code not in (0, NOTHING):
                return self.lost("the inbox failed", code)
            for question in found["questions"]:
                self.call(
                    "emit", "Resolved", question["task"], "--action", "resume",
                    "--escalation", question["id"], "--answer", ANSWER,
                )  # fmt: skip

    def lost(self, what: str, code: int) -> int:
        """Say what went wrong."""
        print(json.dumps({"error": what, "exit": code}), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(Coordinator().run(*sys.argv[1:4]))
