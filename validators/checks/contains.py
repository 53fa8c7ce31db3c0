"""A text that must be there.

Parameters: `pattern` (required), `regex` (false), `ignoreCase` (false), `paths`. Looks at the text
of each file as it is stored, not as it is rendered. As a regular expression it is Python's, `^` and
`$` mean lines, and it has three seconds for all files together. Cannot see what the text means.
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
    """Fail for each file without it."""
    files = list(work.files(asked))
    for file, line in zip(files, lines_with(asked, files), strict=True):
        if line is None:
            what = "no match for" if asked.get("regex") else "no"
            yield failed(f"{file.path} has {what} {quote(asked['pattern'])}: add it", file.path)
