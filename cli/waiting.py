"""Waiting inside a call: wake when the log changes or a timer ends, and be seen to be waiting.

A waiter never takes the lock to find out that there is nothing: it decides on its own copy of the
state, and gives the command to the log only when that would change something.
"""

from __future__ import annotations

import fcntl
import os
from time import monotonic, sleep

from evt.cli import output
from evt.cli.choosing import inform
from evt.cli.service import submit
from evt.eventlog.clock import now_us
from evt.eventlog.commands import Next
from evt.eventlog.decide import decide
from evt.eventlog.decision import Refused
from evt.eventlog.errors import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from evt.cli.service import Reply
    from evt.eventlog.commands import Command
    from evt.eventlog.decision import Decision
    from evt.eventlog.log.filelog import FileLog

NOTHING_NOW = 3
LONGEST = 3600.0  # seconds; a wait ends then, whatever was asked for
LOOK_AGAIN = 30.0  # seconds after which a waiter looks whether anybody still reads its output
TRIES = 100  # of 2 ms, to be seen as waiting
_FOLDER = ("cache", "waits")


class Presence:
    """Holds a lock named after a worker inside `with`: the name is inside a wait.

    The system lets go of it when the process dies, so that nothing has to be cleaned up. In the
    file stands how many waits in a row brought nothing.
    """

    __slots__ = ("descriptor", "path")

    def __init__(self, log: FileLog, name: str) -> None:
        self.path = log.layout.path(*_FOLDER, _file(name))
        self.descriptor = -1

    def __enter__(self) -> Self:
        try:
            os.makedirs(os.path.dirname(self.path), 0o700, exist_ok=True)
            self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._hold()
        except OSError:
            pass  # not seen as waiting: a name counts as quiet sooner, nothing else
        return self

    def __exit__(self, *_: object) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)

    def _hold(self) -> None:
        """Take the lock; who looks whether a name waits holds it for a moment."""
        for _ in range(TRIES):
            try:
                return fcntl.flock(self.descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                sleep(0.002)

    def ended(self, empty: bool) -> int:
        """The wait is over; how many in a row were empty, this one included."""
        if self.descriptor < 0:
            return int(empty)
        before = os.pread(self.descriptor, 16, 0)
        count = (int(before) if before.isdigit() else 0) + 1 if empty else 0
        if count or before:
            os.ftruncate(self.descriptor, 0)
            os.pwrite(self.descriptor, b"%d" % count if count else b"", 0)
        return count


def _file(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else f"%{ord(c):x}" for c in name)[:200]


def is_waiting(log: FileLog, name: str) -> bool:
    """Whether this name is inside a wait at this moment."""
    try:
        descriptor = os.open(log.layout.path(*_FOLDER, _file(name)), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def seen_up_to(log: FileLog, name: str) -> int:
    """Sequence up to which a name saw the log in its last wait; before its first one nothing.

    The file may be lost: what failed is told once more then, nothing else.
    """
    try:
        with open(_seen(log, name), encoding="ascii") as file:
            return int(file.read(20))
    except (OSError, ValueError):
        return 0


def has_seen(log: FileLog, name: str, sequence: int) -> None:
    """Remember that."""
    try:
        with open(_seen(log, name), "w", encoding="ascii") as file:
            file.write(str(sequence))
    except OSError:
        pass  # what failed will be told once more, nothing else


def _seen(log: FileLog, name: str) -> str:
    return log.layout.path(*_FOLDER, _file(name) + ".seen")


def until(
    log: FileLog, command: Command, seconds: float, ready: Callable[[Decision], bool]
) -> bool:
    """Whether within `seconds` the command would change something or get an answer.

    Wakes on every change of the log and at the timer that the refusal names. False: time is up,
    or nobody reads stdout any more.
    """
    end = monotonic() + min(seconds, LONGEST)
    while True:
        state = log.state()
        if isinstance(command, Next):
            inform(command, state, log.layout)
        decision = decide(command, state, now_us())
        if ready(decision):
            return output.reader_is_there()
        left = end - monotonic()
        if left <= 0 or not output.reader_is_there():
            return False
        log.wait(state.sequence, min(left, _timer(decision), LOOK_AGAIN))


def _timer(decision: Decision) -> float:
    """Seconds until something may change by itself."""
    outcome = decision.outcome
    after = outcome.facts.get("retryAfterSeconds") if isinstance(outcome, Refused) else None
    return LOOK_AGAIN if after is None else max(0.05, float(after))


def gives_work(decision: Decision) -> bool:
    """Whether a `next` would append something or end with another answer than `nothing now`."""
    outcome = decision.outcome
    return bool(decision.events) or not (
        isinstance(outcome, Refused) and outcome.exit == NOTHING_NOW
    )


def claimed(log: FileLog, command: Next, seconds: float) -> Reply:
    """The worker's task, waited for up to `seconds`; raises Refusal 3 or 7 if there is none.

    Whoever was faster may leave nothing: then go on waiting for what is left of the time. Raises
    OutputGone, with nothing claimed, if nobody reads stdout any more. `emptyWaits` of the refusal:
    how many waits in a row brought nothing.
    """
    if not seconds:
        inform(command, log.state(), log.layout)
        return submit(log, command)
    end = monotonic() + seconds
    with Presence(log, command.actor) as presence:
        while True:
            left = end - monotonic()
            found = until(log, command, left, gives_work)
            if not found and not output.reader_is_there():
                raise output.OutputGone("nobody reads it any more", "nothing was claimed")
            try:
                reply = submit(log, command)
            except Refusal as refusal:
                if refusal.exit != NOTHING_NOW or not found or end <= monotonic():
                    refusal.facts["emptyWaits"] = presence.ended(refusal.exit == NOTHING_NOW)
                    raise
            else:
                presence.ended(False)
                return reply
