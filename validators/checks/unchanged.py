"""Files that the work must leave alone: the tests that judge it, the configuration, the interface.

Parameters: `paths` (required, globs). Compares with the state at Assigned. Fails for a file that
changed, appeared or went away, unless another attempt owns that change. Ignored files, lock files
and caches never count. Cannot see a change that was undone before the report.
"""

from __future__ import annotations

from evt.validators.attribution import OWN, UNATTRIBUTED, changes
from evt.validators.globs import any_match
from evt.validators.result import failed, passed
from evt.validators.since import no_baseline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.result import Finding
    from evt.validators.work import Work


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each of the files that differs."""
    if work.baseline is None:
        yield no_baseline(work)
        return
    for path, who in changes(work):
        if who in (OWN, UNATTRIBUTED) and any_match(path, asked["paths"]):
            yield failed(
                f"{path} must stay as it was when the task was assigned: undo the change "
                f"(git checkout -- {path})", path,
            )  # fmt: skip
    yield passed(f"{', '.join(asked['paths'])} as at the start of this attempt")
