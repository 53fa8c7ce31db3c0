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
from evt.eventlog.log import filelog, reader
from evt.eventlog.log.bulk import BulkEvent, BulkReader, decode_bulk
from tests.eventlog.log.logs import first_segment, new_log, note, open_log
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
    assert isinstance(bulk._reader(reader.Position(), 1, alone=False), BulkReader)
    assert bulk.state().head_row() == plain.head_row()
    assert bulk.head().hash == log.head().hash
    bulk.transact(note())
    assert open_log(tmp_path).state().sequence == plain.sequence + 1


@pytest.mark.parametrize("count", [1, 3, 999])
def test_chunks_of_any_size_give_the_same_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Given batches longer than a chunk, then nothing is lost, doubled or shown in halves."""
    log = new_log(tmp_path, segment_bytes=20_000)
    for _ in range(4):
        log.transact(note(count=count))
    monkeypatch.setattr(reader, "CHUNK", 700)
    found = [one for some in _bulk(log).events() for one in some]
    assert [int(one.sequence) for one in found] == list(range(1, log.head().sequence + 1))


DAMAGE = {
    "nothing": lambda text: text,
    "a torn tail": lambda text: text + b"half a line",
    "half a batch": lambda text: text[: text.rindex(b"{", 0, -1)],
    "a line deleted": lambda text: text[text.index(b"\n") + 1 :],
    "an empty line": lambda text: b"\n" + text,
    "a line over two lines": lambda text: text.replace(b'"data":', b'"data":\n', 1),
    "a number that is none": lambda text: text.replace(b'"0000000000000002"', b'"x"'),
    "a batch that ends too early": lambda text: text.replace(b'"2/3"', b'"3/3"'),
    "a batch that begins again": lambda text: text.replace(b'"2/3"', b'"1/3"'),
    "a batch of none": lambda text: text.replace(b'"1/3"', b'"one"'),
}


@pytest.mark.parametrize("change", DAMAGE.values(), ids=DAMAGE)
def test_both_readers_stop_at_the_same_place_for_the_same_reason(
    tmp_path: Path, change: Any
) -> None:
    log = new_log(tmp_path)
    for count in (1, 3, 1, 3):
        log.transact(note(count=count))
    first_segment(tmp_path).write_bytes(change(first_segment(tmp_path).read_bytes()))
    fast, plain = _bulk(log), reader.Reader(log.layout, reader.Position())
    counts = [sum(len(some) for some in one.events()) for one in (fast, plain)]
    assert counts[0] == counts[1] == fast.position.sequence
    assert (fast.tail, fast.reason is None) == (plain.tail, plain.reason is None)
    assert fast.position.offset == plain.position.offset
    assert fast.position.hash == plain.position.hash


def _bulk(log: filelog.FileLog) -> BulkReader:
    return BulkReader(log.layout, reader.Position(), chained=False, alone=False)
