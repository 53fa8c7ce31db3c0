"""JSON Schemas for other programs: event data, task, policy, plan, line, command outputs."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from evt.eventlog.errors import InvalidInput
from evt.eventlog.explaining import model_of
from evt.eventlog.line import Event
from evt.eventlog.rawjson import INTEGER
from evt.eventlog.schemas_output import OUTPUTS
from evt.eventlog.vocabulary import EVENT_TYPES

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def names() -> list[str]:
    """Every name that `schema` knows."""
    return [*EVENT_TYPES, "task", "policy", "plan", "line", *OUTPUTS]


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of the data of a type as stored, or of another name of `names()`.

    Raises InvalidInput for a name that is not there.
    """
    if name in EVENT_TYPES or name in ("task", "policy"):
        found = of_model(name, written=True)
    elif name == "plan":
        found = _plan()
    elif name == "line":
        found = line()
    elif name in OUTPUTS:
        found = OUTPUTS[name]
    else:
        near = get_close_matches(name, names(), 1, 0.5)
        did_you_mean = f", did you mean {near[0]}?" if near else ""
        raise InvalidInput(f"there is no schema {name!r}{did_you_mean}", "evt schema")
    return {"$schema": DIALECT, **found, "title": name}


def of_model(name: str, written: bool = False, parts: str = "") -> dict[str, Any]:
    """The schema of a model, as stored or as asked for; `parts` begins the names of its parts."""
    found: dict[str, Any] = model_of(name, written).model_json_schema(
        by_alias=True, ref_template=f"#/$defs/{parts}{{model}}"
    )
    return {key: _spelled(value) for key, value in found.items()}


def _spelled(node: Any) -> Any:
    """The same schema; pydantic spells the limits of `int | float` as no reader knows them."""
    if isinstance(node, list):
        return [_spelled(item) for item in node]
    if not isinstance(node, dict):
        return node
    words = {"ge": "minimum", "le": "maximum"} if "anyOf" in node else {}
    return {words.get(key, key): _spelled(item) for key, item in node.items()}


def _plan() -> dict[str, Any]:
    """A plan file: one task, a list of tasks, or a project with its tasks."""
    task, project = of_model("task"), of_model("ProjectStarted")
    definitions = {**project.pop("$defs", {}), **task.pop("$defs", {})}
    whole = {
        "type": "object",
        "properties": {
            "project": {"$ref": "#/$defs/ProjectStarted"},
            "tasks": {"type": "array", "items": {"$ref": "#/$defs/Task"}},
        },
        "required": ["tasks"],
        "additionalProperties": False,
    }
    return {
        "$defs": {**definitions, "Task": task, "ProjectStarted": project},
        "anyOf": [
            {"$ref": "#/$defs/Task"},
            {"type": "array", "items": {"$ref": "#/$defs/Task"}},
            whole,
        ],
    }


def line() -> dict[str, Any]:
    """The envelope of one line; readers let pass what they do not know."""
    text = {"type": "string", "minLength": 1}
    event_id = {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,128}$"}
    time = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"}
    return {
        "type": "object",
        "description": f"A CloudEvents 1.0 event; class {Event.__name__} holds one.",
        "properties": {
            "specversion": {"const": "1.0"},
            "id": event_id,
            "source": {"type": "string", "pattern": "^/evt/.+$"},
            "type": text,
            "subject": text,
            "time": time,
            "sequence": {"type": "string", "pattern": "^[0-9]{16}$"},
            "actor": text,
            "schemaversion": {"type": "integer", "minimum": 1, "maximum": INTEGER},
            "correlationid": text,
            "causationid": event_id,
            "batch": {"type": "string", "pattern": "^[1-9][0-9]{0,3}/[1-9][0-9]{0,3}$"},
            "recordedtime": time,
            "critical": {"const": True},
            "viachat": {"const": True},
            "prevhash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "data": {"type": "object"},
        },
        "required": [
            "specversion", "id", "source", "type", "time", "sequence", "actor", "schemaversion",
            "prevhash", "data",
        ],
    }  # fmt: skip
