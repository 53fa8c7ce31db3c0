"""`evt serve`: the live server and its page; one more reader, one more door, and nothing more."""

from __future__ import annotations

from evt.cli.args import Flag, Verb
from evt.eventlog.errors import LogIO, Refusal, Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call
    from evt.cli.server.place import Place

VERB = Verb(
    "serve",
    "the live page, and WebSockets for programs",
    flags=(
        Flag("port", "integer", "port on 127.0.0.1 (default 3100; 0: any free one)", "N"),
        Flag("open", "switch", "open the page in the browser"),
        Flag("detach", "switch", "leave it running and return; if it runs already, say where"),
        Flag("stop", "switch", "stop the one that runs"),
        Flag("run-commands", "switch", "let its gate run approved commands (evt trust)"),
        Flag("require-token", "switch", "local programs need the token as well"),
    ),
    examples=(
        ("evt serve --open", "watch, answer and replay in the browser; Ctrl-C ends it"),
        ("evt serve --detach --port 0", "the same in the background, on any free port"),
        ("evt serve --stop", "stop it; nothing is lost"),
    ),
    notes="ends by itself 30 minutes after the last open project",
)
PORT, PORT_MAX = 3100, 65_535
FLAGS = ("run-commands", "require-token")
_UNKNOWN = "a server runs, but could not write down where and who it is: is the disk full?"
READY_SECONDS, STOP_SECONDS = 20.0, 15.0


def run(call: Call) -> int:
    """Serve, or start or stop a server in the background."""
    port = call.args.get("port", PORT)
    if not 0 <= port <= PORT_MAX:
        raise Usage(f"--port is a number from 0 to {PORT_MAX}", "evt serve --port 3100")
    if call.args.get("stop") and call.args.get("detach"):
        raise Usage("--stop and --detach exclude each other", "evt serve --stop")
    _must_be_installed()
    from evt.cli.server.place import Place

    place = Place(call.log.layout)
    if call.args.get("stop"):
        return _stop(call, place)
    if call.args.get("detach"):
        return _detach(call, place, port)
    return _serve(call, place, port)


def _must_be_installed() -> None:
    try:
        import aiohttp  # noqa: F401  only whether it is there
    except ImportError:
        raise Usage("evt serve needs the extra `serve`", "pip install 'evtlog[serve]'") from None


def _serve(call: Call, place: Place, port: int) -> int:
    import asyncio
    import os

    os.chdir(call.log.layout.root)  # files are those of the main work tree, wherever this began
    if not place.hold():
        found = place.running() or {}
        where = f" at {found['url']} (pid {found['pid']})" if found else ""
        raise Refusal(4, "wrong_state", f"a server of this log runs already{where}",
                      "evt serve --detach  (its link)  or: evt serve --stop")  # fmt: skip
    return asyncio.run(_served(call, place, port))


async def _served(call: Call, place: Place, port: int) -> int:
    import asyncio
    import signal

    from evt.cli.output import OutputGone
    from evt.cli.server.live import Live

    live = Live(
        call.log.layout,
        place,
        run_commands=call.args.get("run_commands", False),
        require_token=call.args.get("require_token", False),
    )
    ready = await live.start(port)
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(one, live.end, "it was asked to")
    try:
        _say_ready(call, ready)
    except OutputGone:
        if not _is_detached():  # else whoever started it is gone, and finds it again
            raise
    reason = await live.over()
    await live.stop(reason)
    return 0


def _is_detached() -> bool:
    import os

    return os.getsid(0) == os.getpid()


def _say_ready(call: Call, ready: dict[str, Any]) -> None:
    how = f" (read-only: {ready['readOnly']})" if ready.get("readOnly") else ""
    call.answer(ready, f"evt serve: {ready['link']}{how}")
    if call.args.get("open"):
        import webbrowser

        webbrowser.open(ready["link"])


