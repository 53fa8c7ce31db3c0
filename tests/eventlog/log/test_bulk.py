"""The fast decoder takes and refuses what the plain one does, and the fold is the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.eventlog.errors import InvalidInput
from evt.eventlog.line import GENESIS, decode, encode
from evt.eventlog.log import filelog
from evt.eventlog.log.bulk import BulkEvent, decode_bulk
from tests.eventlog.log.logs import new_log, note, open_log
from tests.eventlog.test_line import event
from tests.eventlog.test_rawjson import TEXT, VALUES

CHANGES: list[dict[str, Any]] = [
    {"id": None}, {"type": 1}, {"actor": []}, {"time": 5}, {"data": "text"}, {"data": None},
    {"sequence": "x"}, {"sequence": None}, {"sequence": 17}, {"sequence": "-1"}, {"subject": 3},
    {"subject": None}, {"batch": 2}, {"recordedtime": 1}, {"prevhash": 0}, {"schemaversion": "1"},
    {"schemaversion": 1.5}, {"schemaversion": 2}, {"critical": "yes"}, {"critical": True},
    {"critical": None}, {"viachat": 1}, {"traceparent": "x"}, {"sequence": "0000000000000018"},
]  # fmt: skip


def attributes(of: Any) -> list[Any]:
    return [getattr(of, name) for name in BulkEvent.__struct_fields__ if name != "sequence"]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_both_decoders_take_and_refuse_the_same(change: dict[str, Any]) -> None:
    text = json.dumps(json.loads(encode(event(), "log-1", GENESIS)) | change).encode()
    try:
        plain = decode(text)
    except InvalidInput:
        with pytest.raises((InvalidInput, ValueError)):
            # The reader makes a number of it and compares; below 1 nothing is ever expected.
            if int(decode_bulk(text).sequence) < 1:
                raise ValueError from None
        return
    bulk = decode_bulk(text)
    assert attributes(bulk) == attributes(plain)
    assert int(bulk.sequence) == plain.sequence


@given(data=st.dictionaries(TEXT, VALUES), subject=TEXT)
def test_any_event_is_the_same_to_both(data: dict[str, Any], subject: str) -> None:
    text = encode(event(data=data, subject=subject), "log-1", GENESIS)
    assert attributes(decode_bulk(text)) == attributes(decode(text))


@given(st.binary() | TEXT.map(str.encode))
def test_what_is_no_event_is_none_to_both(text: bytes) -> None:
    for one in (decode, decode_bulk):
        with pytest.raises(InvalidInput):
            one(text)


def test_the_fold_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = new_log(tmp_path, segment_bytes=5000)
    for number in range(60):
        log.transact(note(str(number), count=number % 7 + 1))
    plain = open_log(tmp_path).state()
    monkeypatch.setattr(filelog, "BULK_FROM", 0)
    bulk = open_log(tmp_path)
    assert bulk._decoder() is decode_bulk
    assert bulk.state().head_row() == plain.head_row()
    assert bulk.head().hash == log.head().hash
    bulk.transact(note())
    assert open_log(tmp_path).state().sequence == plain.sequence + 1
