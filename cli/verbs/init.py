"""`evt init`: make the log of this repository, start a project."""

from __future__ import annotations

from evt.cli.args import Flag, Verb
from evt.cli.requests import Request, prepared
from evt.cli.service import submit
from evt.eventlog.errors import Usage
from evt.eventlog.ids import event_id, new_seed
from evt.eventlog.log.discovery import find
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout, create

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call

VERB = Verb(
    "init",
    "make the log, start a project",
    flags=(
        Flag("project", "text", "start a project of this name", "NAME"),
        Flag("phase", "integer", "which phase of your plan the project is", "1-4"),
        Flag("policy", "json", "numbers that differ from the defaults (evt schema policy)"),
    ),
    examples=(
        ("evt init --project demo", "once per repository, by the engineer"),
        ("evt init --project demo-2 --policy '{\"heartbeatTimeoutSeconds\":300}'",
         "the next project, with longer leases"),
    ),
)  # fmt: skip


def run(call: Call) -> int:
    """Make what is missing; doing it twice is as once."""
    name = call.args.get("project")
    given = {key: call.args.get(key) for key in ("phase", "policy") if call.args.get(key)}
    if given and not name:
        raise Usage("--phase and --policy belong to a project", "evt init --project NAME --phase 1")
    actor = call.actor()
    command = None
    if name:  # checked before anything is made
        command = prepared(Request("ProjectStarted", name, {"name": name, **given}), actor)
    folder = find()
    made = create(folder, event_id(new_seed()))
    document: dict[str, Any] = {"folder": folder, "made": made, "project": name, "receipts": []}
    said = [f"{'made' if made else 'there is'} {folder}"]
    if command is None:
        said.append("next: evt init --project NAME")
    else:
        log = FileLog(Layout(folder))
        if log.state().head["project"] == name and not given:
            said.append(f"project {name} is open")
        else:
            document["receipts"] = submit(log, command).receipts
            said.append(f"project {name} has started")
        said.append("next: evt plan tasks/  (or: evt emit TaskCreated task-001 --description TEXT)")
    call.answer(document, "\n".join(said))
    return 0
