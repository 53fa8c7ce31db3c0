"""Data that has the shape it was asked for.

Parameters: `schema` (required: the JSON Schema itself, or the path of a JSON or YAML file with it),
`paths`. Each file must be JSON or YAML (by suffix) and validate. Nothing is fetched: a `$ref` stays
inside the schema. Cannot see what a schema does not say; `format` is not checked.
"""

from __future__ import annotations

from evt.validators.aside import CheckError, aside
from evt.validators.formats import PARSED_MAX, Broken, json_value
from evt.validators.kinds import suffix_of
from evt.validators.result import failed
from evt.validators.tree import Unusable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.file import File
    from evt.validators.result import Finding
    from evt.validators.work import Work

_WHO = "who planned the task has to write it or name another"
_SECONDS = 20.0
_SHOWN = 200  # characters of what the library says, which quotes the value


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each place where a file breaks the schema."""
    files, values = [], []
    for file in work.files(asked):
        try:
            values.append(_value(file))
            files.append(file)
        except Broken as problem:
            yield failed(f"{file.path} {problem.message}: fix it", file.path, problem.line)
    if not files:
        return
    said = aside("schema", {"schema": _schema(work, asked["schema"]), "values": values}, _SECONDS)
    for file, found in zip(files, said["found"], strict=True):
        for place, message in found:
            yield failed(
                f"{file.path} does not fit the schema at {place}: {message[:_SHOWN]}", file.path
            )


def _value(file: File) -> Any:
    if file.size > PARSED_MAX:
        raise Broken(f"has {file.size:,} bytes, at most {PARSED_MAX:,} are parsed")
    if suffix_of(file.path) in (".yaml", ".yml"):
        from evt.validators.yamltext import yaml_value

        return yaml_value(file.text)
    try:
        return json_value(file)
    except (RecursionError, MemoryError):
        raise Broken("is nested too deeply to be parsed") from None


def _schema(work: Work, schema: Any) -> Any:
    if not isinstance(schema, str):
        return schema
    try:
        return _value(work.file(schema))
    except FileNotFoundError:
        raise CheckError(f"the schema {schema} does not exist: {_WHO}") from None
    except (Unusable, Broken) as problem:
        raise CheckError(f"the schema {schema} {problem}: {_WHO}") from None
