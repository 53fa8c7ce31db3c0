"""`evt pause`: stop giving out work; reports are taken, no lease runs."""

from __future__ import annotations

from evt.cli.args import Flag, Verb
from evt.cli.secrets import refuse_secrets
from evt.cli.service import submit
from evt.eventlog.commands import Emit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb(
    "pause",
    "stop giving out work",
    flags=(Flag("reason", "text", "why", "TEXT"),),
    examples=(("evt pause --reason 'lunch'", "no lease runs meanwhile"),),
)


def run(call: Call) -> int:
    """Append ProjectPaused; pausing twice is as once."""
    reason = call.args.get("reason")
    data = {"reason": reason} if reason else {}
    refuse_secrets(data)
    reply = submit(call.log, Emit(call.actor(), "ProjectPaused", None, data))
    call.answer({"paused": True, "receipts": reply.receipts}, "paused\nnext: evt resume")
    return 0
