"""What the task deletes is gone: otherwise a move leaves two copies that drift apart.

Parameters: `paths`, `off`. Looks at deletedFiles (or at `paths`): no file, folder or link of that
name is left, and no file matches a glob. Cannot see whether other files still mention it.
"""

from __future__ import annotations

import os

from evt.validators.result import failed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.result import Finding
    from evt.validators.work import Work


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each path that is still there."""
    for glob in asked.get("paths") or work.context("deletedFiles"):
        for path in work.expanded(glob):
            if os.path.lexists(os.path.join(work.root, path)):
                yield failed(f"{path} is still there: delete it", path)
