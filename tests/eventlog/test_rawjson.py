"""Strict JSON: what is refused, that it says where, and that nothing else is changed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.eventlog.errors import InvalidInput
from evt.eventlog.rawjson import INTEGER, dumps, loads, loads_tolerant
from tests.conftest import ROOT

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-INTEGER, INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20
)
REFUSED = {
    "empty": (b"", "a value is missing at character 1"),
    "a key twice": (b'{"a":1,"b":2,"a":3}', "'a' is there twice"),
    "a key twice inside": (b'[{"x":{"a":1,"\\u0061":3}}]', "'a' is there twice"),
    "NaN": (b'{"a":NaN}', "NaN is not JSON"),
    "Infinity": (b"[-Infinity]", "-Infinity is not JSON"),
    "beyond a double": (b"1e999", "beyond what a double can hold"),
    "a huge integer": (b"9007199254740992", "beyond +-(2^53-1)"),
    "a huge negative integer": (b"-9007199254740992", "beyond +-(2^53-1)"),
    "a thousand digits": (b"9" * 1000, "beyond +-(2^53-1)"),
    "too deep": (b"[" * 65 + b"]" * 65, "deeper than 64"),
    "much too deep": (b"[" * 200_000, "deeper than 64"),
    "a lone surrogate": (b'"\\ud800"', "lone surrogate (\\ud800)"),
    "a lone surrogate as a key": (b'{"\\udfff":1}', "lone surrogate (\\udfff)"),
    "a byte order mark": (b'\xef\xbb\xbf{"a":1}', "byte order mark"),
    "UTF-16": ('{"a":1}'.encode("utf-16"), "not UTF-8 at byte 0"),
    "a raw newline": (b'"a\nb"', "control character"),
    "text after the value": (b'{"a":1}garbage', "more text after the value at character 8"),
    "two documents": (b"{}{}", "more text after the value at character 3"),
    "a comment": (b"{} // x", "more text after the value at character 4"),
    "a comma too many": (b"[1,]", "not strict JSON"),
    "single quotes": (b"{'a':1}", "not strict JSON"),
    "half of it": (b'{"a":', "a value is missing at character 6"),
    "another space": ("\u00a0{}".encode(), "a value is missing"),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_it_refuses(text: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        loads(text)
    assert reason in refused.value.message
    assert len(refused.value.message) < 200


@given(VALUES)
def test_what_is_written_is_read_the_same_by_everybody(value: Any) -> None:
    text = dumps(value)
    assert b"\n" not in text
    assert loads(text) == loads_tolerant(text) == json.loads(text) == value


@given(VALUES)
def test_what_others_write_is_read(value: Any) -> None:
    for text in (json.dumps(value), json.dumps(value, indent=1, ensure_ascii=False)):
        assert loads(text) == loads(f" \t\r\n{text}\n".encode()) == value


@given(st.binary() | TEXT)
def test_any_input_is_read_as_the_standard_library_reads_it_or_refused(text: bytes | str) -> None:
    try:
        value = loads(text)
    except InvalidInput:
        return
    assert value == json.loads(text)


def test_limits_are_inclusive() -> None:
    deepest = b"[" * 64 + b"]" * 64
    assert dumps(loads(deepest)) == deepest
    assert loads(f"[{INTEGER},{-INTEGER},1e308]") == [INTEGER, -INTEGER, 1e308]


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("-inf"), INTEGER + 1, -(10**30), "\ud800", {"\udfff": 1}, {1: 2},
     {None: 1}, {1, 2}, b"x", object()],
    ids=lambda value: repr(value).partition(" at 0x")[0],
)  # fmt: skip
def test_what_could_not_be_read_back_is_not_written(value: Any) -> None:
    with pytest.raises(InvalidInput):
        dumps({"inside": [value]})


def test_a_value_that_contains_itself_is_not_written() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(InvalidInput, match="deeper than 64"):
        dumps(endless)


def test_text_is_compact_and_not_escaped() -> None:
    assert dumps({"a": ["é", 1.5, True, None, "\u2028\x1b"]}) == (
        '{"a":["é",1.5,true,null,"\u2028\\u001b"]}'.encode()
    )


def test_stored_text_of_another_writer_is_read_leniently() -> None:
    assert loads_tolerant(b'{"a":1,"a":2,"n":12345678901234567890}')["a"] == 2
    with pytest.raises(InvalidInput):
        loads_tolerant(b'{"a":')
    with pytest.raises(InvalidInput):
        loads_tolerant(b"\xff\xfe")


def test_without_the_c_functions_the_answers_are_the_same() -> None:
    """Given an interpreter without them (made so in a child), then bytes and refusals agree."""
    code = (
        "import sys, _json\n"
        "del _json.make_scanner, _json.make_encoder\n"
        f"sys.path.insert(0, {str(ROOT / '.namespace')!r})\n"
        "from evt.eventlog.errors import InvalidInput\n"
        "from evt.eventlog.rawjson import dumps, loads\n"
        f"for text in {[text for text, _ in REFUSED.values() if len(text) < 1000]!r}:\n"
        "    try: loads(text)\n"
        "    except InvalidInput: continue\n"
        "    sys.exit(f'{text!r} was taken')\n"
        "try: dumps(float('nan')); sys.exit('NaN was written')\n"
        "except InvalidInput: pass\n"
        'sys.stdout.buffer.write(dumps(loads(\'{"a": [1.5, "\\u00e9", {}]}\')))\n'
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, '{"a":[1.5,"é",{}]}'.encode()), done.stderr
