"""How a server comes and goes: one per log, found again, stopped, and never missed by anybody."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evt.cli.server.place import Place
from evt.eventlog.log.layout import Layout
from tests.conftest import EVT_BIN, Evt, evt_environment
from tests.server.conftest import Serve
from tests.server.serving import Served, peer

IN_A_BOX = ["unshare", "--user", "--map-root-user", "--net"]  # a network without loopback


def types(evt: Evt) -> list[str]:
    return [json.loads(line)["type"] for line in evt("log", "--json").out.splitlines()]


def test_the_ready_line_says_where_and_who(serve: Serve, evt: Evt) -> None:
    served = serve()
    assert served.ready["url"] == f"http://127.0.0.1:{served.port}"
    assert served.ready["pid"] == served.process.pid
    assert evt("status", "--json").json["server"] == {"host": "127.0.0.1", "port": served.port}
    assert served.stop() == 0
    assert types(evt) == ["ServerStarted", "ServerStopped"]
    assert evt("status", "--json").json["server"] is None


def test_a_second_server_of_the_same_log_is_refused(serve: Serve, evt: Evt) -> None:
    served = serve()
    refused = evt("serve", "--port", "0", check=4)
    assert served.ready["url"] in refused.err


def test_a_server_in_the_background_is_one_however_often_it_is_asked_for(
    log: Path, evt: Evt
) -> None:
    """Given three calls at once and one more, then there is one server, and it stops."""
    calls = [
        subprocess.Popen(
            [EVT_BIN, "serve", "--detach", "--json", "--port", "0"],
            cwd=log, env=evt_environment(log.parent), stdout=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    found = [json.loads(call.communicate(timeout=30)[0]) for call in calls]
    again = evt("serve", "--detach", "--json").json
    assert len({ready["pid"] for ready in [*found, again]}) == 1
    assert len({ready["link"] for ready in [*found, again]}) == 4
    stopped = evt("serve", "--stop", "--json").json
    assert stopped == {"stopped": True, "pid": again["pid"]}
    assert evt("serve", "--stop", "--json").json == {"stopped": False, "pid": None}
    assert types(evt) == ["ServerStarted", "ServerStopped"]


def test_a_server_that_runs_is_not_taken_for_a_stricter_or_a_bolder_one(
    serve: Serve, evt: Evt
) -> None:
    """Given a server without flags, when one with them is asked for, then that is refused; whoever
    only wants a link gets it from whatever runs."""
    first = serve()
    for flag in ("--require-token", "--run-commands"):
        refused = evt("serve", "--detach", flag, check=4)
        assert f"runs without {flag}: evt serve --stop first" in refused.err
    first.stop()
    second = serve("--require-token")
    for flags in ((), ("--require-token",)):
        found = evt("serve", "--detach", "--json", *flags).json
        assert found["pid"] == second.ready["pid"]
        assert set(found) == {"url", "port", "pid", "link", "readOnly"}


def test_a_killed_server_leaves_nothing_in_the_way(serve: Serve, evt: Evt) -> None:
    first = serve()
    first.kill()
    assert evt("serve", "--stop").out == "no server runs\n"
    second = serve(port=first.port)
    assert second.token == first.token  # an open page goes on
    assert second.ask("GET", "/api/now")[0] == 200


def test_one_in_the_background_is_not_taken_for_the_killed_one_before_it(
    serve: Serve, log: Path, evt: Evt
) -> None:
    """Given what a killed server left, when one starts on its port, then it says its own facts."""
    first = serve()
    first.kill()
    port = str(first.port)
    second = evt("serve", "--detach", "--json", "--require-token", "--port", port).json
    assert second["pid"] != first.process.pid
    assert evt("serve", "--detach", "--json", "--require-token").json["pid"] == second["pid"]
    os.kill(second["pid"], signal.SIGKILL)
    place = Place(Layout(str(log / ".evt")))
    while not place.hold():  # until the kernel has let go
        pass
    assert place.running() is None
    place.release()


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs prlimit of Linux")
def test_one_in_the_background_starts_on_a_full_disk(log: Path, evt: Evt, tmp_path: Path) -> None:
    """Given no room for any file, then it serves read-only and leaves no half files behind; as soon
    as there is room it can be found and stopped."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ready = json.loads(
        subprocess.run(
            [EVT_BIN, "serve", "--detach", "--json", "--port=0"], cwd=log,
            env=evt_environment(tmp_path), capture_output=True, check=True, timeout=60,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1])),
        ).stdout
    )  # fmt: skip
    assert "File too large" in ready["readOnly"]
    assert not list((log / ".evt/cache").glob("*.tmp"))
    resource.prlimit(ready["pid"], resource.RLIMIT_FSIZE, limits)
    assert evt("serve", "--stop", "--json").json == {"stopped": True, "pid": ready["pid"]}


def test_a_port_that_is_taken_is_named(
    log: Path, repo: Path, serve: Serve, evt: Evt, tmp_path: Path
) -> None:
    port = str(serve().port)
    other = Path(shutil.copytree(repo, tmp_path / "other", ignore=shutil.ignore_patterns(".evt")))
    evt("init", cwd=other)
    for flags in ((), ("--detach",)):
        refused = evt("serve", "--port", port, *flags, cwd=other, check=2)
        assert f"port {port} is taken" in refused.err


