"""The write lock: `flock` on `.evt/lock`, never deleted, never stolen, waited for a while."""

from __future__ import annotations

import fcntl
import os
from time import monotonic, sleep

from evt.eventlog.errors import Locked, LogIO
from evt.eventlog.log import syscalls
from evt.eventlog.log.layout import no_log, replaced

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.log.layout import Layout

TIMEOUT = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.02


def timeout() -> float:
    """Seconds to wait, from EVT_LOCK_TIMEOUT."""
    try:
        return max(0.0, float(os.environ.get("EVT_LOCK_TIMEOUT") or TIMEOUT))
    except ValueError:
        return TIMEOUT


class Lock:
    """Holds the lock inside `with`; the file says who, for those who wait in vain."""

    __slots__ = ("descriptor", "layout", "path")

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.path = layout.path("lock")
        self.descriptor = -1

    def __enter__(self) -> None:
        try:
            self.descriptor = syscalls.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            raise no_log(self.layout.folder) from None
        except OSError as error:
            raise _failed(error) from None
        try:
            self._wait()
            self._still_there()
        except BaseException:
            os.close(self.descriptor)
            raise
        mine = f"{os.getpid():<19}\n".encode()
        try:
            if os.pread(self.descriptor, len(mine), 0) != mine:  # a write would be synced as well
                os.pwrite(self.descriptor, mine, 0)
        except OSError:
            pass  # a full disk: those who wait learn less, nothing else

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)

    def _wait(self) -> None:
        end, pause = 0.0, _FIRST_PAUSE
        while True:
            try:
                syscalls.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                end = end or monotonic() + timeout()
                left = end - monotonic()
                if left <= 0:
                    raise self._taken() from None
                sleep(min(pause, left))
                pause = min(pause * 2, _LONGEST_PAUSE)
            except InterruptedError:
                continue
            except OSError as error:
                raise _failed(error) from None

    def _taken(self) -> Locked:
        try:
            holder = os.pread(self.descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        except OSError:
            holder = "unknown"
        return Locked(
            f"process {holder} holds the log, {timeout():g} s were not enough; nothing stored",
            "run the same command again",
            holder=holder,
        )

    def _still_there(self) -> None:
        """The locked file must be the one on disk, or two writers would hold two locks."""
        mine = os.fstat(self.descriptor)
        try:
            there = os.stat(self.path)
        except OSError:
            there = None
        if there is None or (mine.st_ino, mine.st_dev) != (there.st_ino, there.st_dev):
            raise replaced(self.layout.folder)


def _failed(error: OSError) -> LogIO:
    return LogIO(f"the lock failed: {error.strerror}; nothing stored", "run the same command again")
