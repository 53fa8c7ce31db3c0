"""A file that was only touched is not written.

Parameters: `paths`, `off`. Fails for a file of nothing but white space, except those that are empty
on purpose (`__init__.py`, `py.typed`, `.gitkeep`, `.keep`, `.nojekyll`). Cannot see whether what is
there means anything; `placeholders`, `word_count` and `sections` look at that.
"""

from __future__ import annotations

from evt.validators.result import failed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.result import Finding
    from evt.validators.work import Work

_MAY_BE_EMPTY = frozenset({"__init__.py", "__init__.pyi", "py.typed", ".gitkeep", ".keep",
                           ".nojekyll"})  # fmt: skip
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
