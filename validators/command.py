"""Starting an approved command: what it may see, how long it may run, who waits for whom.

No shell, no standard input, four variables of the environment. What it started is gone when it is
over: see `supervisor.py`. Commands of one work tree run one at a time, behind a lock file; waiting
for it is a sign of life and not part of the time limit.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING

from evt.validators.aside import CheckError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

OUTPUT_BYTES = 1 << 20
VARIABLES = ("PATH", "HOME", "LANG", "TMPDIR")
_SUPERVISOR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "supervisor.py")
_GRACE = 30.0  # seconds that the supervisor may need beyond the limit to end everything
_SIGN_SECONDS = 10.0  # between two signs of life while waiting
_QUEUED = "waited four hours for the commands of other tasks: report again later"
_QUEUE_SECONDS = 4 * 3600.0


class Ran:
    """How a command ended: `exit` or `signal`, or `why` it was ended.

    `why` is timeout, flood, forks, missing (it could not be started), gone (evt went away) or lost
    (it killed its supervisor), `output` is what it printed on both streams, at most 1 MiB; `left`
    how many of its processes could not be killed.
    """

    __slots__ = ("exit", "left", "output", "problem", "signal", "why")

    def __init__(self, said: dict[str, object], output: bytes) -> None:
        self.exit = said.get("exit")
        self.signal = said.get("signal")
        self.why = said.get("why")
        self.problem = str(said.get("problem", ""))
        self.left = said.get("left", 0)
        self.output = output.decode("utf-8", "replace")


def run(
    argv: Sequence[str], folder: str, seconds: int, environment: Mapping[str, str],
    most: int = OUTPUT_BYTES,
) -> Ran:  # fmt: skip
    """Run a command to its end, or end it; nothing of it is left afterwards."""
    seen = {name: environment[name] for name in VARIABLES if name in environment}
    words = [sys.executable, "-I", "-S", _SUPERVISOR, str(seconds), str(most), folder, *argv]
    # Our end of its input stays open: if evt dies it closes, and the supervisor ends everything.
    theirs, ours = os.pipe()
    try:
        process = subprocess.Popen(
            words, env=seen, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(theirs)
    try:
        told = process.communicate(timeout=seconds + _GRACE)[0]
    except subprocess.TimeoutExpired:  # stopped from within the command
        process.kill()
        told = process.communicate()[0]
    finally:
        os.close(ours)
    pid, _, rest = told.partition(b"\n")
    said, _, output = rest.partition(b"\n")
    try:
        return Ran(json.loads(said), output)
    except ValueError:  # the supervisor was killed from within the command
        _kill_session(int(pid or 0))
        return Ran({"why": "lost"}, b"")


def _kill_session(pid: int) -> None:
    """What is left of a command without its supervisor: its process group."""
    if pid > 1:
        try:
            os.killpg(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


@contextmanager
def alone(lock: str, alive: Callable[[], None]) -> Iterator[None]:
    """Hold the lock file of a work tree inside `with`.

    `alive` is called every ten seconds while another command holds it.
    """
    os.makedirs(os.path.dirname(lock) or ".", 0o700, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, alive)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, alive: Callable[[], None]) -> None:
    begun = told = monotonic()
    pause = 0.01
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            now = monotonic()
            if now - begun > _QUEUE_SECONDS:
                raise CheckError(_QUEUED) from None
            if now - told >= _SIGN_SECONDS or told == begun:
                alive()
                told = now
            sleep(pause)
            pause = min(pause * 2, 0.2)
