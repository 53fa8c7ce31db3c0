"""`evt pause`: stop giving out work; reports are taken, no lease runs."""

from __future__ import annotations

from evt.cli import who
from evt.cli.args import Flag, Verb
from evt.cli.requests import spoken
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
    actor = call.actor()
    data = spoken("ProjectPaused", "reason", call.args.get("reason"))
    command = Emit(actor, "ProjectPaused", None, data, viachat=who.via_chat(actor))
    reply = submit(call.log, command)
    name = who.named(call.args.get("as"))
    again = f"evt resume --as {name}" if name else "evt resume"
    call.answer({"paused": True, "receipts": reply.receipts}, f"paused\nnext: {again}")
    return 0
