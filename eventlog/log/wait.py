"""Waiting for a change: file notification, polling where there is none.

A watch is kept for the next wait of this process and never closed: to make one takes a thread and a
system call for each wake-up, and closing one while its thread is at work has aborted a process.
"""

from __future__ import annotations

import os
from time import monotonic, sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evt.eventlog.log.layout import Layout

_POLL = 0.05
_DEBOUNCE_MS, _STEP_MS = 10, 2  # a burst of writes is one wake-up
_LONGEST_MS = 60_000
_idle: dict[tuple[int, int], list[Any]] = {}  # folder -> watches that nobody waits on


def wait_for(layout: Layout, happened: Callable[[], bool], timeout: float) -> bool:
    """Whether `happened` became true within `timeout` seconds; it is asked after each change."""
    end = monotonic() + timeout
    if happened():
        return True
    try:
        folder = layout.path("log")
        found = os.stat(folder)
        idle = _idle.setdefault((found.st_dev, found.st_ino), [])
        watch = idle.pop() if idle else _watch(folder)
    except (ImportError, OSError, RuntimeError):
        # No file notification here: inotify used up, a strange file system.
        return _poll(happened, end)
    try:
        return _woken(watch, happened, end)
    finally:
        idle.append(watch)


def _watch(folder: str) -> Any:
    from watchfiles._rust_notify import RustNotify

    return RustNotify([folder], False, False, 0, False, False)


def _woken(watch: Any, happened: Callable[[], bool], end: float) -> bool:
    while not happened():  # the watch is on: what comes from here on is noticed
        left = int((end - monotonic()) * 1000)
        if left <= 0:
            return False
        changes = watch.watch(_DEBOUNCE_MS, _STEP_MS, min(left, _LONGEST_MS), None)
        if changes == "signal":
            raise KeyboardInterrupt
    return True


def _poll(happened: Callable[[], bool], end: float) -> bool:
    while not happened():
        if monotonic() >= end:
            return False
        sleep(_POLL)
    return True
