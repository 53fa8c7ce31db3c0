"""A text that must not be there.

Parameters: `pattern` (required), `regex` (false), `ignoreCase` (false), `paths`. Looks at the text
of each file as it is stored. As a regular expression it is Python's, `^` and `$` mean lines, and it
has three seconds for all files together. Cannot see another spelling of the same.
"""

from __future__ import annotations

from evt.validators.result import failed, quote
from evt.validators.search import lines_with

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.result import Finding
    from evt.validators.work import Work


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each file with it."""
    files = list(work.files(asked))
    for file, line in zip(files, lines_with(asked, files), strict=True):
        if line is not None:
            what = "a match for" if asked.get("regex") else ""
            yield failed(
                f"{file.path} has {what} {quote(asked['pattern'])} on line {line}: remove it"
                .replace("  ", " "), file.path, line,
            )  # fmt: skip
