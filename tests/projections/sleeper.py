"""A worker process that does nothing but sleep: claims, sleeps as long as estimated, completes.

python -m tests.projections.sleeper FOLDER NAME
"""

from __future__ import annotations

import sys
import time

from evt.eventlog.commands import Command, Emit, Next, Verdict
from evt.eventlog.decide import decide
from evt.eventlog.decision import Accepted
from evt.eventlog.log.backend import Appended
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout

WAIT_SECONDS = 60


def submit(log: FileLog, command: Command) -> Appended:
    """Append what the command asks for."""
    return log.transact(lambda state, now_us: decide(command, state, now_us))


def main(folder: str, name: str) -> int:
    """Work until everything is done."""
    log = FileLog(Layout(folder))
    log.wait(log.head().sequence, 0.01)  # what waiting needs is loaded before it counts
    print("ready", flush=True)
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        appended = submit(log, Next(name))
        outcome = appended.decision.outcome
        if isinstance(outcome, Accepted):
            task = outcome.result["task"]
            row = appended.state.task(task)
            time.sleep(row["data"]["estimateSeconds"] if row else 0)
            data = {"contextEfficiencyScore": 5, "attempt": outcome.result["attempt"]}
            submit(log, Emit(name, "Completed", task, data, verdict=Verdict(True, [], [])))
        elif outcome.exit == 7:
            return 0
        else:
            log.wait(log.head().sequence, 5)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
