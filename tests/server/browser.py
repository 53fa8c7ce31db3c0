"""A headless Chromium, driven by its own protocol: open, ask, click, type, take pictures."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0", "--lang=en-GB",
)  # fmt: skip
SECONDS = 20.0
# Resolves when the expression is true, looking once per frame and at least every 50 ms.
UNTIL = """new Promise((done, failed) => {
  const end = performance.now() + %d;
  const look = () => {
    const found = (%s);
    if (found) done(found);
    else if (performance.now() > end) failed(new Error("never true: " + %s));
    else setTimeout(look, 16);
  };
  look();
})"""

# The middle of an element that is enabled and did not move since the last look.
PLACE = """(() => {
  const node = document.querySelector(%s);
  if (!node || node.matches(":disabled")) return null;
  node.scrollIntoView({block: "center"});
  const box = node.getBoundingClientRect();
  const place = [box.x + box.width / 2, box.y + box.height / 2];
  const still = String(window.lastPlace) === String(place);
  window.lastPlace = place;
  return box.width && still ? place : null;
})()"""


class Page:
    """One tab. `complaints` are console errors, exceptions and requests that failed."""

    def __init__(self, socket: ClientConnection, session: str) -> None:
        self.complaints: list[str] = []
        self._socket = socket
        self._session = session
        self._number = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for text in self._socket:
            message = json.loads(text)
            answer = self._answers.pop(message.get("id", 0), None)
            if answer is not None and not answer.done():
                answer.set_result(message)
            self._hear(message.get("method"), message.get("params", {}))

    def _hear(self, method: str | None, facts: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            details = facts["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", str(details)))
        elif method == "Runtime.consoleAPICalled" and facts["type"] in ("error", "warning"):
            said = " ".join(str(one.get("value", one)) for one in facts["args"])
            self.complaints.append(said)
        elif method == "Log.entryAdded" and facts["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"{facts['entry']['text']} {facts['entry'].get('url', '')}")

    async def do(self, method: str, **params: Any) -> Any:
        """One command of the protocol."""
        self._number += 1
        answer = self._answers[self._number] = asyncio.get_running_loop().create_future()
        await self._socket.send(
            json.dumps({"id": self._number, "method": method, "params": params,
                        "sessionId": self._session})
        )  # fmt: skip
        message = await asyncio.wait_for(answer, SECONDS + 10)
        assert "error" not in message, (method, message)
        return message["result"]

    async def size(self, width: int, height: int, dark: bool = False, scale: float = 1) -> None:
        """The size of the window, and whether the system is dark."""
        await self.do(
            "Emulation.setDeviceMetricsOverride", width=width, height=height,
            deviceScaleFactor=scale, mobile=width < 500,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.do("Emulation.setEmulatedMedia", features=[scheme])

    async def open(self, url: str) -> None:
        """Go there."""
        await self.do("Page.navigate", url=url)
        await self.until("document.readyState === 'complete'")

    async def ask(self, expression: str) -> Any:
        """The value of an expression, promises awaited."""
        found = await self.do(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True,
            userGesture=True,
        )  # fmt: skip
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    async def until(self, expression: str, seconds: float = SECONDS) -> Any:
        """Wait until an expression is true; its value."""
        return await self.ask(UNTIL % (seconds * 1000, expression, json.dumps(expression)))

    async def shows(self, words: str) -> bool:
        """Wait until a text can be read."""
        return bool(await self.until(f"document.body.innerText.includes({json.dumps(words)})"))

    async def key(self, name: str, code: int = 0, text: str = "") -> None:
        """Press a key."""
        facts = {"key": name, "code": name, "windowsVirtualKeyCode": code, "text": text}
        for kind in ("keyDown", "keyUp"):
            await self.do("Input.dispatchKeyEvent", type=kind, **facts)

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        await self.do("Input.insertText", text=text)

    async def click(self, selector: str) -> None:
        """Click in the middle of an element, once it is enabled and stands still."""
        where = await self.until(PLACE % json.dumps(selector))
        for kind in ("mousePressed", "mouseReleased"):
            await self.do(
                "Input.dispatchMouseEvent", type=kind, x=where[0], y=where[1], button="left",
                clickCount=1,
            )  # fmt: skip

    async def picture(self, path: Path, full: bool = True) -> None:
        """A PNG of the page."""
        found = await self.do("Page.captureScreenshot", captureBeyondViewport=full)
        path.write_bytes(base64.b64decode(found["data"]))

    async def close(self) -> None:
        """Stop listening."""
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reading


@asynccontextmanager
async def browser(home: Path) -> AsyncIterator[Page]:
    """A browser with an empty profile and one tab."""
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, *FLAGS, f"--user-data-dir={home}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        url = await asyncio.wait_for(_debugger(process), SECONDS)
        async with connect(url, max_size=None, proxy=None) as socket:
            page = Page(socket, await _tab(socket))
            for domain in ("Page", "Runtime", "Log", "Network"):
                await page.do(f"{domain}.enable")
            yield page
            await page.close()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _debugger(process: asyncio.subprocess.Process) -> str:
    """Where the browser listens: it says so on stderr."""
    assert process.stderr is not None
    async for line in process.stderr:
        if b"DevTools listening on " in line:
            return line.split(b" on ", 1)[1].decode().strip()
    raise RuntimeError("Chromium did not start")


async def _tab(socket: ClientConnection) -> str:
    """Attach to the tab that is open; returns its session."""
    await socket.send('{"id":0,"method":"Target.getTargets"}')
    targets = json.loads(await socket.recv())["result"]["targetInfos"]
    target = next(one["targetId"] for one in targets if one["type"] == "page")
    attach = {"targetId": target, "flatten": True}
    await socket.send(json.dumps({"id": 0, "method": "Target.attachToTarget", "params": attach}))
    while "result" not in (answer := json.loads(await socket.recv())):
        pass
    return str(answer["result"]["sessionId"])


def watch(play: Callable[[Page], Awaitable[None]], home: Path) -> None:
    """Run something with a page; at the end nothing may have been complained about."""

    async def run() -> None:
        async with browser(home / "profile") as page:
            await play(page)
            assert page.complaints == []

    asyncio.run(run())
