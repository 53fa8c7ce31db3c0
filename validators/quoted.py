"""A line of prose without what it only quotes: code spans and short quotations."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.validators.file import File

TAG = re.compile(r"<(?!!--)/?[A-Za-z][^>]*>")
_QUOTED = re.compile(
    r"(`+)(?!`).*?(?<!`)\1(?!`)|\"[^\"\n]{0,80}\"|'[A-Z]{3,5}:?'|"
    r"“[^”\n]{0,80}”|‘[^’\n]{0,80}’|«[^»\n]*»"  # noqa: RUF001  quotation marks
)


def unquoted(file: File, line: str) -> str:
    """The line with its quotations, and in HTML its tags, replaced by a space."""
    if file.kind == "html":
        line = TAG.sub(" ", line)
    return _QUOTED.sub(" ", line)
