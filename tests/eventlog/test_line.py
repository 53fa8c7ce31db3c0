"""The line byte for byte, and what reading keeps and refuses."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.eventlog.digest import sha256_hex
from evt.eventlog.errors import InvalidInput, TooLarge
from evt.eventlog.line import GENESIS, LINE_MAX, Event, decode, encode
from tests.eventlog.test_rawjson import TEXT, VALUES


def event(**more: Any) -> Event:
    """A Completed as it would be stored at 17; `more` sets further attributes."""
    made = Event("id-1", "Completed", "worker-A", more.pop("data", {"attempt": 1}))
    made.time, made.sequence = "2026-11-22T20:32:56.123456Z", 17
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_a_line_is_what_the_format_shows() -> None:
    made = event(subject="task-001", correlationid="demo", causationid="id-0")
    assert encode(made, "log-1", GENESIS) == (
        b'{"specversion":"1.0","id":"id-1","source":"/evt/log-1","type":"Completed",'
        b'"subject":"task-001","time":"2026-11-22T20:32:56.123456Z","sequence":"0000000000000017",'
        b'"actor":"worker-A","schemaversion":1,"correlationid":"demo","causationid":"id-0",'
        b'"prevhash":"' + b"0" * 64 + b'","data":{"attempt":1}}'
    )


def test_what_does_not_apply_is_absent_and_the_rest_has_its_place() -> None:
    bare = json.loads(encode(event(), "log-1", GENESIS))
    full = event(
        subject="s", correlationid="p", causationid="c", batch="1/2", critical=True, viachat=True,
        recordedtime="2026-11-22T20:32:55.000000Z",
    )  # fmt: skip
    names = list(json.loads(encode(full, "log-1", GENESIS)))
    optional = ["subject", "correlationid", "causationid", "batch", "recordedtime", "critical"]
    assert [name for name in names if name in bare] == list(bare)
    assert [name for name in names if name not in bare] == [*optional, "viachat"]
    assert None not in bare.values()


@given(data=st.dictionaries(TEXT, VALUES), subject=TEXT, critical=st.booleans())
def test_a_line_read_and_written_again_is_the_same_bytes(
    data: dict[str, Any], subject: str, critical: bool
) -> None:
    text = encode(event(data=data, subject=subject, critical=critical), "log-1", "f" * 64)
    again = decode(text)
    assert encode(again, "log-1", again.prevhash) == text
    assert b"\n" not in text


def test_unknown_attributes_and_types_are_kept() -> None:
    line = json.loads(encode(event(), "log-1", GENESIS))
    line |= {"type": "FromTheFuture", "traceparent": "00-ab"}
    read = decode(json.dumps(line).encode())
    assert (read.type, read.extra) == ("FromTheFuture", {"traceparent": "00-ab"})


def test_an_attribute_inside_data_stays_data() -> None:
    data = {"sequence": "1", "prevhash": "x", "actor": "engineer"}
    read = decode(encode(event(data=data), "log-1", GENESIS))
    assert (read.sequence, read.actor, read.data) == (17, "worker-A", data)


@pytest.mark.parametrize(
    "change",
    [
        {"id": None}, {"type": 1}, {"actor": []}, {"time": 5}, {"data": "text"}, {"data": None},
        {"sequence": "x"}, {"sequence": None}, {"sequence": "-1"}, {"subject": 3}, {"batch": 2},
        {"recordedtime": 1}, {"prevhash": 0}, {"schemaversion": "1"}, {"correlationid": {}},
    ],
    ids=str,
)  # fmt: skip
def test_a_line_whose_attributes_are_of_another_kind_is_not_an_event(
    change: dict[str, Any],
) -> None:
    line = json.loads(encode(event(), "log-1", GENESIS)) | change
    with pytest.raises(InvalidInput, match=next(iter(change))):
        decode(json.dumps(line).encode())


@pytest.mark.parametrize("text", [b"", b"null", b"[]", b"{}", b"{", b"\x00" * 8, b"\xff", b'"x"'])
def test_what_is_not_an_event_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidInput):
        decode(text)


def test_the_longest_line_is_a_mebibyte_with_its_newline() -> None:
    empty = len(encode(event(data={"text": ""}), "log-1", GENESIS))
    fits = encode(event(data={"text": "x" * (LINE_MAX - 1 - empty)}), "log-1", GENESIS)
    assert len(fits) + 1 == LINE_MAX
    with pytest.raises(TooLarge, match="1 MiB") as refused:
        encode(event(data={"text": "x" * (LINE_MAX - empty)}), "log-1", GENESIS)
    assert refused.value.exit == 2 and refused.value.hint


@given(st.binary())
def test_the_digest_is_sha256(text: bytes) -> None:
    assert sha256_hex(text) == hashlib.sha256(text).hexdigest()
