"""Work that content could make endless is done in a child process with a time limit.

A regular expression of a task on the text of a worker, a JSON Schema with patterns on data of a
worker: both may take exponential time, and nothing inside one interpreter can stop them in every
thread. The child is this file, run by its path; it imports nothing of evt.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FINDINGS_MAX = 20


class CheckError(Exception):
    """The check could not be made; the message says why. It is not the content's fault."""


def aside(what: str, payload: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Let the child do `what` ("search" or "schema") in so many seconds; raises CheckError."""
    import json
    import subprocess

    try:
        done = subprocess.run(
            [sys.executable, "-I", __file__, what],
            input=json.dumps(payload).encode(),
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CheckError(
            f"took longer than {seconds:g} s and was stopped: write the pattern without nested "
            "repetitions such as (a+)+"
        ) from None
    try:
        said: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise CheckError(f"could not be made: {last or 'the helper process ended early'}") from None
    if "problem" in said:
        raise CheckError(said["problem"])
    return said


def _search(payload: dict[str, Any]) -> dict[str, Any]:
    """The place of the first match in each text, -1 without one."""
    import re

    try:
        pattern = re.compile(
            payload["pattern"], re.MULTILINE | (re.IGNORECASE if payload["fold"] else 0)
        )
    except re.error as problem:
        return {"problem": f"the pattern is not a regular expression: {problem}"}
    found = (pattern.search(text) for text in payload["texts"])
    return {"places": [match.start() if match else -1 for match in found]}


def _schema(payload: dict[str, Any]) -> dict[str, Any]:
    """Where a value breaks a JSON Schema: [[path, message], ...]. Nothing is fetched."""
    from jsonschema.exceptions import SchemaError, best_match
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    schema, found = payload["schema"], []
    kind = validator_for(schema)
    try:
        kind.check_schema(schema)
        validator = kind(schema, registry=Registry())
        for value in payload["values"]:
            errors = sorted(validator.iter_errors(value), key=lambda one: one.json_path)
            deepest = [best_match([one]) or one for one in errors[:_FINDINGS_MAX]]
            found.append([[one.json_path, one.message] for one in deepest])
    except SchemaError as problem:
        return {"problem": f"the schema is not a JSON Schema: {problem.message}"}
    except Unresolvable as problem:
        return {"problem": f"the schema refers to {problem.ref!r}, which is not in it"}
    return {"found": found}


def _main() -> None:
    import json

    payload = json.loads(sys.stdin.buffer.read())
    done = {"search": _search, "schema": _schema}[sys.argv[1]](payload)
    sys.stdout.buffer.write(json.dumps(done).encode())


if __name__ == "__main__":
    _main()
