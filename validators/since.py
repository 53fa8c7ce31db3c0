"""What the checks that compare with the state at Assigned say when nobody knows that state."""

from __future__ import annotations

from evt.validators.result import error, manual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.validators.result import Finding
    from evt.validators.work import Work


def no_baseline(work: Work) -> Finding:
    """Nothing to compare with: no attempt yet, or what was kept is gone."""
    if work.attempt is None:
        return manual(
            "what changed is compared with the tree at Assigned: nobody has this task yet"
        )
    return error(
        "the tree at Assigned was not recorded (.evt/baselines): hand the task back with "
        "`evt leave` and take it again"
    )
