"""Writes valid logs of any size fast, so that cost on a long history can be measured.

What is written is what a project leaves behind: tasks planned in batches, eight workers that
claim, report and complete them in turn, and at the end always the same open work, so that two logs
differ in their past only. Lines are filled in by template (a million in seconds); a test compares
them with the real encoder and folds them without an anomaly.

    python -m tests.bench.generate FOLDER EVENTS
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from evt.eventlog.clock import iso, now_us

WORKERS = [f"worker-{letter}" for letter in "ABCDEFGH"]
IDLE = [f"idle-{number:02d}" for number in range(40)]  # joined, without work
EVENTS_PER_TASK = 40  # its creation, claim, heartbeats and completion
WAVE = 200  # tasks planned in one batch
PENDING, LIVE = 40, 3  # open tasks at the end of every log
STEP_US = 500_000
SEGMENT_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Fact:
    """One event before it has a number: `data` is JSON text, `batch` "i/n" or empty."""

    type: str
    subject: str
    actor: str
    data: str
    batch: str = ""


def facts(events: int) -> Iterator[Fact]:
    """Yield `events` facts: the start, finished tasks, notes to fill up, the open work."""
    opening = list(_opening())
    closing = list(_closing())
    room = events - len(opening) - len(closing)
    if room < 0:
        raise ValueError(f"a log needs at least {len(opening) + len(closing)} events")
    tasks, notes = divmod(room, EVENTS_PER_TASK)
    yield from opening
    for first in range(0, tasks, WAVE):
        yield from _wave(first, min(WAVE, tasks - first))
    for number in range(notes):
        yield Fact("Noted", "", "engineer", f'{{"text":"note {number}"}}')
    yield from closing


def _opening() -> Iterator[Fact]:
    yield Fact("ProjectStarted", "bench", "engineer", '{"name":"bench","goal":"a long history"}')
    for name in (*WORKERS, *IDLE):
        yield Fact("WorkerJoined", name, name, '{"role":"worker","host":"script"}')


def _wave(first: int, count: int) -> Iterator[Fact]:
    yield from _planned([f"task-{first + i:06d}" for i in range(count)])
    for start in range(0, count, len(WORKERS)):
        chosen = range(start, min(start + len(WORKERS), count))
        todo = [(f"task-{first + i:06d}", WORKERS[i % len(WORKERS)]) for i in chosen]
        for task, worker in todo:
            yield _assigned(task, worker)
        for beat in range(EVENTS_PER_TASK - 3):
            for task, worker in todo:
                yield _heartbeat(task, worker, beat)
        for task, worker in todo:
            yield _completed(task, worker)


def _closing() -> Iterator[Fact]:
    names = [f"open-{number:03d}" for number in range(PENDING + LIVE)]
    yield from _planned(names)
    for name, worker in zip(names[:LIVE], WORKERS, strict=False):
        yield _assigned(name, worker)
        yield _heartbeat(name, worker, 0)


def _planned(names: list[str]) -> Iterator[Fact]:
    for number, name in enumerate(names, 1):
        data = (
            f'{{"type":"task","description":"Write the part {name} of the handbook",'
            f'"context":{{"targetFiles":["src/{name}.py"],"outputFiles":["out/{name}.md"],'
            f'"requirements":["between 100 and 200 words"]}},"estimateSeconds":600}}'
        )
        batch = f"{number}/{len(names)}" if len(names) > 1 else ""
        yield Fact("TaskCreated", name, "coordinator", data, batch)


def _assigned(task: str, worker: str) -> Fact:
    data = f'{{"worker":"{worker}","attempt":1,"reason":"claimed","leaseSeconds":600}}'
    return Fact("Assigned", task, worker, data)


def _heartbeat(task: str, worker: str, beat: int) -> Fact:
    data = (
        f'{{"attempt":1,"note":"part {beat} is written","progress":0.{beat % 9 + 1},'
        '"leaseSeconds":600,"source":"report"}'
    )
    return Fact("Heartbeat", task, worker, data)


def _completed(task: str, worker: str) -> Fact:
    digest = sha256(task.encode()).hexdigest()
    data = (
        f'{{"attempt":1,"deliverables":[{{"path":"out/{task}.md","sha256":"{digest}",'
        '"bytes":1024}],"contextEfficiencyScore":5,"notes":"done as asked"}'
    )
    return Fact("Completed", task, worker, data)


class Writer:
    """Numbers, chains and writes facts; seals a segment when the next one must begin."""

    def __init__(self, folder: Path, log_id: str, first_us: int, segment_bytes: int) -> None:
        self.folder = folder
        self.source = f"/evt/{log_id}"
        self.now_us = first_us
        self.segment_bytes = segment_bytes
        self.sequence = 0
        self.prevhash = "0" * 64
        self.lines: list[bytes] = []
        self.size = 0
        self.name = f"{1:016d}.jsonl"
        self.second = ""

    def add(self, fact: Fact) -> None:
        """Put one fact behind the others."""
        if self.size >= self.segment_bytes and fact.batch.split("/")[0] in ("", "1"):
            self._seal()
        self._line(fact)

    def _line(self, fact: Fact) -> None:
        self.sequence += 1
        if self.now_us % 1_000_000 == 0 or not self.second:
            self.second = iso(self.now_us)[:20]
        ms = self.now_us // 1000
        prefix = f"{ms >> 16:08x}-{ms & 0xFFFF:04x}-7000-8000"
        subject = f'"subject":"{fact.subject}",' if fact.subject else ""
        batch = f'"batch":"{fact.batch}",' if fact.batch else ""
        line = (
            f'{{"specversion":"1.0","id":"{prefix}-{self.sequence << 16:012x}",'
            f'"source":"{self.source}","type":"{fact.type}",{subject}'
            f'"time":"{self.second}{self.now_us % 1_000_000:06d}Z",'
            f'"sequence":"{self.sequence:016d}","actor":"{fact.actor}","schemaversion":1,'
            f'"correlationid":"bench",{batch}"prevhash":"{self.prevhash}","data":{fact.data}}}'
        ).encode()
        self.prevhash = sha256(line).hexdigest()
        self.lines.append(line)
        self.size += len(line) + 1
        self.now_us += STEP_US

    def _seal(self) -> None:
        following = f"{self.sequence + 2:016d}.jsonl"
        self._line(Fact("SegmentSealed", "log", "evt", f'{{"next":"{following}"}}'))
        self.flush()
        self.name, self.size = following, 0

    def flush(self) -> None:
        """Write the segment to disk."""
        self.lines.append(b"")
        (self.folder / self.name).write_bytes(b"\n".join(self.lines))
        (self.folder / self.name).chmod(0o600)
        self.lines = []


def write_log(folder: Path, log_id: str, events: int, segment_bytes: int = SEGMENT_BYTES) -> int:
    """Write the segments of a log whose last line is as of now; return the last sequence.

    Lines that seal a segment come on top of `events`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    first_us = (now_us() - events * STEP_US) // 1_000_000 * 1_000_000
    writer = Writer(folder, log_id, first_us, segment_bytes)
    for fact in facts(events):
        writer.add(fact)
    writer.flush()
    return writer.sequence


if __name__ == "__main__":
    began = time.perf_counter()
    last = write_log(Path(sys.argv[1]), "bench", int(sys.argv[2]))
    print(f"{last} lines in {time.perf_counter() - began:.1f} s")
