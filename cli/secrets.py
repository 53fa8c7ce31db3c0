"""A secret in the caller's own text is refused: what is appended can never be taken out again."""

from __future__ import annotations

from evt.eventlog.errors import Secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

SHORTEST = 20  # characters; no known form of a key is shorter


def refuse_secrets(value: Any) -> None:
    """Raise Secret, naming the form and never the value, if a text inside a JSON value has one."""
    for text in _texts(value):
        if len(text) < SHORTEST:
            continue
        from evt.validators.secret_patterns import secrets_in

        for name, _, _ in secrets_in(text):
            raise Secret(
                f"the text has what looks like a secret in it ({name}), and what is appended can "
                "never be taken out again",
                "say where the secret is kept instead  (evt emit --allow-secret insists)",
            )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
