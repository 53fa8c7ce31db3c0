"""A hook's own limits: so much computing, so much time; then `{}` is said and the process ends.

Computing is limited by the processor's time, so that a busy machine does not silence a hook that
would have been quick. The other limits are for what computes nothing: a stdin that stays open, a
disk that does not answer. Ending at once is safe anywhere: the log survives `kill -9`.
"""

from __future__ import annotations

import os
from _signal import (
    ITIMER_PROF,
    ITIMER_REAL,
    SIG_IGN,
    SIGALRM,
    SIGPROF,
    getsignal,
    setitimer,
    signal,
)  # fmt: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

COMPUTING = 0.25  # seconds of processor time
ALTOGETHER = 5.0  # seconds
TICK = 1.0  # seconds between two signs that a wait goes on


def _give_up(_number: int, _frame: object) -> NoReturn:
    os.write(1, b"{}\n")
    os._exit(0)


def start() -> None:
    """Begin to count."""
    signal(SIGPROF, _give_up)
    signal(SIGALRM, _give_up)
    _set(COMPUTING, ALTOGETHER)


def stop() -> None:
    """Count no more: the answer is being written."""
    _set(0, 0)
    signal(SIGPROF, SIG_IGN)
    signal(SIGALRM, SIG_IGN)


def _set(computing: float, altogether: float) -> None:
    setitimer(ITIMER_PROF, computing)
    setitimer(ITIMER_REAL, altogether)


class paused:
    """Inside `with`: a wait on purpose, which is not counted; afterwards counting begins anew.

    `tick` is called each second meanwhile. Where nothing was being counted nothing is begun.
    """

    __slots__ = ("counting", "tick")

    def __init__(self, tick: Callable[[], None] | None = None) -> None:
        self.tick = tick
        self.counting = getsignal(SIGALRM) is _give_up

    def __enter__(self) -> None:
        if self.counting:
            _set(0, 0)
            if self.tick is not None:
                signal(SIGALRM, self._ticked)
                setitimer(ITIMER_REAL, TICK, TICK)

    def _ticked(self, _number: int, _frame: object) -> None:
        if self.tick is not None:
            self.tick()

    def __exit__(self, *_: object) -> None:
        if self.counting:
            signal(SIGALRM, _give_up)
            _set(COMPUTING, ALTOGETHER)
