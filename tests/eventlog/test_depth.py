"""A line is at most 64 deep, whichever way its data came in: what `emit` stores, `verify` reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evt.eventlog.errors import InvalidInput
from evt.eventlog.line import GENESIS, Event, encode
from evt.eventlog.rawjson import DEPTH, loads
from tests.conftest import Evt

FITS = DEPTH - 2  # the line and its data are two levels of the 64


def lists(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.fixture
def log(evt: Evt) -> Evt:
    evt("init", "--project", "p")
    evt("emit", "TaskCreated", "t", "--description", "d")
    return evt


def test_the_deepest_line_can_be_read_again_and_a_deeper_one_is_not_made() -> None:
    for depth in (FITS, FITS + 1):
        event = Event("id", "Noted", "engineer", {"text": "x", "extra": json.loads(lists(depth))})
        event.time, event.sequence = "2026-11-22T20:32:56.123456Z", 1
        if depth == FITS:
            assert loads(encode(event, "log-1", GENESIS))["data"]["text"] == "x"
        else:
            with pytest.raises(InvalidInput, match="nested deeper than 64"):
                encode(event, "log-1", GENESIS)


@pytest.mark.parametrize("way", ["flag", "data", "details", "batch"])
def test_data_that_is_too_deep_for_a_line_leaves_the_log_as_it_was(
    log: Evt, tmp_path: Path, way: str
) -> None:
    def emit(depth: int) -> int:
        deep, batch = lists(depth), tmp_path / "batch"
        line = json.dumps({"type": "Noted", "data": {"text": "x", "extra": json.loads(deep)}})
        batch.write_text(f"{line}\n")
        args = {
            "flag": ("Noted", "--text", "x", "--extra", deep),
            "data": ("Noted", "--data", f'{{"text":"x","extra":{deep}}}'),
            "details": ("Escalated", "t", "--question", "q", "--details", deep),
            "batch": ("--batch", str(batch)),
        }[way]
        return log("emit", *args, check=None).code

    (segment,) = (tmp_path / "repo" / ".evt" / "log").glob("*.jsonl")
    before = segment.read_bytes()
    assert emit(FITS + 1) == 2
    assert segment.read_bytes() == before
    assert emit(FITS) == 0
    log("verify")
    for verb in ("status", "inbox", "review", "metrics"):
        log(verb, "--json")
