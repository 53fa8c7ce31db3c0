"""A file that was only touched is not written.

Parameters: `paths`, `off`. Fails for a file of nothing but white space, except those that are empty
on purpose (`__init__.py`, `py.typed`, `.gitkeep`, `.keep`, `.nojekyll`), and for Markdown and HTML
that show nothing: comments, front matter, rules. Cannot see whether what is there means anything;
`placeholders`, `word_count` and `sections` look at that.
"""

from __future__ import annotations

from evt.validators.kinds import stem_of
from evt.validators.result import failed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.file import File
    from evt.validators.result import Finding
    from evt.validators.work import Work

_MAY_BE_EMPTY = frozenset({"__init__.py", "__init__.pyi", "py.typed", ".gitkeep", ".keep",
                           ".nojekyll"})  # fmt: skip
_PAGES = frozenset({"index", "_index"})
_SHORT_BYTES = 4000
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\0"


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each file without content."""
    for file in work.files(asked):
        if file.name in _MAY_BE_EMPTY:
            continue
        if file.size == 0:
            yield failed(f"{file.path} is empty: write its content", file.path)
        elif not file.data.strip() or not file.text.strip().strip(_INVISIBLE).strip():
            yield failed(f"{file.path} holds only white space: write its content", file.path)
        elif file.size <= _SHORT_BYTES and _shows_nothing(file):
            yield failed(
                f"{file.path} shows nothing to a reader (comments, front matter and rules do not "
                "count): write its content", file.path,
            )  # fmt: skip


def _shows_nothing(file: File) -> bool:
    """Whether Markdown or HTML has no visible part, unless a site or a form is made of it."""
    if file.kind not in ("markdown", "html") or "template" in file.path.lower():
        return False
    text = _without_comments(file.text)
    if file.kind == "html":
        return not text.strip()
    for fence in ("---\n", "+++\n"):
        if text.startswith(fence):
            if stem_of(file.path) in _PAGES:
                return False  # a site generator makes the page of its front matter
            _, closed, behind = (text + "\n").partition("\n" + fence)
            text = behind if closed else text
    return not text.strip(" \t\n-*_")


def _without_comments(html: str) -> str:
    parts = html.split("<!--")
    return parts[0] + "".join(part.partition("-->")[2] for part in parts[1:])
