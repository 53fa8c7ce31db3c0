"""The task as chats know it, with the checks that its acceptance may name (one class per check)."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from evt.eventlog.events_fields import (
    Amount,
    Count,
    Data,
    Integer,
    Path,
    Positive,
    Score,
    TaskId,
    Text,
    absent,
)


class Check(Data):
    """What every check may have: `paths` are globs, outputFiles by default."""

    paths: list[Path] = absent()


class DefaultCheck(Check):
    """A check that every task has, unless it says `"off": true`."""

    check: Literal[
        "files_exist", "absent", "not_empty", "conflict_markers", "not_copied"
    ]  # fmt: skip
    off: bool = absent()


class AllowingCheck(Check):
    """A default check with exceptions."""

    check: Literal["placeholders", "secrets"]
    allow: list[Text] = absent()
    off: bool = absent()


class Syntax(Check):
    """`format` is by suffix unless given."""

    check: Literal["syntax"]
    format: Text = absent()
    off: bool = absent()


class Bounds(Check):
    """Per file, bounds included."""

    check: Literal["word_count", "line_count"]
    min: Count = absent()
    max: Count = absent()


class Sections(Check):
    """Headings with something beneath."""

    check: Literal["sections"]
    names: Annotated[list[Text], Field(min_length=1)]
    ordered: bool = absent()


class Contains(Check):
    """A text or pattern that must, or must not, be there."""

    check: Literal["contains", "not_contains"]
    pattern: Text
    regex: bool = absent()
    ignore_case: bool = absent()


class JsonSchema(Check):
    """`schema` is the schema itself or the path of a file that has it."""

    check: Literal["json_schema"]
    schema_: dict[str, Any] | Path = Field(alias="schema")


class Links(Check):
    """Relative links and anchors; others only with `external`."""

    check: Literal["links"]
    external: bool = absent()


class MaxSize(Check):
    """Bytes per file."""

    check: Literal["max_size"]
    bytes: Count


class InScope(Check):
    """Nothing but the outputs, and `also`, is changed."""

    check: Literal["in_scope"]
    also: list[Path] = absent()


class Unchanged(Data):
    """These do not differ from the state at Assigned."""

    check: Literal["unchanged"]
    paths: list[Path]


class ContextScore(Check):
    """The reported context efficiency."""

    check: Literal["context_score"]
    min: Score = absent()


class Command(Check):
    """A program that the engineer approved."""

    check: Literal["command"]
    argv: Annotated[list[Text], Field(min_length=1)]
    timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = absent()
    cwd: Path = absent()
    exit: Annotated[int, Field(ge=0, le=255)] = absent()
    exclusive: bool = absent()


CheckObject = (
    DefaultCheck | AllowingCheck | Syntax | Bounds | Sections | Contains | JsonSchema | Links
    | MaxSize | InScope | Unchanged | ContextScore | Command
)  # fmt: skip
AnyCheck = Annotated[CheckObject, Field(discriminator="check")]
BUILT_IN: list[str] = [
    name
    for kind in get_args(CheckObject)
    for name in get_args(kind.model_fields["check"].annotation)
]


class Context(Data):
    """What to read, what to write, what must be so."""

    target_files: list[Path] = absent()
    output_files: list[Path] = absent()
    deleted_files: list[Path] = absent()
    requirements: list[Text] = absent()
    relevant_rules: list[Text] = absent()


class Acceptance(Data):
    """When it is done: sentences, checks, and one command line."""

    criteria: list[Text] = absent()
    checks: list[AnyCheck] = absent()
    validation: Text = absent()


class TaskFields(Data):
    """What may be revised: any part of a task but its id."""

    type: Text = absent()
    description: Text = absent()
    context: Context = absent()
    acceptance: Acceptance = absent()
    dependencies: list[TaskId] = absent()
    priority: Integer = absent()
    estimate_seconds: Amount = absent()


class TaskCreated(TaskFields):
    """A unit of work, as stored."""

    type: Text
    description: Text
    revision: Positive = absent()


class Task(TaskCreated):
    """The task JSON: the contract with chats; evt reports the last four fields."""

    id: TaskId
    status: Literal[
        "pending", "ready", "assigned", "in-progress", "escalated", "completed", "failed",
        "cancelled",
    ] | None = absent()  # fmt: skip
    assigned_to: str | None = absent()
    created_at: str | None = absent()
    completed_at: str | None = absent()
