"""Other programs rely on the schemas: each is there, and says what the models say."""

from __future__ import annotations

import json

import pytest

from evt.eventlog.checks import STORED
from evt.eventlog.errors import InvalidInput
from evt.eventlog.events_project import Policy
from evt.eventlog.schemas import names, schema
from evt.eventlog.vocabulary import EVENT_TYPES


@pytest.mark.parametrize("name", names())
def test_a_schema_is_plain_json_whose_references_lead_somewhere(name: str) -> None:
    found = schema(name)
    assert json.loads(json.dumps(found)) == found
    text = json.dumps(found)
    for reference in text.split('"$ref": "#/$defs/')[1:]:
        assert reference.split('"')[0] in found["$defs"]


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_a_type_refuses_other_keys_and_names_those_it_needs(name: str) -> None:
    found = schema(name)
    _, required, items, *_ = STORED[name]
    assert found["additionalProperties"] is False
    assert set(found.get("properties", {})) == set(items)
    assert set(found.get("required", ())) == set(required)


def test_only_the_policy_says_defaults() -> None:
    """Given a key that may be absent, then its schema does not offer null in its place."""
    assert schema("policy")["properties"]["heartbeatTimeoutSeconds"]["default"] == 90
    assert Policy().max_attempts == 3
    assert '"default": null' not in json.dumps([schema(name) for name in names()])


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidInput, match="did you mean Completed"):
        schema("Complete")
