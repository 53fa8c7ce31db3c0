"""Exports for other tools: what each of them must be able to rely on."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evt.eventlog.errors import InvalidInput
from evt.projections.export_chrome import chrome_trace
from evt.projections.export_html import page
from evt.projections.export_svg import BARS_MAX
from evt.projections.export_tasks import BEGIN, END, tasks_md
from evt.projections.fold import Fold
from evt.projections.metrics import metrics
from evt.projections.timeline import states, timeline
from tests.conftest import often
from tests.projections.history import History
from tests.projections.randomly import allowed, anything
from tests.projections.story import eventful

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


def several() -> list[tuple[str, Fold]]:
    found = [("docs", eventful().fold())]
    for seed in range(8):
        fold = Fold()
        fold.apply(allowed(seed, 150))
        found.append(("p", fold))
    return found


SEVERAL = several()


def slices_are_apart(fold: Fold, name: str) -> None:
    """Slices of a lane that do not overlap, on lanes that have a name, as long as the attempt."""
    records = json.loads(chrome_trace(fold, name))["traceEvents"]
    lanes: dict[int, list[dict[str, Any]]] = {}
    for record in records:
        if record["ph"] == "X":
            assert record["dur"] >= 0
            lanes.setdefault(record["tid"], []).append(record)
    for slices in lanes.values():
        slices.sort(key=lambda s: (s["ts"], s["ts"] + s["dur"]))
        for one, other in itertools.pairwise(slices):
            assert one["ts"] + one["dur"] <= other["ts"]
    assert lanes.keys() <= {r["tid"] for r in records if r["name"] == "thread_name"}


@pytest.mark.parametrize("number", range(len(SEVERAL)))
def test_no_two_slices_of_a_lane_overlap(number: int) -> None:
    slices_are_apart(SEVERAL[number][1], SEVERAL[number][0])


@given(anything())
@settings(max_examples=often(100))
def test_no_two_slices_of_a_lane_overlap_whatever_happens(log: History) -> None:
    slices_are_apart(log.fold(), "p")


moments = st.lists(st.integers(0, 6), min_size=6, max_size=6).map(sorted)


@given(moments, st.sampled_from(("Completed", "TimedOut", "")), st.booleans())
def test_the_states_of_an_attempt_fill_it_without_a_gap_or_an_overlap(
    at: list[int], how: str, pushed: bool
) -> None:
    attempt = {
        "begin": at[0], "how": how, "last": at[4], "parked": [[at[1], at[2]]],
        "gaps": [[at[2], at[3], at[4]]], **({"first": at[1]} if pushed else {}),
    }  # fmt: skip
    pieces = states(attempt, at[5])
    edges = [at[0], *(edge for piece in pieces for edge in (piece["from"], piece["to"])), at[5]]
    assert edges == sorted(edges)
    assert edges[::2] == edges[1::2]


def test_a_question_that_takes_no_log_time_is_no_piece_of_its_own() -> None:
    # asked and answered while the project was paused, 10 s after the Assigned
    log = History().project().join(0, "A").tasks(0, "t1")
    log.claim(0, "A", "t1")
    log.at(10, "ProjectPaused", "p", by="engineer")
    log.ask(20, "A", "t1", "q1")
    log.answer(30, "t1", "q1")
    log.at(40, "ProjectResumed", "p", by="engineer")
    log.done(50, "A", "t1")
    fold = log.fold()
    slices_are_apart(fold, "p")
    bar = timeline(fold, "p")["workers"][0]["bars"][0]
    assert sum(piece["to"] - piece["from"] for piece in bar["states"]) == 20_000_000


def test_questions_are_instants_and_dependencies_are_flows() -> None:
    records = json.loads(chrome_trace(SEVERAL[0][1], "docs"))["traceEvents"]
    instants = [r for r in records if r["ph"] == "i"]
    assert [r["name"] for r in instants] == ["task-005: blocked", "task-003: conflict"]
    flows = {(r["ph"], r["id"]): r for r in records if r["ph"] in ("s", "f")}
    assert flows.keys() == {("s", 1), ("f", 1)}  # task-003 needs task-001; task-004 never began
    for record in flows.values():
        inside = [
            s["name"] for s in records if s["ph"] == "X" and s["tid"] == record["tid"]
            and s["ts"] <= record["ts"] < s["ts"] + s["dur"]
        ]  # fmt: skip
        assert len(inside) == 1


class Page(HTMLParser):
    """The tags of a page, its texts, and what it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [str(value) for key, value in attrs if key in ("src", "href")]
        assert not any(key.startswith("on") for key, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page_is_self_contained_and_text_stays_text() -> None:
    name, fold = SEVERAL[0]
    text = page(fold, metrics(fold, name))
    seen = Page(text)
    assert "script" not in seen.tags
    assert seen.loads == []
    assert "url(" not in text.replace("url(#hatch)", "")
    assert any("<script>alert(1)</script>" in data for data in seen.texts)
    assert not set(text) & {"\u202e", "\x1b"}


def test_a_huge_project_is_not_drawn_whole() -> None:
    log = History().project().join(0, "A")
    names = [f"t{number}" for number in range(BARS_MAX + 5)]
    log.tasks(0, *names)
    for number, name in enumerate(names):
        log.claim(number, "A", name)
        log.done(number + 0.5, "A", name)
    fold = log.fold()
    text = page(fold, metrics(fold))
    assert f"The first {BARS_MAX} of {BARS_MAX + 5} attempts are drawn." in text
    assert len(text) < 1_000_000


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium to look at the page with")
@pytest.mark.parametrize("scheme", [pytest.param(0, id="dark"), pytest.param(1, id="light")])
def test_a_browser_shows_the_page_without_a_complaint(scheme: int, tmp_path: Path) -> None:
    """Given the page, when Chromium draws it, then its console stays empty and its colours fit."""
    name, fold = SEVERAL[0]
    path = tmp_path / "page.html"
    path.write_text(page(fold, metrics(fold, name)), "utf-8")
    shot = tmp_path / "page.png"
    done = subprocess.run(
        [str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         f"--blink-settings=preferredColorScheme={scheme}", f"--user-data-dir={tmp_path / 'user'}",
         "--enable-logging=stderr", f"--screenshot={shot}", "--window-size=1000,900",
         path.as_uri()],
        capture_output=True, text=True, check=False, timeout=60,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []
    corner = first_pixel(shot)
    assert (max(corner) < 80) if scheme == 0 else (min(corner) > 200)


def first_pixel(shot: Path) -> tuple[int, int, int]:
    """The colour of the upper left corner of a PNG (8 bits, no interlace, as Chromium makes it)."""
    import zlib

    raw = shot.read_bytes()
    at, data = 8, b""
    while at < len(raw):
        size, kind = int.from_bytes(raw[at : at + 4]), raw[at + 4 : at + 8]
        data += raw[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    red, green, blue = zlib.decompress(data)[1:4]  # the first pixel of a line has no filter to undo
    return red, green, blue


FOLD = SEVERAL[0][1]
pieces = st.sampled_from(
    [
        b"",
        b"# Tasks",
        b"\n",
        b"\r\n",
        b"- [ ] mine",
        b"\xff\xfe",
        b" ",
        b"<!-- x -->",
        "日本".encode(),
    ]
)


@given(st.lists(pieces), st.lists(pieces))
def test_the_rest_of_the_file_stays_byte_for_byte(before: list[bytes], after: list[bytes]) -> None:
    head, tail = b"".join(before), b"".join(after)
    made = tasks_md(head, FOLD, "docs")
    assert made.startswith(head)
    assert tasks_md(made, FOLD, "docs") == made
    moved = head + BEGIN + b"anything\nold" + END + tail
    found = tasks_md(moved, FOLD, "docs")
    start, end = found.index(BEGIN), found.index(END) + len(END)
    assert (found[:start], found[end:]) == (head, tail)
    newline = b"\r\n" if b"\r\n" in moved else b"\n"
    block = tasks_md(b"", FOLD, "docs").rstrip(b"\n").replace(b"\n", newline)
    assert found[start:end] == block


@pytest.mark.parametrize(
    "break_it",
    [
        pytest.param(lambda text: text.replace(END, b""), id="no end"),
        pytest.param(lambda text: text.replace(BEGIN, b""), id="no begin"),
        pytest.param(lambda text: text + text, id="twice"),
        pytest.param(lambda text: END + b"\n" + BEGIN, id="the wrong way round"),
    ],
)
def test_half_a_block_is_not_guessed_at(break_it: Callable[[bytes], bytes]) -> None:
    with pytest.raises(InvalidInput):
        tasks_md(break_it(tasks_md(b"# Mine\n", FOLD, "docs")), FOLD, "docs")
