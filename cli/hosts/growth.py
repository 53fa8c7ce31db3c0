"""What is new in the log since a chat looked, read as bytes: cheap enough for every tool call. Hot.

A place is text, `segment offset`, as it is kept in the memory of the chat. JSON escapes the quotes
inside of texts, so that a key with its quotes is found nowhere but where it is one.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

NEW_MAX = 64 << 10  # bytes behind a place that are looked through in passing
SEARCHED_MAX = 32 << 20  # bytes that one search goes through; it goes on from there next time
_BEAT = b'"type":"Heartbeat"'


def end_of(evt_folder: str) -> str:
    """The place behind all that is there now."""
    folder = os.path.join(evt_folder, "log")
    last = max(name for name in os.listdir(folder) if name.endswith(".jsonl"))
    return f"{last[:-6]} {os.stat(os.path.join(folder, last)).st_size}"


def has_news(evt_folder: str, place: str) -> bool:
    """Whether anything but signs of life came behind a place, or too much to say."""
    try:
        text = _behind(evt_folder, place, NEW_MAX + 1)
    except (OSError, ValueError):
        return True
    return len(text) > NEW_MAX or text.count(b"\n") != text.count(_BEAT)


def _behind(evt_folder: str, place: str, most: int) -> bytes:
    segment, offset = place.split(" ")
    path = os.path.join(evt_folder, "log", f"{segment}.jsonl")
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.pread(descriptor, most, int(offset))
    finally:
        os.close(descriptor)


def search(
    evt_folder: str, place: str, wanted: tuple[tuple[bytes, bytes], ...]
) -> tuple[bool, str]:
    """Whether a line behind a place has both texts of a pair, and the place up to which it is so.

    Raises OSError.
    """
    left = SEARCHED_MAX
    for segment in _segments(evt_folder, place.split(" ")[0]):
        offset = int(place.split(" ")[1]) if place.startswith(f"{segment} ") else 0
        text = _behind(evt_folder, f"{segment} {offset}", left)
        whole = text.rfind(b"\n") + 1
        place = f"{segment} {offset + whole}"
        if any(_has(text, whole, *pair) for pair in wanted):
            return True, place
        left -= len(text)
        if left <= 0:
            break
    return False, place


def _segments(evt_folder: str, first: str) -> Iterator[str]:
    names = sorted(os.listdir(os.path.join(evt_folder, "log")))
    return (name[:-6] for name in names if name.endswith(".jsonl") and name[:-6] >= first)


def _has(text: bytes, end: int, one: bytes, other: bytes) -> bool:
    found = text.find(one, 0, end)
    while found >= 0:
        start, stop = text.rfind(b"\n", 0, found) + 1, text.find(b"\n", found, end)
        if text.find(other, start, stop) >= 0:
            return True
        found = text.find(one, stop, end)
    return False
