"""Where the loop meets the log: blocking calls run in threads, one of them decides and appends.

A `FileLog` belongs to one thread. Commands have theirs, so that they take turns; views have
another, so that a slow look holds up no command; the gate has a few, as checks may take minutes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from evt.cli.gate import judge
from evt.cli.service import Reply, submit
from evt.eventlog.commands import Command, Emit
from evt.eventlog.errors import Damaged, EvtError, LogIO, Newer, NoLog, Poisoned
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout

T = TypeVar("T")
GATES = 4  # completions that are checked at once
GATED = ("Completed", "Resolved", "ProjectEnded")
UNWRITABLE = (LogIO, Damaged, Newer, Poisoned, NoLog)


class _Thread:
    """One thread with a log of its own."""

    def __init__(self, layout: Layout, name: str) -> None:
        self.layout = layout
        self._executor = ThreadPoolExecutor(1, name)
        self._log: FileLog | None = None

    async def run(self, fn: Callable[[FileLog], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._call, fn)

    def _call(self, fn: Callable[[FileLog], T]) -> T:
        if self._log is None:
            self._log = FileLog(self.layout)
        return fn(self._log)


class Desk:
    """The server's way to the log. `trouble` says why nothing can be appended, None if it can."""

    def __init__(self, layout: Layout, run_commands: bool = False) -> None:
        self.layout = layout
        self.run_commands = run_commands
        self.trouble: str | None = None
        self._failed_at = 0  # the last event there was when it began
        self._commands = _Thread(layout, "evt-desk")
        self._views = _Thread(layout, "evt-views")
        self._gate = ThreadPoolExecutor(GATES, "evt-gate")

    async def do(self, fn: Callable[[FileLog], T]) -> T:
        """Run what may append; one at a time, in the order of the calls."""
        try:
            return await self._commands.run(fn)
        except UNWRITABLE as error:
            self.trouble = error.message
            with contextlib.suppress(EvtError):
                self._failed_at = await self.look(lambda log: log.head().sequence)
            raise

    def grown(self, sequence: int) -> None:
        """The log has this event: if it came after a failure, it can be written again."""
        if sequence > self._failed_at:
            self.trouble = None

    async def submit(self, command: Command) -> Reply:
        """Give a command to the log; raises EvtError if it is refused."""
        return await self.do(lambda log: submit(log, command))

    async def look(self, fn: Callable[[FileLog], T]) -> T:
        """Run what only reads."""
        return await self._views.run(fn)

    async def judged(self, command: Emit) -> Emit:
        """The command with the gate's verdict in it, where its type needs one."""
        if command.type in GATED:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._gate, self._judge, command)
        return command

    def _judge(self, command: Emit) -> None:
        judge(FileLog(self.layout), command, self.run_commands)
