"""The picture of the README: `python -m tests.server.picture docs/live-page.png`.

A real `evt demo` runs while the page watches; the picture is taken in the middle of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import EVT_BIN, evt_environment
from tests.server.browser import Page, watch

WIDTH, HEIGHT = 1100, 760
DONE = 6  # tasks that are done when the picture is taken
SECONDS = 60.0


def main(target: Path) -> int:
    """Take it; the files of the run go away again."""
    with tempfile.TemporaryDirectory(prefix="evt-picture-") as home:
        folder = Path(home) / "run"
        demo = _start(folder.parent, "demo", "--into", folder)
        end = time.monotonic() + SECONDS
        while not (folder / ".evt" / "log").exists() and time.monotonic() < end:
            time.sleep(0.01)  # a folder that is still to be made cannot be watched
        serve = _start(folder, "serve", "--port", "0", "--json")
        assert serve.stdout is not None
        link = json.loads(serve.stdout.readline())["link"]

        async def play(page: Page) -> None:
            await page.size(WIDTH, HEIGHT)
            await page.open(link)
            await page.until(f"/\\b{DONE} of/.test(document.body.innerText)", SECONDS)
            await page.picture(target, full=False)

        try:
            watch(play, Path(home) / "chromium")
        finally:
            for process in (serve, demo):
                process.terminate()
                process.wait()
    return 0


def _start(folder: Path, *args: str | Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [EVT_BIN, *args], cwd=folder, env=evt_environment(folder), stdout=subprocess.PIPE
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
