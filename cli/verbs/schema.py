"""`evt schema`: JSON Schemas of events, of files that evt reads, of what it prints."""

from __future__ import annotations

from evt.cli.args import Verb, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb(
    "schema",
    "JSON Schemas of events and outputs",
    words=(Word("NAME", "a type, or: task, policy, plan, line, evt.status/1, ..."),),
    examples=(
        ("evt schema", "every name"),
        ("evt schema TaskCreated", "the data of a type"),
        ("evt schema task", "the task JSON"),
    ),
)


def run(call: Call) -> int:
    """Print one schema, or the names of all."""
    from evt.eventlog.schemas import names, schema

    name = call.args.word(0)
    if name is None:
        call.answer({"schemas": names()}, "\n".join(names()))
        return 0
    import json

    found = schema(name)
    call.answer(found, "" if call.json else json.dumps(found, indent=2))
    return 0
