"""`evt join`: take a name, or be given one."""

from __future__ import annotations

import os

from evt.cli import waiting, who
from evt.cli.args import Flag, Verb, Word
from evt.cli.hosts.binding import code
from evt.cli.hosts.stamps import note
from evt.cli.packing import handed_over, packed, packed_text
from evt.cli.service import submit
from evt.cli.workspace import workspace
from evt.eventlog.commands import Join
from evt.eventlog.errors import Usage
from evt.eventlog.log.discovery import work_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call
    from evt.cli.service import Reply
    from evt.eventlog.log.filelog import FileLog

VERB = Verb(
    "join",
    "take a name",
    words=(Word("NAME", "the name; without it a free one is handed out"),),
    flags=(
        Flag("role", "choice", "what the chat does (default worker)",
             choices=("worker", "coordinator")),
        Flag("takeover", "switch", "take the name over from a chat that is gone, with its task"),
    ),
    examples=(
        ("evt join", "a free name: worker-A, worker-B, ..."),
        ("evt join --role coordinator", "a coordinator's name"),
        ("evt join worker-A --takeover", "go on as worker-A after a restart"),
    ),
)  # fmt: skip


_ROLES = {"coordinator": "coordinator"}  # the name that belongs to a role


def run(call: Call) -> int:
    """Join and say what comes next."""
    name = call.args.word(0) or who.named(call.args.get("as"))
    takeover = call.args.get("takeover", False)
    if takeover and name is None:
        raise Usage("--takeover needs the name to take over", "evt join worker-A --takeover")
    document, said = joined(call.log, name, call.args.get("role"), takeover)
    call.answer(document, said)
    return 0


def joined(
    log: FileLog, name: str | None, role: str | None, takeover: bool
) -> tuple[dict[str, Any], str]:
    """Join, as a document and in words; a role that is not given is that of the name."""
    if name == who.ENGINEER:
        raise Usage(f"{name} need not join: say --as {name}", f"evt status --as {name}")
    known = log.state().get(f"w/{name}") if name is not None else None
    role = role or (known["role"] if known else _ROLES.get(name or "", "worker"))
    busy = name is not None and waiting.is_waiting(log, name)
    reply = submit(log, Join(name, _data(role), takeover, busy))
    tie = code(next(one for one in reply.receipts if one["type"] == "WorkerJoined"))
    document = {
        "name": reply.result["name"], "role": role, "task": reply.result["task"], "code": tie,
        "receipts": reply.receipts,
    }  # fmt: skip
    return document, _said(document, _picked_up(log, reply, document))


def _picked_up(log: FileLog, reply: Reply, document: dict[str, Any]) -> str:
    """What this chat goes on from, if others or it itself worked before; it is added as well."""
    if document["role"] == "coordinator":
        if not sum(reply.state.head["counts"].values()):
            return ""
        document["handedOver"], text = handed_over(log)
        return text
    if not document["task"]:
        return ""
    document["pack"] = packed(log, reply)
    return packed_text(log, reply, document["name"])


def _data(role: str) -> dict[str, Any]:
    """The data of WorkerJoined: host, session and work tree as far as they are known."""
    data: dict[str, Any] = {"role": role}
    if host := who.host():
        data["host"] = host
    if session := os.environ.get("EVT_SESSION"):
        data["session"] = session
    if tree := workspace():
        data["workspace"] = tree
    return data


def _said(document: dict[str, Any], picked_up: str) -> str:
    name, role = document["name"], document["role"]
    lines = [f"you are {name} ({role}): say --as {name} in every call"]
    lines.append(f"chat code {document['code']} (for the hooks of this chat; nothing to do)")
    if task := document["task"]:
        lines.append(f"{task} is yours again")
    lines += note(work_tree(os.getcwd()) or os.getcwd())
    wait = f"evt next --as {name} --wait 540"
    if role == "coordinator":
        wait = f"evt plan tasks/ --as {name}   then: evt inbox --wait 540 --as {name}"
    if picked_up:
        lines += ["", picked_up, ""]
    return "\n".join([*lines, f"next: {wait}"])
