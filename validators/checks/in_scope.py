"""Only what the task is about was changed: whoever shares a work tree stays in his own part.

Parameters: `also` (globs that may change too). Compares with the tree at Assigned. Outputs, deleted
files and `also` may change. A change elsewhere fails if this attempt reported to have touched the
file, or if nobody else can have made it because no other attempt was live since then; what belongs
to another attempt does not count, and what nobody claims is reported. Ignored files, lock files and
caches never count. Cannot see who typed where nobody says so.
"""

from __future__ import annotations

from evt.validators.attribution import OWN, UNATTRIBUTED, changes
from evt.validators.globs import any_match
from evt.validators.result import counted, failed, passed, quote
from evt.validators.since import no_baseline
from evt.validators.undoing import Undoing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.result import Finding
    from evt.validators.work import Work

_SHOWN = 20


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each file outside the scope that this attempt changed."""
    if work.baseline is None:
        yield no_baseline(work)
        return
    scope = [*work.context("outputFiles"), *work.context("deletedFiles"), *asked.get("also", ())]
    scope += [path for path in work.deliverables or () if not work.context("outputFiles")]
    undoing = Undoing(work)
    for path, who in changes(work):
        if any_match(path, scope):
            continue
        if who == OWN or (who == UNATTRIBUTED and not work.others):
            how = "is new" if undoing.is_new(path) else "was changed"
            yield failed(
                f"{path} {how} and is not among the outputs of this task: {undoing.how(path)} "
                "or ask for a task that owns it", path,
            )  # fmt: skip
        elif who == UNATTRIBUTED and path not in work.unattributed:
            work.unattributed.append(path)
    if work.unattributed:
        shown = ", ".join(quote(path) for path in work.unattributed[:_SHOWN])
        yield passed(f"{counted(len(work.unattributed), 'changed file')} of nobody: {shown}")
    else:
        yield passed("nothing outside the outputs was changed by this attempt")