def _detach(call: Call, place: Place, port: int) -> int:
    """Start one unless it runs; two that are started at once are one."""
    from time import monotonic, sleep

    end = monotonic() + READY_SECONDS
    while monotonic() < end:
        ready = None if place.is_held() else _started(call, place, port, end)
        if ready is not None:
            _say_ready(call, ready)
            return 0
        found = place.running()
        link = _new_link(place, found) if found else None
        if found and link:
            _must_be_as_asked(call, found.pop("flags", []))
            _say_ready(call, {**found, "link": link, "readOnly": None})
            return 0
        sleep(0.02)
    raise LogIO(_UNKNOWN, "make room and ask again")


def _started(call: Call, place: Place, port: int, end: float) -> dict[str, Any] | None:
    """The ready line of a server in the background; None if another one was faster.

    It comes through a pipe, which a full disk does not matter to.
    """
    import select
    from time import monotonic

    from evt.eventlog.errors import InvalidInput
    from evt.eventlog.rawjson import loads_tolerant

    stdout = _spawn(call, place, port).stdout
    if not select.select([stdout], [], [], max(0.0, end - monotonic()))[0]:
        raise LogIO("the server does not get ready", f"see {place.log}")
    try:
        said: dict[str, Any] = loads_tolerant(stdout.readline())
        error = said.get("error")
    except (InvalidInput, AttributeError):
        raise LogIO("the server ended before it was ready", f"see {place.log}") from None
    if error is None:
        return said
    if error["code"] == "wrong_state":
        return None
    raise Refusal(error["exit"], error["code"], error["message"], error.get("hint", ""))


def _flags(call: Call) -> list[str]:
    """What the server is to be like."""
    return [name for name in FLAGS if call.args.get(name.replace("-", "_"))]


def _must_be_as_asked(call: Call, running: list[str]) -> None:
    """A flag that the one that runs does not have would not be in force."""
    for name in _flags(call):
        if name not in running:
            raise Refusal(4, "wrong_state",
                          f"the server that runs runs without --{name}: evt serve --stop first",
                          "evt serve --stop")  # fmt: skip


def _spawn(call: Call, place: Place, port: int) -> Any:
    import os
    import subprocess
    import sys

    descriptor = os.open(
        place.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
    )
    try:
        code = "from evt.cli.main import entry; entry()"
        return subprocess.Popen(
            [sys.executable, "-c", code, "serve", "--json", f"--port={port}",
             *(f"--{name}" for name in _flags(call))],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=descriptor,
            start_new_session=True, env={**os.environ, "EVT_DIR": call.log.layout.folder},
        )  # fmt: skip
    finally:
        os.close(descriptor)


def _new_link(place: Place, found: dict[str, Any]) -> str | None:
    """Ask the server that runs for a one-time link; None if it is just starting or ending."""
    import json
    from urllib.request import ProxyHandler, Request, build_opener

    asked = Request(
        f"{found['url']}/api/link", b"{}",
        {"Content-Type": "application/json", "Authorization": f"Bearer {place.token()}"},
    )  # fmt: skip
    try:
        with build_opener(ProxyHandler({})).open(asked, timeout=5) as answer:
            return str(json.load(answer)["link"])
    except (OSError, KeyError, ValueError):  # URLError is an OSError
        return None


def _stop(call: Call, place: Place) -> int:
    """Ask the one that runs to end, and wait until it has."""
    import os
    import signal
    from time import monotonic, sleep

    end = monotonic() + STOP_SECONDS
    while (found := place.running()) is None and place.is_held():  # it is just starting
        if monotonic() >= end:
            raise LogIO(_UNKNOWN, "make room and ask again")
        sleep(0.02)
    if found is None:
        call.answer({"stopped": False, "pid": None}, "no server runs")
        return 0
    pid = int(found["pid"])
    if pid > 1:
        os.kill(pid, signal.SIGTERM)
    while place.is_held():
        if monotonic() >= end:
            raise LogIO(f"the server (pid {pid}) does not stop", f"kill -9 {pid}")
        sleep(0.02)
    call.answer({"stopped": True, "pid": pid}, f"stopped (pid {pid})")
    return 0
