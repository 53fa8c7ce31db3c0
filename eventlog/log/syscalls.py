"""The calls of the append path, in one place, so that the tests can make each of them fail."""

from __future__ import annotations

import fcntl
import os
from errno import EIO

write = os.write
open = os.open
rename = os.rename
unlink = os.unlink
truncate = os.ftruncate
fsync = os.fsync
flock = fcntl.flock
_FULL = getattr(fcntl, "F_FULLFSYNC", None)  # macOS: fsync alone stays in the drive's cache


def write_all(descriptor: int, text: bytes) -> None:
    """Write all bytes, however many calls it takes; raises OSError."""
    done = 0
    while done < len(text):
        try:
            written = write(descriptor, text[done:] if done else text)
        except InterruptedError:
            continue
        if written == 0:
            raise OSError(EIO, "nothing was written")
        done += written


def sync_data(descriptor: int) -> None:
    """Put what was written on the disk."""
    if _FULL is not None:
        fcntl.fcntl(descriptor, _FULL)
    else:
        os.fdatasync(descriptor)
