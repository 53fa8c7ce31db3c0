"""How well the worker says it could work with what the task gave it.

Parameters: `min` (4). Fails when the reported context efficiency is lower. Without a report, as in
`evt check`, nobody has said a score yet: manual. Cannot see whether the score is honest.
"""

from __future__ import annotations

from evt.validators.result import failed, manual, passed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.result import Finding
    from evt.validators.work import Work

_LEAST = 4


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Compare the score of the report."""
    least = asked.get("min", _LEAST)
    if work.score is None:
        yield manual(f"a context efficiency score of at least {least} is to be reported")
    elif work.score < least:
        yield failed(
            f"the reported context efficiency is {work.score}, at least {least} is asked for: say "
            "with `evt emit Escalated --kind context` what is missing or too much"
        )
    else:
        yield passed(f"context efficiency {work.score}")
