"""How long a text is, in words that a reader sees.

Parameters: `min`, `max` (both included), `paths`. Counts per file, separated by white space, each
Chinese or Japanese character as one word (Korean is written with spaces). In Markdown and HTML only
visible text counts: no marks, link targets, comments, front matter. Cannot see whether the words
say anything; repeated sentences are found by `placeholders`.
"""

from __future__ import annotations

import re

from evt.validators.result import counted, failed, passed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.file import File
    from evt.validators.result import Finding
    from evt.validators.work import Work

_CJK = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
                  r"\uff66-\uff9d\U00020000-\U000323af]")  # fmt: skip
_CJK_MARKS = re.compile(
    r"[\u3000-\u303f\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
)


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each file outside the bounds."""
    least, most = asked.get("min", 0), asked.get("max")
    for file in work.files(asked):
        words = words_in(visible(file))
        said = f"{file.path} has {counted(words, 'word')}"
        if words < least:
            yield failed(f"{said}, at least {least:,} are asked for", file.path)
        elif most is not None and words > most:
            yield failed(f"{said}, at most {most:,} are asked for", file.path)
        else:
            yield passed(said, file.path)


def visible(file: File) -> str:
    """The text of a file that its reader sees."""
    if file.kind == "markdown":
        return file.page.visible_text()
    return file.html.text if file.kind == "html" else file.text


def words_in(text: str) -> int:
    """Words of a text, as `check` counts them."""
    if text.isascii():
        return len(text.split())
    rest, characters = _CJK.subn(" ", _CJK_MARKS.sub(" ", text))
    return characters + len(rest.split())
