"""Event ids: uuid7 (RFC 9562), so that they sort by time; made before the lock is taken."""

from __future__ import annotations

from os import urandom
from time import time_ns

_ALLOWED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-")
_ROOM = 16  # low bits left for the events of one decision


def new_seed() -> int:
    """A uuid7 as an integer; its last 16 bits are 0, room for 65,536 ids."""
    random = int.from_bytes(urandom(10), "big")
    high = random >> 68  # 12 bits
    low = random & ((1 << 62) - 1)
    uuid = (time_ns() // 1_000_000) << 80 | 7 << 76 | high << 64 | 2 << 62 | low
    return uuid >> _ROOM << _ROOM


def event_id(seed: int, number: int = 0) -> str:
    """The id of the n-th event of a decision, in the canonical form 8-4-4-4-12."""
    text = f"{seed + number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def valid_id(text: str) -> bool:
    """1-128 characters of [A-Za-z0-9._:-]."""
    return 1 <= len(text) <= 128 and not set(text) - _ALLOWED
