"""`evt leave`: give the name back, and the task with a note for whoever goes on."""

from __future__ import annotations

from evt.cli.args import Flag, Verb
from evt.cli.requests import spoken
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


# What a fresh chat is told, by role; it works without the texts that `evt init` can write.
PASTE = {
    "worker": "Connect as worker and start task loop: run `evt join`, then `evt next --wait 540` "
    "with --as and the name that it prints, do what that says, and so on.",
    "coordinator": "Act as coordinator: run `evt join --role coordinator`, read what it prints, "
    "then answer what `evt inbox --wait 540` shows, with --as and your name.",
}


def run(call: Call) -> int:
    """Append WorkerLeft and say how a fresh chat goes on."""
    actor = call.actor()
    data = spoken("WorkerLeft", "note", call.args.get("note"))
    state = call.log.state()
    live, row = state.head["live"], state.get(f"w/{actor}")
    freed = [task for task, entry in live.items() if entry["worker"] == actor]
    reply = submit(call.log, Emit(actor, "WorkerLeft", actor, data))
    paste = PASTE[row["role"]]  # it has joined: the log took the WorkerLeft
    said = [f"{actor} has left", *(f"{task} is free again" for task in freed)]
    call.answer(
        {"name": actor, "receipts": reply.receipts, "paste": paste},
        "\n".join([*said, "paste this into a fresh chat:", paste]),
    )
    return 0
