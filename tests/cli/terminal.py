"""A terminal for a program that asks a person, or lets one press keys."""

from __future__ import annotations

import os
import pty
import select
import subprocess
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Self

from tests.cli.support import environment
from tests.conftest import EVT_BIN

SECONDS = 30.0


class Screen:
    """evt on a terminal of its own inside `with`: what it `shown`, and somebody who types."""

    def __init__(self, args: list[str], repo: Path, more: Mapping[str, str] = {}) -> None:
        self.shown = ""
        self._seen = 0
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [EVT_BIN, *args],
            cwd=repo,
            env=environment(repo.parent, more),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._ours, text.encode())

    def until(self, words: str) -> None:
        """Wait until these words are shown behind those waited for before."""
        end = monotonic() + SECONDS
        while (at := self.shown.find(words, self._seen)) < 0:
            assert self._read(end), f"{words!r} never came: {self.shown}"
        self._seen = at + len(words)

    def ended(self) -> int:
        """Read to the end; return the exit code."""
        end = monotonic() + SECONDS
        while self._read(end):
            pass
        return self._process.wait(SECONDS)

    def _read(self, end: float) -> bool:
        if not select.select([self._ours], [], [], max(0.0, end - monotonic()))[0]:
            return False
        try:
            part = os.read(self._ours, 4096)
        except OSError:  # what Linux says when the other side is closed
            return False
        self.shown += part.decode()
        return bool(part)


def typed(
    args: list[str], answer: str, repo: Path, asked: str, more: Mapping[str, str] = {}
) -> tuple[int, str]:
    """Run evt on a terminal, type the answer if `asked` is shown; exit code and screen."""
    with Screen(args, repo, more) as screen:
        while asked not in screen.shown:
            if not screen._read(monotonic() + SECONDS):
                break
        else:
            screen.type(answer + "\n")
        return screen.ended(), screen.shown
