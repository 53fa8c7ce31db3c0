"""`evt resume`: go on giving out work."""

from __future__ import annotations

from evt.cli import who
from evt.cli.args import Verb
from evt.cli.service import submit
from evt.eventlog.commands import Emit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb("resume", "go on giving out work", examples=(("evt resume", "after evt pause"),))


def run(call: Call) -> int:
    """Append ProjectResumed; resuming twice is as once."""
    actor = call.actor()
    command = Emit(actor, "ProjectResumed", None, {}, viachat=who.via_chat(actor))
    reply = submit(call.log, command)
    call.answer({"paused": False, "receipts": reply.receipts}, "work is given out again")
    return 0
