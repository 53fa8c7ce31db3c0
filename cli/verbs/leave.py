"""`evt leave`: give the name back, and the task with a note for whoever goes on."""

from __future__ import annotations

from evt.cli.args import Flag, Verb
from evt.cli.secrets import refuse_secrets
from evt.cli.service import submit
from evt.eventlog.commands import Emit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb(
    "leave",
    "give the name back, and the task",
    flags=(Flag("note", "text", "what whoever goes on should know", "TEXT"),),
    examples=(
        ("evt leave --as worker-A --note 'a.md is read, the second half is missing'",
         "hand over, for example because the context is full"),
    ),
)  # fmt: skip


def run(call: Call) -> int:
    """Append WorkerLeft and say how a fresh chat goes on."""
    actor = call.actor()
    note = call.args.get("note")
    data = {"note": note} if note else {}
    refuse_secrets(data)
    reply = submit(call.log, Emit(actor, "WorkerLeft", actor, data))
    call.answer(
        {"name": actor, "receipts": reply.receipts},
        f"{actor} has left; its task is free again\n"
        "paste into a fresh chat: Connect as worker and start task loop  (evt join)",
    )
    return 0
