"""`evt schema`: JSON Schemas of events, of files that evt reads, of what it prints."""

from __future__ import annotations

from evt.cli.args import Flag, Verb, Word
from evt.eventlog.errors import Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call

VERB = Verb(
    "schema",
    "JSON Schemas of events and outputs",
    words=(Word("NAME", "a type, or: task, policy, plan, line, evt.status/1, ..."),),
    flags=(
        Flag("check", "list", "say whether the tasks in this file are valid ones", "FILE"),
        Flag("protocol", "switch", "all messages of the live server's WebSocket protocol"),
    ),
    examples=(
        ("evt schema", "every name"),
        ("evt schema TaskCreated", "the data of a type"),
        ("evt schema task", "the task JSON"),
        ("evt schema --protocol", "what may be said to the live server, and what it says"),
        ("evt schema task --check tasks/task-001.json", "needs no log; exit 1 if one is not valid"),
    ),
)


def run(call: Call) -> int:
    """Print one schema, or the names of all, or what is wrong with files of tasks."""
    name = call.args.word(0)
    if call.args.get("check"):
        return _checked(call, name)
    if call.args.get("protocol"):
        return _protocol(call, name)
    from evt.eventlog.schemas import names, schema

    if name is None:
        call.answer({"schemas": names()}, "\n".join(names()))
        return 0
    return _shown(call, schema(name))


def _protocol(call: Call, name: str | None) -> int:
    if name is not None:
        raise Usage("--protocol stands alone", "evt schema --protocol")
    from evt.cli.server.messages import protocol

    return _shown(call, protocol())


def _shown(call: Call, found: dict[str, Any]) -> int:
    import json

    call.answer(found, "" if call.json else json.dumps(found, indent=2))
    return 0


def _checked(call: Call, name: str | None) -> int:
    """Hold files against the schema of a task; exit 1 if one does not fit."""
    from evt.cli.plans import read_plan

    if name not in ("task", "plan"):
        raise Usage("--check goes with task", "evt schema task --check tasks/task-001.json")
    paths = call.args.get("check")
    found = [item for path in paths for item in read_plan(path).findings]
    said = "\n".join(item["message"] for item in found) or f"valid: {', '.join(paths)}"
    call.answer({"ok": not found, "findings": found}, said, failed=bool(found))
    return 1 if found else 0
