"""Forms of text that have a rule of their own; the models and the generated checks share them."""

from __future__ import annotations

from evt.eventlog.ids import valid_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PATH_MAX = 4096
_HEX = frozenset("0123456789abcdef")
_TASK = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")


def is_path(text: str) -> bool:
    """A path or glob inside the repository: relative, without `..` and control characters."""
    return 0 < len(text) <= PATH_MAX and not leaves(text) and not has_control(text)


def signed(worker: str, attempt: int) -> str:
    """The flags of a report; one of several attempts has to be named, if all were this worker's."""
    return f"--as {worker}" + (f" --attempt {attempt}" if attempt > 1 else "")


def leaves(text: str) -> bool:
    """Whether a path is absolute or has a `..` in it."""
    return text[:1] == "/" or (".." in text and ".." in text.split("/"))


def has_control(text: str) -> bool:
    """Whether a control character is in it (C0, DEL, C1)."""
    return not text.isprintable() and any(
        character < " " or "\x7f" <= character <= "\x9f" for character in text
    )


def is_sha256(text: str) -> bool:
    """64 lower-case hexadecimal digits."""
    return len(text) == 64 and not set(text) - _HEX


def is_task_id(text: str) -> bool:
    """The pattern [a-z0-9][a-z0-9._-]{0,63}."""
    return 0 < len(text) <= 64 and text[0] not in "._-" and not set(text) - _TASK


FORMS: dict[str, Callable[[str], bool]] = {
    "path": is_path,
    "sha256": is_sha256,
    "task_id": is_task_id,
    "event_id": valid_id,
}
