"""What a path is at a moment: [size, mtime in ns, sha256], ["link", target], or None: not there.

The sha256 is null for what is too large to be hashed in passing and for what is no regular file.
"""

from __future__ import annotations

import os
import stat

from evt.validators.tree import Unusable, stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HASHED_MAX = 16 << 20


def state(root: str, path: str, hashed: bool = True) -> list[Any] | None:
    """What a path is now."""
    full = os.path.join(root, path)
    try:
        found = os.lstat(full)
        if stat.S_ISLNK(found.st_mode):
            return ["link", os.readlink(full)]
        digest = None
        if hashed and stat.S_ISREG(found.st_mode) and found.st_size <= _HASHED_MAX:
            digest = stamp(root, path).sha256
        return [found.st_size, found.st_mtime_ns, digest]
    except (OSError, Unusable):
        return None


def same(before: list[Any] | None, now: list[Any] | None) -> bool:
    """Whether two states are of one content."""
    if before is None or now is None or before[0] == "link" or now[0] == "link":
        return before == now
    if before[2] and now[2]:
        return bool(before[2] == now[2])
    return before[:2] == now[:2]
