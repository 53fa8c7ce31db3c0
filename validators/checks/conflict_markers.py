"""A merge that was not finished leaves both versions in the file.

Parameters: `paths`, `off`. Fails when lines that begin with seven `<`, `=` and `>` follow each
other in this order, outside Markdown code; Python that compiles has them in a string and passes.
Cannot see a conflict whose markers were deleted but not its halves.
"""

from __future__ import annotations

import re

from evt.validators.kinds import suffix_of
from evt.validators.result import failed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.file import File
    from evt.validators.result import Finding
    from evt.validators.work import Work

_MARKER = re.compile(r"^(?:<{7}|={7}|>{7})(?=[ \t\n]|$)", re.MULTILINE)
_ORDER = "<=>"


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each file with the three markers in order."""
    for file in work.files(asked):
        line = _conflict(file) if file.is_text else None
        if line is not None:
            yield failed(
                f"{file.path} has merge conflict markers (<<<<<<<, =======, >>>>>>>) from line "
                f"{line}: keep one side and delete the markers", file.path, line,
            )  # fmt: skip


def _conflict(file: File) -> int | None:
    """The line from 1 of the first marker of a conflict."""
    if "<<<<<<<" not in file.text or ">>>>>>>" not in file.text:
        return None
    if suffix_of(file.path) == ".py" and _compiles(file.text):
        return None
    wanted, first = 0, 0
    for found in _MARKER.finditer(file.text):
        line = file.text.count("\n", 0, found.start())
        mark = found[0][0]
        if line in file.code_lines or (mark == "=" and wanted != 1):
            continue
        if mark == _ORDER[wanted]:
            first = line if wanted == 0 else first
            wanted += 1
            if wanted == 3:
                return first + 1
        elif mark == "<":
            wanted, first = 1, line
    return None


def _compiles(text: str) -> bool:
    import ast

    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
