"""Waiting for a change: file notification, polling where there is none."""

from __future__ import annotations

from time import monotonic, sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from evt.eventlog.log.layout import Layout

_POLL = 0.05
_DEBOUNCE_MS, _STEP_MS = 10, 2  # a burst of writes is one wake-up
_LONGEST_MS = 60_000


def wait_for(layout: Layout, happened: Callable[[], bool], timeout: float) -> bool:
    """Whether `happened` became true within `timeout` seconds; it is asked after each change."""
    end = monotonic() + timeout
    if happened():
        return True
    try:
        from watchfiles._rust_notify import RustNotify

        notify = RustNotify([layout.path("log")], False, False, 0, False, False)
    except (
        ImportError,
        OSError,
        RuntimeError,
    ):  # no file notification here (inotify used up, a strange file system)
        return _poll(happened, end)
    with notify:
        while not happened():  # the watch is on: what comes from here on is noticed
            left = int((end - monotonic()) * 1000)
            if left <= 0:
                return False
            changes = notify.watch(_DEBOUNCE_MS, _STEP_MS, min(left, _LONGEST_MS), None)
            if changes == "signal":
                raise KeyboardInterrupt
        return True


def _poll(happened: Callable[[], bool], end: float) -> bool:
    while not happened():
        if monotonic() >= end:
            return False
        sleep(_POLL)
    return True
