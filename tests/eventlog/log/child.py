"""What the processes of the race and kill tests do: each prints only what it was promised."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path
from time import monotonic_ns

from tests.eventlog.log.logs import note, open_log


def append(folder: Path, name: str, events: int, batch: int = 1) -> None:
    """Append one after the other; print each receipt only once it is given. 0 events: for ever."""
    log = open_log(folder)
    for number in range(events) if events else count():
        done = log.transact(note(f"{name} {number}", batch, id=f"{name}-{number}"))
        for receipt in done.receipts:
            print(receipt.sequence, receipt.hash, receipt.id, flush=True)


def follow(folder: Path, until: int) -> None:
    """Read what comes, batch by batch as the reader shows it, and print it."""
    log, seen = open_log(folder), 0
    while seen < until:
        log.wait(seen, 10)
        for line in log.read(seen):
            seen = line.event.sequence
            print(seen, line.hash, line.event.batch or "1/1", flush=False)


def state(folder: Path, until: int) -> None:
    """Fold without the lock until the log is so long; print every head that was seen."""
    log, seen = open_log(folder), 0
    while seen < until:
        head = log.head()
        if head.sequence > seen:
            seen = head.sequence
            print(seen, head.hash)
            assert log.state().sequence >= seen


def wait(folder: Path, times: int) -> None:
    """Say that the wait begins and, on the clock of the machine, when it ended; so many times."""
    log = open_log(folder)
    for _ in range(times):
        head = log.head().sequence
        log.wait(head, 0.001)  # what it needs is loaded
        print("waiting", flush=True)
        assert log.wait(head, 30)
        print(monotonic_ns(), flush=True)


if __name__ == "__main__":
    verb, folder, *rest = sys.argv[1:]
    if verb == "append":
        append(Path(folder), rest[0], int(rest[1]), int(rest[2]) if rest[2:] else 1)
    else:
        {"follow": follow, "state": state, "wait": wait}[verb](Path(folder), int(rest[0]))
