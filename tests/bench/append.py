"""What durability costs: the writer in a loop against bare write + fdatasync, and batches."""

from __future__ import annotations

import json
import os
from pathlib import Path

from evt.eventlog.log.filelog import FileLog
from tests.bench import box
from tests.bench.measure import Row, process, ratio, seconds

BLOCK = 50  # appends per timed block, so that one slow sync does not decide a pair
BATCH = 256
TEXT = "a note of the length that a chat writes, with what it did and what comes next"


def rows(folder: Path, rounds: int) -> list[Row]:
    """Measure the append loop and `emit --batch`."""
    repo = box.empty(folder / "append")
    return [_loop(repo, rounds), _batch(repo, rounds)]


def _loop(repo: Path, rounds: int) -> Row:
    log = box.open_log(repo)
    bare = os.open(repo / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def append() -> None:
        for _ in range(BLOCK):
            log.transact(box.note(TEXT))

    line = b"x" * _line_length(log) + b"\n"

    def write() -> None:
        for _ in range(BLOCK):
            os.write(bare, line)
            getattr(os, "fdatasync", os.fsync)(bare)  # macOS has no fdatasync

    try:
        value = ratio(seconds(write), seconds(append), rounds)
    finally:
        os.close(bare)
    return Row(
        "durable append in a loop", value, at_least=0.8, aim=0.9, note="of write + fdatasync"
    )


def _line_length(log: FileLog) -> int:
    log.transact(box.note(TEXT))
    (line,) = log.read(log.head().sequence - 1)
    return len(line.raw)


def _batch(repo: Path, rounds: int) -> Row:
    document = {"type": "Noted", "data": {"text": TEXT}}
    batch = repo / "batch.ndjson"
    batch.write_text((json.dumps(document) + "\n") * BATCH)
    one = process(box.EVT, "emit", "Noted", "--text", TEXT, cwd=repo)
    many = process(box.EVT, "emit", "--batch", batch, cwd=repo)
    value = ratio(one, lambda: many() / BATCH, max(rounds // 2, 3))
    return Row(
        f"emit --batch, {BATCH} at a time, per event", value, at_least=20, note="faster than one"
    )
