"""`evt init`: make the log of this repository, start a project."""

from __future__ import annotations

from evt.cli import output
from evt.cli.args import Flag, Verb
from evt.cli.requests import Request, prepared
from evt.cli.service import submit
from evt.eventlog.errors import Refusal, Usage
from evt.eventlog.ids import event_id, new_seed
from evt.eventlog.log.discovery import find
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout, create

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call
    from evt.eventlog.state import State

_HOSTS = (("cursor", "Cursor"), ("claude", "Claude Code"), ("codex", "Codex"))
VERB = Verb(
    "init",
    "make the log, start a project",
    flags=(
        Flag("project", "text", "start a project of this name", "NAME"),
        Flag("phase", "integer", "which phase of your plan the project is", "1-4"),
        Flag("policy", "json", "numbers that differ from the defaults (evt schema policy)", "JSON"),
        *(Flag(host, "switch", f"write what {name} chats need into this work tree")
          for host, name in _HOSTS),
        Flag("undo", "switch", "take that out again: the bytes from before come back"),
    ),
    examples=(
        ("evt init --project demo", "once per repository, by the engineer"),
        ("evt init --project demo-2 --policy '{\"heartbeatTimeoutSeconds\":300}'",
         "the next project, with longer leases"),
        ("evt init --cursor", "rules, skills, hooks and MCP for Cursor chats; shows what changes"),
        ("evt init --cursor --undo", "as if it had never been"),
    ),
)  # fmt: skip


def run(call: Call) -> int:
    """Make what is missing; doing it twice is as once."""
    name = call.args.get("project")
    values = call.args.values
    given: dict[str, Any] = {key: values[key] for key in ("phase", "policy") if key in values}
    if given and name is None:
        raise Usage("--phase and --policy belong to a project", "evt init --project NAME --phase 1")
    actor = call.actor()
    hosts = [host for host, _ in _HOSTS if call.args.get(host)]
    if call.args.get("undo"):
        return _undo(call, hosts)
    command = None
    if name is not None:  # checked before anything is made
        command = prepared(Request("ProjectStarted", name, {"name": name, **given}), actor)
    folder = find()
    made = create(folder, event_id(new_seed()))
    document: dict[str, Any] = {"folder": folder, "made": made, "project": name, "receipts": []}
    said = [f"{'made' if made else 'there is'} {folder}"]
    log = FileLog(Layout(folder))
    state = log.state()
    if command is not None and not _is_open(state, name, given):
        document["receipts"] = submit(log, command).receipts
        said.append(f"project {name} has started")
    elif state.head["project"] is not None:
        said.append(f"project {state.head['project']} is open")
    if command is None and state.head["project"] is None:
        said.append("next: evt init --project NAME")
    else:
        said.append("next: write the tasks as JSON into tasks/ (evt plan --help shows one), "
                    "then: evt plan tasks/")  # fmt: skip
    if not call.json:
        output.say("\n".join(said))
    if hosts:
        from evt.cli.hosts.setup import install_hosts

        document |= install_hosts(folder, hosts, call.json)
    if call.json:
        output.say_json(document)
    return 0


def _undo(call: Call, hosts: list[str]) -> int:
    """Take out what `--cursor` and the like wrote, of all hosts unless some are named."""
    if any(call.args.get(key) is not None for key in ("project", "phase", "policy")):
        raise Usage("--undo stands alone or with hosts; a project is not undone", "evt init --undo")
    from evt.cli.hosts.setup import undo_hosts

    document = undo_hosts(find(), hosts or [host for host, _ in _HOSTS], call.json)
    if call.json:
        output.say_json(document)
    return 0


def _is_open(state: State, name: str, given: dict[str, Any]) -> bool:
    """Whether this project is open as it is asked for; raises Refusal if it is open otherwise."""
    if state.head["project"] != name:
        return False
    data = state.get(state.project_key())["data"]
    other = [key for key, value in given.items() if data.get(key) != value]
    if other:
        flags = " ".join(f"--{key} ..." for key in other)
        raise Refusal(4, "wrong_state", f"project {name} is open with another {other[0]}",
                      f"evt emit ProjectRevised {flags}")  # fmt: skip
    return True
