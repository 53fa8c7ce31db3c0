"""The schemas of the messages: whole, true to the examples of the page, and the docs list all."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from evt.cli.server.messages import FROM_CLIENT, FROM_SERVER, protocol
from tests.conftest import ROOT, Evt

PAGE = ROOT / "docs/projects/multi-chat-coordination/protocols/connection-protocol.md"
EXAMPLES = [
    json.loads(line)
    for block in re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    for line in block.splitlines()
]


def test_the_schema_is_one_document_that_a_validator_takes(evt: Evt) -> None:
    document = evt("schema", "--protocol", "--json").json
    Draft202012Validator.check_schema(document)
    assert document == json.loads(json.dumps(protocol()))
    evt("schema", "--protocol", "task", check=2)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: str(one["type"]))
def test_every_example_of_the_page_is_a_message(example: dict[str, Any]) -> None:
    validator = Draft202012Validator(protocol())
    assert [error.message for error in validator.iter_errors(example)] == []


def test_the_page_shows_every_message() -> None:
    assert {one["type"] for one in EXAMPLES} == {*FROM_CLIENT, *FROM_SERVER}


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "register", "role": "boss"},
        {"type": "create_tasks", "tasks": []},
        {"type": "task_complete", "taskId": "t", "report": {"taskId": "t"}},
        {"type": "task_assigned"},
        {"type": "dance"},
        {},
    ],
    ids=["role", "none", "report", "empty", "unknown", "nothing"],
)
def test_what_is_no_message_is_none(wrong: dict[str, Any]) -> None:
    assert not Draft202012Validator(protocol()).is_valid(wrong)
