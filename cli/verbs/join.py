"""`evt join`: take a name, or be given one."""

from __future__ import annotations

import os

from evt.cli import waiting, who
from evt.cli.args import Flag, Verb, Word
from evt.cli.service import submit
from evt.cli.workspace import workspace
from evt.eventlog.commands import Join
from evt.eventlog.errors import Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call
    from evt.cli.service import Reply

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


def run(call: Call) -> int:
    """Join and say what comes next."""
    name = call.args.word(0) or who.named(call.args.get("as"))
    if call.args.get("takeover") and name is None:
        raise Usage("--takeover needs the name to take over", "evt join worker-A --takeover")
    role = call.args.get("role") or ("coordinator" if name == "coordinator" else "worker")
    busy = name is not None and waiting.is_waiting(call.log, name)
    command = Join(name, _data(role), call.args.get("takeover", False), busy)
    reply = submit(call.log, command)
    joined = reply.result["name"]
    document = {"name": joined, "role": role, "task": reply.result["task"],
                "receipts": reply.receipts}  # fmt: skip
    call.answer(document, _said(reply, joined, role))
    return 0


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


def _said(reply: Reply, name: str, role: str) -> str:
    lines = [f"you are {name} ({role}): say --as {name} in every call"]
    if task := reply.result["task"]:
        lines.append(f"{task} is yours again")
    wait = f"evt next --as {name} --wait 540"
    if role == "coordinator":
        wait = f"evt plan tasks/ --as {name}   then: evt inbox --wait 540 --as {name}"
    return "\n".join([*lines, f"next: {wait}"])
