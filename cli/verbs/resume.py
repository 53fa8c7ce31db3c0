"""`evt resume`: go on giving out work."""

from __future__ import annotations

from evt.cli.args import Verb
from evt.cli.service import submit
from evt.eventlog.commands import Emit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb("resume", "go on giving out work", examples=(("evt resume", "after evt pause"),))


def run(call: Call) -> int:
    """Append ProjectResumed; resuming twice is as once."""
    reply = submit(call.log, Emit(call.actor(), "ProjectResumed", None, {}))
    call.answer({"paused": False, "receipts": reply.receipts}, "work is given out again")
    return 0
