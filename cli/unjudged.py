"""What to do when the gate could not judge: wait, take the task anew, or ask who planned it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

AGAIN = "report again later"
_BY_LEAVING = "`evt leave`"


def next_step(results: list[dict[str, Any]], name: str, me: str, leads: bool = False) -> str:
    """The next call after errors of these results of a task; `me` are the flags of its worker.

    An error that passes by itself says so in its message; every other needs somebody who can put it
    right, and that is not the worker. `leads`: the caller may revise the task himself.
    """
    said = [one["message"] for one in results if one["verdict"] == "error"]
    if all(AGAIN in message for message in said):
        return AGAIN
    if leads:
        changed = "'{\"acceptance\":{...}}'"
        return f"evt emit TaskRevised {name} --changed {changed} --reason '...'"
    if all(_BY_LEAVING in message for message in said):
        return f"evt leave {me.partition(' --attempt')[0]}".rstrip()
    return f"evt emit Escalated {name} --question 'The gate cannot judge this: ...' {me}".rstrip()
