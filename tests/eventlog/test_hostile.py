"""Input that was made to break a log: it becomes exactly one strict line, or it is refused.

Read by three parsers that know nothing of each other, a stored line has one meaning.
"""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.eventlog.checking import check
from evt.eventlog.errors import InvalidInput, TooLarge
from evt.eventlog.line import LINE_MAX, Event, decode, encode
from evt.eventlog.rawjson import loads
from tests.strategies import JSON

ENVELOPE = {"specversion": "9", "id": "forged", "type": "Completed", "prevhash": "f" * 64}


def stored(data: dict[str, Any]) -> bytes:
    """The line that this data becomes; raises InvalidInput as a call would."""
    event = Event("id-1", "Noted", "worker-A", check("Noted", data), subject="task-001")
    event.sequence, event.time = 1, "2026-11-22T20:32:56.123456Z"
    return encode(event, "log-1", "0" * 64)


def assert_one_strict_line(line: bytes, data: dict[str, Any]) -> None:
    assert b"\n" not in line and b"\r" not in line
    assert not any(byte < 0x20 for byte in line)
    assert len(line) < LINE_MAX
    read = loads(line)
    assert read == json.loads(line) == orjson.loads(line)
    assert read["data"] == data == decode(line).data
    assert (read["id"], read["type"], read["actor"]) == ("id-1", "Noted", "worker-A")


REFUSED = {
    "duplicate keys": b'{"text":"a","text":"b"}',
    "duplicate keys, one escaped": b'{"text":"a","te\\u0078t":"b"}',
    "duplicate keys, deep": b'{"text":"a","extra":[{"k":1,"k":1}]}',
    "NaN": b'{"text":"a","extra":NaN}',
    "Infinity": b'{"text":"a","extra":-Infinity}',
    "1e999": b'{"text":"a","extra":1e999}',
    "huge integer": b'{"text":"a","extra":9007199254740993}',
    "huger integer": b'{"text":"a","extra":' + b"9" * 5000 + b"}",
    "lone surrogate": b'{"text":"\\ud800"}',
    "lone surrogate as key": b'{"text":"a","extra":{"\\udfff":1}}',
    "surrogate bytes": b'{"text":"\xed\xa0\x80"}',
    "depth 65": b'{"text":"a","extra":' + b"[" * 65 + b"]" * 65 + b"}",
    "depth 100,000": b'{"text":"a","extra":' + b"[" * 100_000,
    "UTF-16": '{"text":"a"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"text":"a"}'.encode("utf-16-le"),
    "BOM": b'\xef\xbb\xbf{"text":"a"}',
    "Latin-1": b'{"text":"\xe4"}',
    "raw newline": b'{"text":"a\nb"}',
    "raw tab": b'{"text":"a\tb"}',
    "raw NUL": b'{"text":"a\x00b"}',
    "raw escape": b'{"text":"\x1b[2J"}',
    "garbage behind": b'{"text":"a"}garbage',
    "two documents": b'{"text":"a"}\n{"text":"b"}',
    "comment": b'{"text":"a" /* c */}',
    "trailing comma": b'{"text":"a",}',
    "single quotes": b"{'text':'a'}",
    "empty": b"",
    "nothing but space": b" \n",
    "envelope keys": b'{"text":"a","prevhash":"' + b"f" * 64 + b'","sequence":"1"}',
    "not an object": b'["text"]',
}


@pytest.mark.parametrize("case", REFUSED)
def test_hostile_text_is_refused(case: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        stored(loads(REFUSED[case]))
    assert refused.value.exit == 2
    assert "\n" not in refused.value.message and len(refused.value.message) < 300


STORED = {
    "escaped newline": {"text": 'a\n{"specversion":"1.0"}\r\n\u2028\u2029\x85'},
    "terminal escapes": {"text": "\x1b[31m\x1b]0;title\x07\x9b2J\x7f\u202e\x00"},
    "envelope keys inside": {"text": "a", "extra": {**ENVELOPE, "data": ENVELOPE}},
    "quotes and backslashes": {"text": '"}\\",\\u0022', "tags": ["\\n", "</script>"]},
    "largest integers": {"text": "a", "extra": [2**53 - 1, -(2**53) + 1, 1e308, 5e-324, -0.0]},
    "empty keys, many scripts": {"text": "ü漢😀\ufeff", "extra": {"": 1, "\u0000": None}},
}


@pytest.mark.parametrize("case", STORED)
def test_hostile_values_become_one_strict_line(case: str) -> None:
    assert_one_strict_line(stored(STORED[case]), STORED[case])


def test_a_line_of_two_mebibytes_is_too_large() -> None:
    with pytest.raises(TooLarge, match="1 MiB"):
        stored({"text": "x" * (2 << 20)})


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, "\ud800", b"bytes", {1}, object()]
)
def test_a_value_that_is_not_json_is_refused_when_written(value: Any) -> None:
    """Given a caller inside the process, which passes no parser, then the encoder refuses."""
    with pytest.raises(InvalidInput):
        stored({"text": "a", "extra": [value]})


@given(JSON, st.text(min_size=1))
def test_any_json_in_the_open_keys_becomes_one_strict_line(extra: Any, text: str) -> None:
    data = {"text": text, "extra": extra}
    assert_one_strict_line(stored(data), data)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_stored_strictly_or_refused(noise: bytes) -> None:
    for text in (noise, b'{"text":"' + noise + b'"}', b'{"text":"a","extra":' + noise + b"}"):
        try:
            data = loads(text)
            line = stored(data)
        except InvalidInput:
            continue
        assert_one_strict_line(line, data)
