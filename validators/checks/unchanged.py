"""Files that the work must leave alone: the tests that judge it, the configuration, the interface.

Parameters: `paths` (required, globs). Compares the files with their hashes at Assigned, without
asking git. Fails for one that changed, appeared or went away, unless another attempt owns that
change. Lock files, caches and what a .gitignore of that time names count only if they are named
without a wildcard. Cannot see a change that was undone before the report, or forged bytecode.
"""

from __future__ import annotations

from evt.validators.attribution import OWN, UNATTRIBUTED, changes_of
from evt.validators.result import failed, passed
from evt.validators.since import no_baseline
from evt.validators.undoing import Undoing

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
    undoing = Undoing(work)
    for path, who in changes_of(work, asked["paths"]):
        if who in (OWN, UNATTRIBUTED):
            must = "was not there" if undoing.is_new(path) else "must stay as it was"
            yield failed(f"{path} {must} when the task was assigned: {undoing.how(path)}", path)
    yield passed(f"{', '.join(asked['paths'])} as at the start of this attempt")
