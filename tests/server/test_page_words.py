"""What the page says, in a real browser: whole, escaped, true at the moment that it shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evt.eventlog.clock import now_us
from tests.cli.support import opened
from tests.conftest import Evt
from tests.eventlog.log.logs import note
from tests.server.browser import CHROMIUM, Page, watch
from tests.server.conftest import Serve
from tests.server.serving import Served

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
TRICKS = "a\x1b[31mb\x07\u202ec\u2066d\u2028e\x85f"
WRITTEN_OUT = "a\\x1b[31mb\\x07\\u202ec\\u2066d\\u2028e\\x85f"
LONG = "The first reason. " + "It goes on for longer than one line of words may be. " * 6 + "End."
READ_ALOUD = ("title", "aria-label", "aria-valuetext", "placeholder")
# Everything that is on the page: its text, what is read aloud, the title of the tab.
ALL = f"""[document.title, document.documentElement.textContent,
  ...[...document.querySelectorAll("*")].flatMap(
    (node) => {list(READ_ALOUD)}.map((name) => node.getAttribute(name) ?? ""))].join("\\n")"""


@pytest.fixture
def served(log: Path, serve: Serve, evt: Evt, monkeypatch: pytest.MonkeyPatch) -> Served:
    """Return a server over a project whose texts are long, odd, or both."""
    policy = {"targets": {"intervention_ratio": 0.5}}
    data = json.dumps({"policy": policy})
    evt("emit", "ProjectStarted", "handbook", "--goal", TRICKS, "--data", data)
    soon = now_us() + 60_000_000
    with monkeypatch.context() as patch:
        patch.setattr("evt.eventlog.log.filelog.now_us", lambda: soon)
        opened(log).transact(note())  # a minute goes by
    for name in ("task-001", "task-002", "task-003"):
        evt("emit", "TaskCreated", name, "--description", f"{TRICKS} {name}")
    evt("join", "worker-A")
    evt("next", "--as", "worker-A")
    evt("emit", "Heartbeat", "task-001", "--note", "x" * 300, "--as", "worker-A")
    evt("emit", "Failed", "task-001", "--reason", LONG, "--as", "worker-A")
    evt("emit", "Noted", "task-001", "--text", f"{LONG} {TRICKS}")
    for name in ("task-002", "task-003"):
        evt("emit", "Escalated", name, "--question", f"{TRICKS} {name}?", "--as", "coordinator")
    return serve()


async def ready(page: Page, served: Served, width: int = 1440) -> None:
    await page.size(width, 900)
    await page.open(served.ready["link"])
    await page.until("document.querySelectorAll('.question').length === 2")
    await page.until("document.querySelector('fieldset')?.disabled === false")


async def slide(page: Page, moment: int) -> None:
    await page.ask(
        f"(() => {{ const s = document.querySelector('input[type=range]'); s.value = {moment};"
        " s.dispatchEvent(new Event('input')); })()"
    )
    await page.until(f"document.querySelector('.moment').innerText.includes('event {moment} of')")


async def story(page: Page, task: str) -> None:
    await page.ask(f"document.querySelector('[data-task={task}] button').click()")
    await page.until("document.querySelector('dialog').open")


def test_what_a_browser_would_obey_is_written_out(served: Served, tmp_path: Path) -> None:
    async def play(page: Page) -> None:
        await ready(page, served)
        await story(page, "task-001")
        await page.until(f"document.querySelector('dialog').innerText.includes({WRITTEN_OUT!r})")
        said = await page.ask(ALL)
        assert said.count(WRITTEN_OUT) >= 6  # goal, tasks, questions, story
        assert not set(TRICKS) - set(WRITTEN_OUT) & set(said)

    watch(play, tmp_path)


def test_a_story_is_whole_and_nothing_of_it_is_cut_off_on_a_phone(
    served: Served, tmp_path: Path
) -> None:
    async def play(page: Page) -> None:
        await ready(page, served, width=360)
        await story(page, "task-001")
        dialog = "document.querySelector('dialog')"
        assert await page.until(f"{dialog}.innerText.includes('one line of words may be. End.')")
        await page.picture(tmp_path / "story.png", full=False)
        assert await page.ask(f"{dialog}.scrollWidth <= {dialog}.clientWidth")

    watch(play, tmp_path)


def test_the_focus_goes_on_to_the_next_question(served: Served, tmp_path: Path) -> None:
    """Given two questions, when they are answered by keyboard, then the focus is at the second one,
    and after that at the heading."""

    async def play(page: Page) -> None:
        await ready(page, served)
        await page.ask("document.querySelector('textarea').focus()")
        for left in (1, 0):
            await page.type("Yes.")
            await page.key("Tab", 9)
            await page.key("Enter", 13, "\r")
            await page.until(f"document.querySelectorAll('.question').length === {left}")
            where = "textarea" if left else "#inbox"
            await page.until(f"document.activeElement.matches('{where}')")

    watch(play, tmp_path)


def test_the_figures_have_the_targets_of_the_project(served: Served, tmp_path: Path) -> None:
    async def play(page: Page) -> None:
        await ready(page, served)
        tile = "document.querySelector('.tile.interventions .more').innerText"
        assert await page.until(f"{tile}.includes('at most 50\\u00a0%')")
        asked = await page.ask("document.querySelector('.since').innerText")
        assert asked.startswith("asked by coordinator, ")
        assert all(part[:1] not in ("", " ") for part in asked.split(", "))

    watch(play, tmp_path)


def test_the_burn_up_of_a_moment_ends_with_it(served: Served, tmp_path: Path) -> None:
    """Given three tasks, when the moment of the second is shown, then the picture says two."""

    async def play(page: Page) -> None:
        await ready(page, served)
        most = "document.querySelector('.most').innerText"
        assert await page.ask(most) == "3"
        assert await page.ask("document.querySelector('.ends span:last-child').innerText") == "now"
        await slide(page, 4)
        await page.until(f"{most} === '2'")
        path = await page.ask("document.querySelector('.total-line').getAttribute('d')")
        assert float(path.rpartition("H")[2]) == pytest.approx(400)
        await overlap(page)
        await page.picture(tmp_path / "burnup.png")

    watch(play, tmp_path)


async def overlap(page: Page) -> None:
    """The number lies above the line that it belongs to."""
    found: Any = await page.ask(
        "['.most', '.total-line'].map((one) => document.querySelector(one).getBoundingClientRect())"
        ".map(({top, bottom}) => [top, bottom])"
    )
    assert found[0][1] <= found[1][0], found


def test_workers_that_do_not_fit_are_counted(serve: Serve, evt: Evt, tmp_path: Path) -> None:
    evt("init", "--project", "p")
    for _ in range(22):
        evt("join")
    served = serve()

    async def play(page: Page) -> None:
        await page.size(1440, 900)
        await page.open(served.ready["link"])
        below = "document.querySelector('.below').innerText"
        said = await page.until(f"/and \\d+ more workers below/.test({below}) && {below}")
        assert 0 < int(said.split()[1]) < 22
        await page.picture(tmp_path / "workers.png", full=False)
        await page.ask("document.querySelector('.lane-scroll').scrollTop = 10_000")
        await page.until(f"{below} === ''")

    watch(play, tmp_path)
