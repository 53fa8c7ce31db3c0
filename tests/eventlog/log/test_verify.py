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


def line(number: int, **change: Any) -> dict[str, Any]:
    """A line that evt could have written, but for what is changed; ... takes one away."""
    made = {
        "specversion": "1.0", "id": f"e{number}", "source": "/evt/log-1", "type": "Noted",
        "time": f"2026-11-22T20:32:{number:02d}.123456Z", "actor": "engineer", "schemaversion": 1,
        "data": {"text": "n"}, **change,
    }  # fmt: skip
    return {key: value for key, value in made.items() if value is not ...}


def written(
    folder: Path, *lines: dict[str, Any], first: int = 1, before: str = "0" * 64,
    separators: tuple[str, str] = (",", ":"),
) -> str:  # fmt: skip
    """Write a segment whose chain and numbers are as they should be; returns the last hash."""
    text = b""
    for number, one in enumerate(lines, first):
        one = {**one, "sequence": f"{number:016d}", "prevhash": before}
        raw = json.dumps(one, separators=separators).encode()
        before, text = hashlib.sha256(raw).hexdigest(), text + raw + b"\n"
    (folder / ".evt" / "log" / f"{first:016d}.jsonl").write_bytes(text)
    return before


STARTED = {"type": "ProjectStarted", "subject": "p", "data": {"name": "p"}, "correlationid": "p"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "e1"}, "event 2: its id e1 is that of event 1"),
        ({"id": "a b/c"}, "id 'a b/c'"),
        ({"time": "2026-11-22T20:32:00.000000Z"}, "time runs back"),
        ({"time": "2026-11-22 20:32:59"}, "time '2026-11-22 20:32:59'"),
        ({"actor": ""}, "actor ''"),
        ({"subject": None}, "subject None"),
        ({"type": "Failed", "data": {"attempt": 1, "reason": "r"}}, "subject is missing"),
        ({"batch": "1/1"}, "batch '1/1'"),
        ({"critical": False}, "critical False"),
        ({"viachat": "yes"}, "viachat 'yes'"),
        ({"schemaversion": 0}, "schemaversion 0"),
        ({"causationid": ""}, "causationid ''"),
        ({"recordedtime": "now"}, "recordedtime 'now'"),
        ({"source": "/evt/other"}, "source '/evt/other'"),
        ({"specversion": "2.0"}, "specversion"),
    ],
    ids=str,
)
def test_attributes_that_evt_would_not_write_are_found(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    """Given lines whose chain holds, then what is wrong with one is said, and only that."""
    log = new_log(tmp_path)
    written(
        tmp_path, line(1, **STARTED), line(2, **{"correlationid": "p", **change}),
        line(3, correlationid="p"),
    )  # fmt: skip
    (finding,) = verify(log.layout)["findings"]
    assert (finding["code"], finding["sequence"]) == ("schema", 2)
    assert said in finding["message"]


@pytest.mark.parametrize(
    ("name", "said"), [("nobody's", "not the open project"), (..., "correlationid is missing")]
)
def test_an_event_of_no_open_project_is_a_contradiction(
    tmp_path: Path, name: Any, said: str
) -> None:
    log = new_log(tmp_path)
    written(tmp_path, line(1, **STARTED), line(2, correlationid=name))
    (finding,) = verify(log.layout)["findings"]
    assert (finding["code"], finding["sequence"]) == ("anomaly", 2)
    assert said in finding["message"]


def test_an_id_is_found_again_however_the_line_was_spaced(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    written(tmp_path, line(1), line(2, id="e1"), separators=(", ", ": "))
    assert codes(log.layout) == ["schema"]


def test_what_counts_for_a_project_after_its_end_is_sound(tmp_path: Path) -> None:
    ended = {"type": "ProjectEnded", "subject": "p", "data": {"outcome": "done"}}
    reviewed = {"type": "Reviewed", "subject": "t", "data": {"verdict": "accepted"}}
    log = new_log(tmp_path)
    written(
        tmp_path, line(1), line(2, **STARTED), line(3, correlationid="p", **ended), line(4),
        line(5, correlationid="p", **reviewed), line(6),
    )  # fmt: skip
    assert codes(log.layout) == []


def test_a_segment_that_nobody_reads_is_found(layout: Layout, tmp_path: Path) -> None:
    """Given files beside the real ones, then each is named that the walk did not come to."""
    for name in ("0000000000000002.jsonl", "9999999999999999.jsonl", "notes.jsonl"):
        path = tmp_path / ".evt" / "log" / name
        path.write_bytes(first_segment(tmp_path).read_bytes())
        (finding,) = [f for f in verify(layout)["findings"] if f["code"] == "segment"]
        assert name in finding["message"]
        path.unlink()


def test_a_segment_behind_one_that_was_not_sealed_is_found(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    before = written(tmp_path, line(1))
    written(tmp_path, line(2), first=2, before=before)
    assert codes(log.layout) == ["segment"]


def test_a_poisoned_log_says_so(layout: Layout) -> None:
    Path(layout.path("poisoned")).touch()
    assert codes(layout) == ["poisoned"]


def test_an_expectation_is_a_sequence_and_a_hash() -> None:
    assert parse_expected("17:" + "a" * 64) == (17, "a" * 64)
    for text in ("", "17", "17:", "x:" + "a" * 64, "17:" + "A" * 64, "17:" + "a" * 63, "-1:a"):
        with pytest.raises(InvalidInput, match="SEQ:HASH"):
            parse_expected(text)
