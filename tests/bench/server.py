"""The live server under many listeners: how late an event comes, what memory it costs, the page."""

from __future__ import annotations

from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter

from tests.bench import box
from tests.bench.measure import Row, percentile
from tests.server.load import IDLE, SUBSCRIBERS, run
from tests.server.serving import Served, start

RATE = 20  # events per second
BYTES = 300


def rows(folder: Path, seconds: float, long: Path) -> list[Row]:
    """Measure `seconds` of load on an empty log, and the first look at the long one."""
    found = []
    repo = box.empty(folder / "served")
    served = start(repo, folder)
    try:
        load = run(served, seconds, RATE, BYTES)
    finally:
        served.stop()
    note = f"{SUBSCRIBERS} subscribers, {IDLE} idle sockets, {RATE} events/s, median"
    found.append(
        Row(
            "event to subscriber, p99", percentile(load.late_ms, 0.99), " ms", at_most=250, aim=50,
            note=f"{note} {percentile(load.late_ms, 0.5):.2g} ms",
        )
    )  # fmt: skip
    found.append(Row("the server's memory grows by", load.grown_mb, " MB", at_most=40, aim=10))
    found.append(_first_look(long, folder))
    return found


def _first_look(long: Path, folder: Path) -> Row:
    """How long the page waits for the last 50,000 events of a long log."""
    served = start(long, folder)
    try:
        head = box.open_log(long).head().sequence
        began = perf_counter()
        _read(served, head - 50_000, head)
        took = perf_counter() - began
    finally:
        served.stop()
    return Row("50,000 events to a new page", took, " s", at_most=5, aim=1, note="with words")


def _read(served: Served, after: int, head: int) -> None:
    """Follow the stream as the page does until an event comes."""
    connection = HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("GET", f"/api/events?words=1&after={after}")
    answer = connection.getresponse()
    end, text = b"id: %d\n" % head, b""
    while end not in text:
        text = text[-len(end) :] + answer.read1(1 << 16)
    connection.close()
