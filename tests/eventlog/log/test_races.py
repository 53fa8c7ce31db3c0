"""Real processes at once, and killed at random moments: promises 1, 2, 3 and 5."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path
from time import monotonic_ns, sleep

import pytest

from tests.eventlog.log.logs import assert_sound, child, new_log, note, open_log, own

pytestmark = pytest.mark.slow


def lines_of(process: subprocess.Popen[str]) -> list[list[str]]:
    """What a process said until its end; half a line of a killed one was not said."""
    out, _ = process.communicate()
    return [line.split() for line in out.split("\n")[:-1]]


def hashes(folder: Path) -> dict[str, str]:
    return {str(line.event.sequence): line.hash for line in open_log(folder).read(0)}


def test_five_processes_append_two_thousand_events_each(tmp_path: Path) -> None:
    new_log(tmp_path)
    writers = [child("append", tmp_path, name, 2000) for name in "abcde"]
    said = [receipt for writer in writers for receipt in lines_of(writer)]
    assert [writer.returncode for writer in writers] == [0] * 5
    stored = hashes(tmp_path)
    assert len(said) == len(stored) == len(assert_sound(tmp_path)) == 10_000
    assert {sequence: digest for sequence, digest, _ in said} == stored


def test_readers_never_see_half_a_batch_a_gap_or_a_change(tmp_path: Path) -> None:
    """Given 8 writers and a new segment every few batches, then readers see what is stored."""
    new_log(tmp_path, segment_bytes=20_000)
    writers = [child("append", tmp_path, f"{n}", 60, n % 4 + 1) for n in range(8)]
    total = sum(60 * (n % 4 + 1) for n in range(8))
    readers = [child("follow", tmp_path, total) for _ in range(2)]
    states = [child("state", tmp_path, total) for _ in range(2)]
    receipts = [receipt for writer in writers for receipt in lines_of(writer)]
    seen = [lines_of(reader) for reader in readers]
    heads = [lines_of(reader) for reader in states]
    everyone = [*writers, *readers, *states]
    assert [one.returncode for one in everyone] == [0] * len(everyone)
    stored = hashes(tmp_path)
    assert_sound(tmp_path)
    assert len(receipts) == total and len(stored) > total
    assert all(stored[sequence] == digest for sequence, digest, _ in receipts)
    for shown in seen:
        assert [int(sequence) for sequence, _, _ in shown] == list(range(1, len(shown) + 1))
        assert all(stored[sequence] == digest for sequence, digest, _ in shown)
        assert shown[-1][2].split("/")[0] == shown[-1][2].split("/")[1]
    ends = {line.event.sequence for line in open_log(tmp_path).read(0) if _ends(line.event.batch)}
    for shown in heads:
        assert all(stored[sequence] == digest for sequence, digest in shown)
        assert {int(sequence) for sequence, _ in shown} <= ends


def _ends(batch: str | None) -> bool:
    return batch is None or batch.split("/")[0] == batch.split("/")[1]


@pytest.mark.parametrize("seed", range(3))
def test_kill_at_any_moment_loses_no_receipt_and_doubles_nothing(tmp_path: Path, seed: int) -> None:
    """Given writers that are killed and come again with other names, then every receipt holds."""
    chance = random.Random(seed)
    new_log(tmp_path, segment_bytes=30_000)
    receipts: list[list[str]] = []
    for number in range(12):
        writers = [child("append", tmp_path, f"{number}.{n}", 0, n * 2 + 1) for n in range(3)]
        for writer in writers:
            assert writer.stdout is not None
            receipts.append(writer.stdout.readline().split())
        sleep(chance.uniform(0, 0.05))
        for writer in writers:
            writer.kill()
        receipts += [receipt for writer in writers for receipt in lines_of(writer)]
    log = open_log(tmp_path)
    log.transact(note("after all"))
    events = assert_sound(tmp_path)
    stored = hashes(tmp_path)
    assert len(receipts) >= 36
    assert all(stored[sequence] == digest for sequence, digest, _ in receipts)
    for _, _, id in receipts[:20]:
        assert stored.get(str(log.seen(id)))
    batches = [event for event in own(events) if event.get("batch")]
    assert batches and own(events)[-1]["data"]["text"] == "after all"


def test_a_waiter_wakes_within_100_ms_also_for_a_new_segment(tmp_path: Path) -> None:
    """Given a process that waits, when each append begins a new segment, then it wakes at once."""
    log, late = new_log(tmp_path, segment_bytes=1), []
    waiter = child("wait", tmp_path, 8)
    assert waiter.stdout is not None
    for number in range(8):
        assert waiter.stdout.readline() == "waiting\n"
        sleep(0.05)  # it says so just before it sleeps
        log.transact(note(str(number)))
        appended = monotonic_ns()
        late.append((int(waiter.stdout.readline()) - appended) / 1e6)
    assert waiter.wait() == 0
    assert sorted(late)[4] < 100 and len(log.layout.segments()) >= 8
