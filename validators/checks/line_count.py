"""How long a file is, in lines.

Parameters: `min`, `max` (both included), `paths`. Counts every line of each file, also empty ones;
a last line without an end counts. Cannot see how much stands in a line.
"""

from __future__ import annotations

from evt.validators.result import counted, failed, passed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.result import Finding
    from evt.validators.work import Work


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each file outside the bounds."""
    least, most = asked.get("min", 0), asked.get("max")
    for file in work.files(asked):
        text = file.text
        lines = text.count("\n") + (not text.endswith("\n") if text else 0)
        said = f"{file.path} has {counted(lines, 'line')}"
        if lines < least:
            yield failed(f"{said}, at least {least:,} are asked for", file.path)
        elif most is not None and lines > most:
            yield failed(f"{said}, at most {most:,} are asked for", file.path)
        else:
            yield passed(said, file.path)
