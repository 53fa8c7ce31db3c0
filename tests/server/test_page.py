"""The page in a real browser: how it looks, what it can be used with, who may act on it."""

from __future__ import annotations

import asyncio
import contextlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.conftest import Evt
from tests.server.browser import CHROMIUM, Page, watch
from tests.server.conftest import Serve
from tests.server.npm import module
from tests.server.serving import Served

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")


def test_it_looks_well_in_the_dark_and_by_day_and_on_a_phone(rich: Served, tmp_path: Path) -> None:
    """Given all sizes and both themes, then nothing is cut off sideways, and pictures are taken."""

    async def play(page: Page) -> None:
        await page.size(1440, 900)
        await page.open(rich.ready["link"])
        grounds = set()
        for width, height in ((360, 740), (768, 1024), (1440, 900), (3840, 2160)):
            for dark in (False, True):
                await page.size(width, height, dark)
                assert await page.shows("1 of 4")
                wide = await page.until("document.documentElement.scrollWidth")
                assert wide == width, (width, wide)
                await page.picture(tmp_path / f"{width}-{'dark' if dark else 'light'}.png")
                grounds.add(await page.ask("getComputedStyle(document.body).backgroundColor"))
        assert len(grounds) == 2
        await page.click("#theme")
        await page.until("document.documentElement.dataset.theme === 'light'")
        assert await page.ask("document.querySelectorAll('.asks b').length") == 0
        assert await page.shows("<b>Which?</b>")

    watch(play, tmp_path)


def test_the_keyboard_reaches_everything(rich: Served, tmp_path: Path) -> None:
    async def play(page: Page) -> None:
        await page.size(1440, 900)
        await page.open(rich.ready["link"])
        assert await page.shows("1 of 4")
        await page.key("/", 191, "/")
        await page.until("document.activeElement.type === 'search'")
        await page.type("task-001")
        await page.until("document.querySelectorAll('.rows li:not([hidden])').length === 1")
        await page.ask("document.querySelector('.rows button').focus()")
        await page.key("Enter", 13, "\r")
        await page.until("document.querySelector('dialog').open")
        for words in ("files_exist", "task-001.md", "all of it", "What happened"):
            assert await page.shows(words)
        await page.key("Escape", 27)
        await page.until("!document.querySelector('dialog').open")
        await page.ask("document.querySelector('.lane-name').focus()")
        await page.key("ArrowRight", 39)
        await page.until("document.getElementById('spoken').innerText.includes('task-003')")
        await page.key("ArrowLeft", 37)
        await page.until("document.getElementById('spoken').innerText.includes('task-001')")
        await page.key("Enter", 13)
        await page.until("document.querySelector('dialog').open")

    watch(play, tmp_path)


def test_axe_finds_nothing_serious(rich: Served, tmp_path: Path) -> None:
    """Given the page and an open task, by day and in the dark, then axe-core has no complaint."""
    source = (module("axe-core") / "axe.min.js").read_text()

    async def play(page: Page) -> None:
        await page.size(1440, 900)
        await page.open(rich.ready["link"])
        assert await page.shows("1 of 4")
        assert await page.shows("Keep measuring")
        await page.ask(source + ";0")
        for dark in (False, True):
            await page.size(1440, 900, dark)
            assert await violations(page) == []
            await page.ask("document.querySelector('.rows button').click()")
            await page.until("document.querySelector('dialog').open")
            assert await violations(page) == []
            await page.ask("document.querySelector('dialog').close()")

    watch(play, tmp_path)


async def violations(page: Page) -> list[Any]:
    found = await page.ask(
        "axe.run({resultTypes: ['violations']}).then((r) => r.violations.map("
        "(v) => [v.impact, v.id, v.nodes.map((n) => n.html).slice(0, 3)]))"
    )
    return [one for one in found if one[0] in ("serious", "critical")]


async def came(page: Page) -> bool:
    """Whether the page is there; asked in the middle of going there, it has no answer."""
    with contextlib.suppress(AssertionError):
        return bool(await page.ask("document.getElementById('link')?.innerText === 'live'"))
    return False


def test_a_link_on_another_site_opens_the_page(serve: Serve, evt: Evt, tmp_path: Path) -> None:
    """Given a server that requires the token, when its link is followed on another site, then the
    page opens, and so does a plain link later on."""
    evt("init", "--project", "handbook")
    served = serve("--require-token")
    address = ("127.0.0.1", 0)

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            links = (served.ready["link"], served.ready["url"])
            body = "".join(f'<a href="{link}">open</a><br>' for link in links).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body if self.path == "/" else b"")

        def log_message(self, *_: object) -> None: ...

    async def play(page: Page) -> None:
        await page.size(1440, 900)
        for place in ("1", "2"):
            await page.open(f"http://localhost:{elsewhere.server_port}/")
            await page.click(f"a:nth-of-type({place})")
            async with asyncio.timeout(20):
                while not await came(page):
                    pass
            assert await page.ask("location.pathname + location.search") == "/"

    with ThreadingHTTPServer(address, Elsewhere) as elsewhere:
        Thread(target=elsewhere.serve_forever, daemon=True).start()
        watch(play, tmp_path)
        elsewhere.shutdown()


def test_without_the_link_it_looks_but_does_not_act(rich: Served, tmp_path: Path) -> None:
    async def play(page: Page) -> None:
        await page.size(1440, 900)
        await page.open(rich.ready["url"])
        assert await page.shows("You can look, but not answer")
        assert await page.ask("document.querySelector('fieldset').disabled")
        await page.open(rich.ready["link"])
        await page.until("document.querySelector('fieldset')?.disabled === false")

    watch(play, tmp_path)
