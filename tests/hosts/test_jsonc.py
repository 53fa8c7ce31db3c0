"""JSON as people keep it: read with comments, changed without touching what is not evt's."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.cli.hosts.jsonc import NotJson, Text

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12
)
DOCUMENTS = st.dictionaries(st.text(), VALUES, max_size=5)
INDENTS = st.sampled_from([None, 0, 2, 4, "\t"])


@given(VALUES, INDENTS)
def test_every_json_text_is_read_as_json_reads_it(value: object, indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent)
    assert Text(text).root.value == json.loads(text)


@given(st.text(alphabet='{}[]",:/*\n abc0123-.eE'))
def test_what_json_refuses_is_refused_unless_it_is_a_comment(text: str) -> None:
    try:
        value = json.loads(text)
    except ValueError:
        if "/" not in text and ",]" not in text.replace(" ", "").replace("\n", "").replace(
            ",}", ",]"
        ):
            with pytest.raises(NotJson):
                Text(text)
        return
    assert Text(text).root.value == value


@given(DOCUMENTS, INDENTS, VALUES)
def test_adding_changes_nothing_else_and_removing_gives_it_back(
    document: dict[str, object], indent: int | str | None, value: object
) -> None:
    """Given any document, when a member is added and removed, then the rest reads as before."""
    document.pop("evt", None)
    text = Text(json.dumps(document, indent=indent))
    before = text.text
    text.add((), "evt", value)
    assert json.loads(text.text) == {**document, "evt": json.loads(json.dumps(value))}
    text.remove(text.root, len(text.root.children) - 1)
    assert json.loads(text.text) == document
    if document:
        assert text.text == before


@given(st.lists(VALUES, max_size=4), INDENTS, VALUES)
def test_items_are_added_behind_those_that_are_there(
    items: list[object], indent: int | str | None, value: object
) -> None:
    text = Text(json.dumps({"hooks": {"stop": items}}, indent=indent))
    text.add(("hooks", "stop"), None, value)
    assert json.loads(text.text)["hooks"]["stop"] == [*items, json.loads(json.dumps(value))]


COMMENTED = """\
// mine
{
    /* both */ "version": 1, // one
    "hooks": {
        "stop": [
            {"command": "mine"} // first
            // last words
        ],
    },
    "url": "http://example.org/*not a comment*/", // end
}
"""


def test_comments_trailing_commas_and_indentation_stay() -> None:
    text = Text(COMMENTED)
    text.add(("hooks", "stop"), None, {"command": "evt"})
    text.add(("hooks",), "edit", [1])
    assert text.text == COMMENTED.replace(
        '{"command": "mine"} // first\n',
        '{"command": "mine"}, // first\n            {\n                "command": "evt"\n'
        "            }\n",
    ).replace(
        "        ],\n    },\n", '        ],\n        "edit": [\n            1\n        ]\n    },\n'
    )
    assert text.root.get("url") is not None


def test_values_of_another_kind_are_not_written_over() -> None:
    text = Text('{"hooks": "none"}')
    with pytest.raises(NotJson, match="hooks"):
        text.add(("hooks", "stop"), None, {})


@pytest.mark.parametrize(
    "text", ["", "{", '{"a" 1}', '{"a":1 "b":2}', "[1,2", "/* x", "{a:1}", "[" * 99]
)
def test_broken_texts_are_refused(text: str) -> None:
    with pytest.raises(NotJson):
        Text(text)
