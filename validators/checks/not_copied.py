"""An answer is not the question: the input handed back, or the criteria said again.

Parameters: `paths`, `off`. Fails when a file equals one of targetFiles but for white space (of any
kind, and marks without width), or when prose consists of little but the sentences of the task
itself (description, requirements, criteria). A file that is edited in place is not compared with
itself. Cannot see a copy with words changed.
"""

from __future__ import annotations

from evt.validators.echo import echo_of
from evt.validators.result import failed
from evt.validators.tree import Unusable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.file import File
    from evt.validators.result import Finding
    from evt.validators.work import Work

_TARGETS_MAX = 200
_NO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each file that says nothing of its own."""
    targets = _targets(work)
    for file in work.files(asked):
        words = _words(file) if targets else []
        same = [path for path, theirs in targets if path != file.path and theirs == words]
        if words and same:
            yield failed(
                f"{file.path} is a copy of its input {same[0]}: write what the task asks for",
                file.path,
            )
        elif file.kind in ("markdown", "text", "html"):
            echoed = echo_of(work.task, file)
            if echoed:
                yield failed(
                    f"{file.path} mostly repeats what the task says (line {echoed}) instead of "
                    "doing it: write the content that is asked for", file.path, echoed,
                )  # fmt: skip


def _targets(work: Work) -> list[tuple[str, list[str]]]:
    """Each target file with its words."""
    found = []
    for glob in work.context("targetFiles"):
        for path in work.expanded(glob)[:_TARGETS_MAX]:
            try:
                found.append((path, _words(work.file(path))))
            except (FileNotFoundError, Unusable):
                continue  # deleted by the task, or not for us to read
    return found


def _words(file: File) -> list[str]:
    """What white space parts, that without width included."""
    text = file.text
    return (text if text.isascii() else text.translate(_NO_WIDTH)).split()
