"""The audit finds every edit (promise 6), says where, and finds nothing where nothing is."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.eventlog.errors import InvalidInput
from evt.eventlog.line import Event
from evt.eventlog.log.layout import Layout
from evt.eventlog.log.verify import parse_expected, verify
from tests.eventlog.log.logs import first_segment, new_log, note, raw_lines


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    log = new_log(tmp_path, segment_bytes=1500)
    for number in range(12):
        log.transact(note(str(number), count=number % 3 + 1))
    return log.layout


def codes(layout: Layout, **more: Any) -> list[str]:
    return [finding["code"] for finding in verify(layout, **more)["findings"]]


def test_a_sound_log_has_no_findings(layout: Layout, tmp_path: Path) -> None:
    report = verify(layout)
    lines = raw_lines(tmp_path)[:-1]
    assert (report["schema"], report["ok"], report["findings"]) == ("evt.verify/1", True, [])
    assert report["sequence"] == len(lines)
    assert report["hash"] == hashlib.sha256(lines[-1]).hexdigest()
    assert report["segments"] == len(layout.segments()) > 2


def test_an_empty_log_is_sound(tmp_path: Path) -> None:
    report = verify(new_log(tmp_path).layout)
    assert (report["ok"], report["sequence"], report["hash"]) == (True, 0, "0" * 64)


@given(st.data())
def test_any_byte_changed_inside_is_found(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("log")
    log = new_log(folder)
    for number in range(3):
        log.transact(note(str(number), count=2))
    text = bytearray(first_segment(folder).read_bytes())
    last = len(raw_lines(folder)[-2]) + 1
    at = data.draw(st.integers(0, len(text) - last - 1))
    text[at] ^= data.draw(st.integers(1, 255))
    first_segment(folder).write_bytes(bytes(text))
    assert not verify(log.layout)["ok"]


def test_a_cut_tail_and_an_edited_last_line_need_a_receipt(layout: Layout, tmp_path: Path) -> None:
    sequence, digest = verify(layout)["sequence"], verify(layout)["hash"]
    held = (sequence, digest)
    assert codes(layout, expected=held) == []
    assert codes(layout, expected=(sequence, "0" * 64)) == ["expect"]
    path = Path(layout.segment(layout.segments()[-1]))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:-1], lines[-1].replace(b'"text":"11"', b'"text":"XX"')]))
    assert codes(layout) == [] and codes(layout, expected=held) == ["expect"]
    path.write_bytes(b"".join(lines[:-3]))
    assert codes(layout) == [] and codes(layout, expected=held) == ["expect"]


def test_a_receipt_in_the_middle_holds_too(layout: Layout, tmp_path: Path) -> None:
    for number, line in enumerate(raw_lines(tmp_path)[:-1], 1):
        assert codes(layout, expected=(number, hashlib.sha256(line).hexdigest())) == []


def test_every_event_is_checked(layout: Layout) -> None:
    def check(event: Event) -> str | None:
        return "not liked" if event.data.get("text") == "3" else None

    (finding,) = verify(layout, check=check)["findings"]
    assert (finding["code"], "not liked" in finding["message"]) == ("schema", True)
    assert finding["sequence"] > 0


def test_a_line_of_another_log_and_a_line_of_another_make_are_found(tmp_path: Path) -> None:
    """Given chain-valid lines that evt would not write, then each is a finding of its own."""
    log = new_log(tmp_path)
    previous, text = "0" * 64, b""
    for number, change in enumerate(({}, {"source": "/evt/other"}, {"specversion": "2.0"}), 1):
        line = {
            "specversion": "1.0", "id": f"e{number}", "source": "/evt/log-1", "type": "Noted",
            "time": "2026-11-22T20:32:56.123456Z", "sequence": f"{number:016d}",
            "actor": "engineer", "schemaversion": 1, "prevhash": previous, "data": {"text": "n"},
            **change,
        }  # fmt: skip
        raw = json.dumps(line).encode()
        previous, text = hashlib.sha256(raw).hexdigest(), text + raw + b"\n"
    first_segment(tmp_path).write_bytes(text)
    assert codes(log.layout) == ["schema", "schema"]


def test_a_poisoned_log_says_so(layout: Layout) -> None:
    Path(layout.path("poisoned")).touch()
    assert codes(layout) == ["poisoned"]


def test_an_expectation_is_a_sequence_and_a_hash() -> None:
    assert parse_expected("17:" + "a" * 64) == (17, "a" * 64)
    for text in ("", "17", "17:", "x:" + "a" * 64, "17:" + "A" * 64, "17:" + "a" * 63, "-1:a"):
        with pytest.raises(InvalidInput, match="SEQ:HASH"):
            parse_expected(text)
