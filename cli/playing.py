"""Playing the log on a terminal: a progress line below the story, and keys to stop and step.

Space stops and goes on, n shows the next event, + and - change the speed, q ends.
"""

from __future__ import annotations

import os
import select
import termios
import tty
from time import monotonic

from evt.cli import output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Self

ERASE = b"\r\x1b[2K"
BAR = 20  # characters
FASTEST = 1e6


class Quit(Exception):
    """The person has seen enough."""


class Player:
    """Shows lines one after the other inside `with`; the terminal is put back at the end."""

    def __init__(self, last: int, speed: float) -> None:
        self.last = max(1, last)
        self.speed = speed
        self.stopped = False
        self.step = False
        self._at = (0, "")  # sequence and time of the event shown last
        self._before: list[Any] = []

    def __enter__(self) -> Self:
        self._before = termios.tcgetattr(0)
        tty.setcbreak(0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        termios.tcsetattr(0, termios.TCSADRAIN, self._before)
        output.write(ERASE)

    def show(self, line: str, sequence: int, moment: str) -> None:
        """One line of the story, and the progress line below it anew."""
        output.write(ERASE)
        output.say(line)
        self._progress(sequence, moment)
        self._at = (sequence, moment)

    def wait(self, seconds: float, longest: float) -> None:
        """Let so many seconds of the log pass, in `longest` at most; raises Quit."""
        left = min(longest, seconds / self.speed)
        while (left > 0 or self.stopped) and not self.step:
            began = monotonic()
            ready, _, _ = select.select([0], [], [], None if self.stopped else left)
            if not self.stopped:
                left -= monotonic() - began
            if ready:
                before = self.speed
                self._key(os.read(0, 1))
                left *= before / self.speed
                self._progress(*self._at)
        self.step = False

    def _key(self, key: bytes) -> None:
        if key in (b"q", b"Q", b"\x04", b""):
            raise Quit
        if key == b" ":
            self.stopped = not self.stopped
        elif key == b"n":
            self.stopped = self.step = True
        elif key == b"+":
            self.speed = min(FASTEST, self.speed * 2)
        elif key == b"-":
            self.speed = max(1 / FASTEST, self.speed / 2)

    def _progress(self, sequence: int, moment: str) -> None:
        done = BAR * sequence // self.last
        how = "stopped" if self.stopped else f"x{self.speed:g}"
        bar = "#" * done + "-" * (BAR - done)
        text = f"[{bar}] {sequence}/{self.last} {moment[11:19]} {how}  space n + - q"
        output.write(ERASE + text[: output.width() - 1].encode())