def test_where_loopback_is_forbidden_it_says_so_and_that_nothing_depends_on_it(
    log: Path, evt: Evt, tmp_path: Path
) -> None:
    if not shutil.which("unshare") or subprocess.run([*IN_A_BOX, "true"], check=False).returncode:
        pytest.skip("no network namespaces here")
    for flags in ((), ("--detach",)):
        done = subprocess.run(
            [*IN_A_BOX, EVT_BIN, "serve", "--json", *flags], cwd=log,
            env=evt_environment(tmp_path), capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        error = json.loads(done.stdout)["error"]
        assert (done.returncode, error["code"]) == (1, "io")
        assert "loopback is forbidden here" in error["message"]
        assert "Nothing else depends on it" in error["message"]
    assert types(evt) == []


def test_it_ends_by_itself_some_time_after_the_last_open_project(
    log: Path, evt: Evt, tmp_path: Path
) -> None:
    """Given a server that outlives a project for 1 s, when the project ends, then it does too."""
    evt("init", "--project", "p")
    code = (
        "import asyncio, sys\n"
        "from evt.cli.server.live import Live\n"
        "from evt.cli.server.place import Place\n"
        "from evt.eventlog.log.layout import Layout\n"
        "async def main():\n"
        "    layout = Layout(sys.argv[1])\n"
        "    place = Place(layout)\n"
        "    place.hold()\n"
        "    live = Live(layout, place, idle_seconds=1.0)\n"
        "    print(await live.start(0), flush=True)\n"
        "    await live.stop(await live.over())\n"
        "asyncio.run(main())\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(log / ".evt")],
        env=evt_environment(tmp_path), stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1.6)
    evt("emit", "ProjectEnded", "--outcome", "abandoned")
    assert process.wait(20) == 0
    assert types(evt)[-1] == "ServerStopped"


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs prlimit of Linux")
def test_a_full_disk_makes_it_read_only_until_there_is_room_again(
    log: Path, serve: Serve, evt: Evt
) -> None:
    """Given no room for the log, when a client writes, then it is told; reading goes on."""
    evt("init", "--project", "p")
    evt("emit", "TaskCreated", "task-001", "--description", "d")
    evt("emit", "Escalated", "task-001", "--question", "Which?")
    served = serve()
    data = {"action": "resume", "answer": "x" * 2000}
    answer_it = {"type": "Resolved", "subject": "task-001", "data": data}
    size = (log / ".evt/log/0000000000000001.jsonl").stat().st_size
    before = resource.prlimit(served.ready["pid"], resource.RLIMIT_FSIZE)
    resource.prlimit(served.ready["pid"], resource.RLIMIT_FSIZE, (size + 500, before[1]))
    status, _, answer = served.ask("POST", "/api/commands", answer_it, served.token)
    assert (status, answer["error"]["code"]) == (503, "io")
    assert "nothing stored" in answer["error"]["message"]
    assert "File too large" in served.ask("GET", "/api/now")[2]["server"]["trouble"]

    async def play() -> None:
        async with peer(served) as client:
            await client.say("register", role="coordinator", projectId="p")
            assert (await client.hear())["type"] == "registered"
            await client.say("create_tasks", tasks=[{"id": "t", "type": "x", "description": "y"}])
            answer = await client.hear()
            if answer["type"] == "error":
                assert answer["code"] == "io"
            await client.say("subscribe")
            assert (await client.until("subscribed"))["after"] == 0

    asyncio.run(play())
    resource.prlimit(served.ready["pid"], resource.RLIMIT_FSIZE, before)
    assert served.ask("POST", "/api/commands", answer_it, served.token)[0] == 200
    for _ in range(100):
        if served.ask("GET", "/api/now")[2]["server"]["trouble"] is None:
            break
    else:
        raise AssertionError("it still says that it cannot write")
    assert evt("verify").code == 0


def test_it_serves_a_log_that_cannot_be_written_from_the_start(
    log: Path, evt: Evt, tmp_path: Path
) -> None:
    (log / ".evt" / "poisoned").write_text('{"sequence":1,"id":"x"}')
    process = subprocess.Popen(
        [EVT_BIN, "serve", "--json", "--port=0"], cwd=log, env=evt_environment(tmp_path),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    served = Served(process, log, json.loads(process.stdout.readline()), ())
    assert "a sync failed" in served.ready["readOnly"]
    assert served.ask("GET", "/api/status")[0] == 200
    assert served.stop() == 0
    assert b"read-only" in process.stderr.read()


def test_it_ends_when_its_log_goes_away(serve: Serve, log: Path) -> None:
    served = serve()
    shutil.move(log / ".evt", log / "gone")
    assert served.process.wait(20) == 0


def test_usage_is_checked_and_the_missing_extra_named(evt: Evt, log: Path, tmp_path: Path) -> None:
    assert "0 to 65535" in evt("serve", "--port", "70000", check=2).err
    assert "exclude" in evt("serve", "--stop", "--detach", check=2).err
    hidden = tmp_path / "hidden" / "aiohttp"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ImportError")
    path = f"{hidden.parent}{os.pathsep}{evt_environment(tmp_path)['PYTHONPATH']}"
    refused = evt("serve", env={"PYTHONPATH": path}, check=2)
    assert "pip install 'evtlog[serve]'" in refused.err


def test_interrupting_it_is_an_orderly_end(serve: Serve, evt: Evt) -> None:
    for one in (signal.SIGTERM, signal.SIGHUP):
        served = serve()
        served.process.send_signal(one)
        assert served.process.wait(20) == 0
    assert types(evt) == ["ServerStarted", "ServerStopped"] * 2
