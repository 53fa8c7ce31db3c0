"""A secret in the caller's own text is refused: what is appended can never be taken out again."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def refuse_secrets(data: dict[str, Any]) -> None:
    """Raise InvalidInput (code secret) naming the pattern, never the value."""
