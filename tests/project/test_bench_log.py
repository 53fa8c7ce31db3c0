"""The logs that the benchmark measures on are real ones: same bytes, same rules, no anomaly."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from evt.eventlog.digest import sha256_hex
from evt.eventlog.evolve import evolve
from evt.eventlog.line import GENESIS, decode, encode
from evt.eventlog.state import State
from tests.bench.generate import LIVE, PENDING, write_log

EVENTS = 20_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generated")
    write_log(path, "an-id", EVENTS, segment_bytes=1 << 20)
    return path


def lines(folder: Path) -> list[bytes]:
    return [line for p in sorted(folder.glob("*.jsonl")) for line in p.read_bytes().splitlines()]


def test_generated_lines_are_the_bytes_that_the_encoder_writes(folder: Path) -> None:
    before = GENESIS
    for number, line in enumerate(lines(folder), 1):
        event = decode(line)
        assert event.sequence == number
        assert encode(event, "an-id", before) == line
        before = sha256_hex(line)


def test_segments_are_named_by_their_first_line_and_sealed(folder: Path) -> None:
    segments = sorted(folder.glob("*.jsonl"))
    assert len(segments) > 5
    for segment, following in itertools.pairwise(segments):
        first, *_, last = segment.read_bytes().splitlines()
        assert decode(first).sequence == int(segment.stem)
        assert decode(last).type == "SegmentSealed"
        assert decode(last).data == {"next": following.name}


def test_generated_work_follows_the_rules(folder: Path) -> None:
    """Given a generated log, when it is folded, then all is done but the open work of the end."""
    state = State()
    for line in lines(folder):
        evolve(state, decode(line))
    assert state.head["anomalies"] == 0
    counts = state.head["counts"]
    assert counts["completed"] > 400
    assert counts["pending"] == state.head["ready"] == PENDING
    assert counts["in-progress"] == LIVE
