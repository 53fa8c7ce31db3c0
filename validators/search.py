"""Find a text or a pattern in files; a pattern that would run for ever is stopped.

Patterns come from a task and texts from a worker, so together they may take exponential time. They
meet in a child process that is killed when its time is over.
"""

from __future__ import annotations

from evt.validators.aside import aside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.validators.file import File

_SECONDS = 3.0


def lines_with(asked: dict[str, Any], files: list[File]) -> list[int | None]:
    """For each file the line from 1 where the pattern is, None where it is not.

    Raises CheckError for a broken pattern or one that takes too long.
    """
    texts = [file.text for file in files]
    folded = bool(asked.get("ignoreCase"))
    if asked.get("regex"):
        said = aside("search", {"pattern": asked["pattern"], "fold": folded, "texts": texts},
                     _SECONDS)  # fmt: skip
        places: list[int] = said["places"]
    else:
        pattern = asked["pattern"].casefold() if folded else asked["pattern"]
        places = [(text.casefold() if folded else text).find(pattern) for text in texts]
    return [
        None if place < 0 else (text.casefold() if folded else text).count("\n", 0, place) + 1
        for text, place in zip(texts, places, strict=True)
    ]
