"""The calls of the append path, in one place, so that the tests can make each of them fail."""

from __future__ import annotations

import fcntl
import os

write = os.write
open = os.open
rename = os.rename
truncate = os.ftruncate
fsync = os.fsync
_FULL = getattr(fcntl, "F_FULLFSYNC", None)  # macOS: fsync alone stays in the drive's cache


def sync_data(descriptor: int) -> None:
    """Put what was written on the disk."""
    if _FULL is not None:
        fcntl.fcntl(descriptor, _FULL)
    else:
        os.fdatasync(descriptor)
