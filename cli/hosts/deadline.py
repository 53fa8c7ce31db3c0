"""A hook's own limits: so much computing, so much time; then `{}` is said and the process ends.

Computing is limited by the processor's time, so that a busy machine does not silence a hook that
would have been quick. The other limit is for what computes nothing: a stdin that never ends, a
disk that does not answer. Ending at once is safe anywhere: the log survives `kill -9`.
"""

from __future__ import annotations

import os
from _signal import ITIMER_PROF, ITIMER_REAL, SIG_IGN, SIGALRM, SIGPROF, setitimer, signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

COMPUTING = 0.25  # seconds of processor time
ALTOGETHER = 5.0  # seconds


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
    """Inside `with`: a wait on purpose, which is not counted; afterwards counting begins anew."""

    __slots__ = ()

    def __enter__(self) -> None:
        _set(0, 0)

    def __exit__(self, *_: object) -> None:
        _set(COMPUTING, ALTOGETHER)
