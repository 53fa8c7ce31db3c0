"""Whatever a host sends and whatever state the log is in: one JSON object, exit 0, in time."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evt.eventlog.line import Event, encode
from tests.conftest import EVT_BIN, Evt, evt_environment
from tests.hosts.host import Chat, all_recorded, events, recorded

SECONDS = 0.3


def call(
    repo: Path, home: Path, host: str, event: str, raw: bytes, limit: int | None = None
) -> tuple[bytes, float]:
    """Run the hook on raw bytes; return what it printed and how long it took."""

    def small_disk() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    began = time.perf_counter()
    done = subprocess.run(
        [EVT_BIN, "hook", host, event], cwd=repo, input=raw, capture_output=True, check=False,
        env=environment(home, limit), timeout=30, preexec_fn=small_disk,
    )  # fmt: skip
    took = time.perf_counter() - began
    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), dict)
    assert done.stdout.count(b"\n") == 1
    return done.stdout, took


def environment(home: Path, limit: int | None) -> dict[str, str]:
    """Return the hook's environment; on a full disk Python itself must not write compiled files."""
    env = evt_environment(home) | {"EVT_HOOK_WAIT": "0"}
    return env if limit is None else env | {"PYTHONDONTWRITEBYTECODE": "1"}


def odd(good: bytes) -> dict[str, bytes]:
    """Return payloads that are not what they should be."""
    return {
        "empty": b"",
        "space": b" \n",
        "bom": b"\xef\xbb\xbf" + good,
        "cut": good[: len(good) // 2],
        "garbage": b"\x00\xff\xfe{",
        "list": b"[1,2]",
        "text": b'"stop"',
        "no_session": b'{"hook_event_name":"stop"}',
        "odd_kinds": b'{"conversation_id":7,"workspace_roots":{},"tool_input":[],"prompt":null}',
        "null_session": b'{"conversation_id":null,"session_id":"","status":[]}',
        "deep": b'{"conversation_id":"worker","a":' + b"[" * 5000 + b"]" * 5000 + b"}",
        "huge": good[:-2] + b',"more":"' + b"x" * (6 << 20) + b'"}',
        "surrogate": good[:-2] + b',"more":"\\ud800"}',
        "not_utf8": good[:-2] + b',"more":"\xff"}',
    }


@pytest.mark.parametrize("event", ["stop", "postToolUse", "beforeSubmitPrompt", "afterFileEdit"])
def test_odd_payloads_are_answered(event: str, busy: Chat, tmp_path: Path) -> None:
    good = json.dumps(recorded("cursor", event) | {
        "conversation_id": "worker", "workspace_roots": [str(busy.repo)]}).encode()  # fmt: skip
    for name, raw in odd(good).items():
        out, _ = call(busy.repo, tmp_path, "cursor", event, raw)
        assert out == b"{}\n" or name in ("bom", "surrogate"), name


@pytest.mark.parametrize(("host", "event"), all_recorded())
def test_every_recorded_payload_is_answered(
    host: str, event: str, busy: Chat, tmp_path: Path
) -> None:
    payload = recorded(host, event)
    for key in ("conversation_id", "session_id"):
        if key in payload:
            payload[key] = "worker"
    call(busy.repo, tmp_path, host, event, json.dumps(payload).encode())


@pytest.mark.parametrize(
    "args",
    [["cursor", "futureEvent"], ["cursor", "STOP"], ["cursor"], ["emacs", "stop"], [],
     ["cursor", ""], ["", "stop"], ["cursor", "stop", "x"], ["cursor", "stop", "--loop"],
     ["cursor", "stop", "--as"], ["cursor", "stop", "--as", ""], ["cursor", "st\udcffop"]],
)  # fmt: skip
def test_unknown_hosts_and_events_and_wrong_arguments_are_answered(
    args: list[str], repo: Path, tmp_path: Path
) -> None:
    """Given a call that means nothing, then the chat is not denied what it was doing (exit 2)."""
    done = subprocess.run(
        [EVT_BIN, "hook", *args], cwd=repo, input=b"{}", capture_output=True,
        env=evt_environment(tmp_path), check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, b"{}\n")


@contextmanager
def locked(repo: Path) -> Iterator[None]:
    with (repo / ".evt" / "lock").open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def missing(repo: Path) -> Iterator[None]:
    shutil.rmtree(repo / ".evt")
    yield


@contextmanager
def without_segment(repo: Path) -> Iterator[None]:
    (repo / ".evt" / "log" / "0000000000000001.jsonl").unlink()
    yield


@contextmanager
def corrupt(repo: Path) -> Iterator[None]:
    segment = repo / ".evt" / "log" / "0000000000000001.jsonl"
    lines = segment.read_bytes().split(b"\n")
    lines[1] = lines[1][:-20] + b'"changed by hand"}}}'
    segment.write_bytes(b"\n".join(lines))
    shutil.rmtree(repo / ".evt" / "cache" / "checkpoint", ignore_errors=True)
    yield


@contextmanager
def newer(repo: Path) -> Iterator[None]:
    segment = repo / ".evt" / "log" / "0000000000000001.jsonl"
    last = segment.read_bytes().splitlines()[-1]
    stored = json.loads(last)
    event = Event("an-id", "FromTheFuture", "evt", {})
    event.time, event.sequence = stored["time"], int(stored["sequence"]) + 1
    event.critical = True
    from evt.eventlog.digest import sha256_hex

    log_id = stored["source"].removeprefix("/evt/")
    with segment.open("ab") as file:
        file.write(encode(event, log_id, sha256_hex(last)) + b"\n")
    yield


@contextmanager
def poisoned(repo: Path) -> Iterator[None]:
    (repo / ".evt" / "poisoned").write_text("{}")
    yield


@contextmanager
def garbled_cache(repo: Path) -> Iterator[None]:
    for path in (repo / ".evt" / "cache").rglob("*"):
        if path.is_file():
            path.write_bytes(b"\xff{not json")
    yield


BROKEN: list[Callable[[Path], object]] = [
    locked, missing, without_segment, corrupt, newer, poisoned, garbled_cache
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: one.__name__)
def test_a_broken_log_stops_no_chat(
    broken: Callable[[Path], object], busy: Chat, tmp_path: Path
) -> None:
    """Given a log in trouble, when hooks of a worker fire, then they say so in time, or nothing."""
    with broken(busy.repo):  # type: ignore[attr-defined]  # all of them are context managers
        for kind, event in (("pre", "preToolUse"), ("prompt", "beforeSubmitPrompt"),
                            ("stop", "stop"), ("start", "sessionStart")):  # fmt: skip
            raw = json.dumps(busy.payload(kind, generation_id=f"x-{kind}")).encode()
            call(busy.repo, tmp_path, "cursor", event, raw)


def test_a_full_disk_stops_no_chat(busy: Chat, evt: Evt, tmp_path: Path) -> None:
    """Given a log that cannot grow by a byte, then hooks answer and the log is as it was."""
    segment = busy.repo / ".evt" / "log" / "0000000000000001.jsonl"
    before = segment.read_bytes()
    for kind, event in (
        ("pre", "preToolUse"),
        ("prompt", "beforeSubmitPrompt"),
        ("end", "sessionEnd"),
    ):
        raw = json.dumps(busy.payload(kind, generation_id="full")).encode()
        out, _ = call(busy.repo, tmp_path, "cursor", event, raw, limit=len(before))
        assert out == b"{}\n"
    assert segment.read_bytes() == before


@pytest.mark.parametrize("broken", [None, locked], ids=["healthy", "locked"])
def test_a_hook_ends_in_time(
    broken: Callable[[Path], object] | None, busy: Chat, tmp_path: Path
) -> None:
    """Given the best of five calls, then it is within 300 ms of an interpreter's own start."""
    raw = json.dumps(busy.payload("prompt", generation_id="t")).encode()
    nothing, hooks = [], []
    with broken(busy.repo) if broken else no_change():  # type: ignore[attr-defined]  # as above
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", "pass"], check=True)
            nothing.append(time.perf_counter() - began)
            hooks.append(call(busy.repo, tmp_path, "cursor", "beforeSubmitPrompt", raw)[1])
    assert min(hooks) - min(nothing) < SECONDS


@contextmanager
def no_change() -> Iterator[None]:
    yield


@pytest.mark.parametrize(
    ("given", "whole"),
    [(b"", False), (b'{"conversation_id":', False), (b"whole", True), (b"slow", True)],
    ids=["nothing", "half", "whole", "in-pieces"],
)
def test_a_stdin_that_nobody_closes_is_read_as_far_as_it_goes(
    given: bytes, whole: bool, busy: Chat, tmp_path: Path
) -> None:
    """Given a host that keeps stdin open, then a whole payload is answered, half a one with {}."""
    raw = json.dumps(busy.payload("stop")).encode()
    pieces = {b"whole": [raw], b"slow": [raw[:50], raw[50:]]}.get(given, [given])
    process = subprocess.Popen(
        [EVT_BIN, "hook", "cursor", "stop"], cwd=busy.repo, env=environment(tmp_path, None),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    for piece in pieces:
        process.stdin.write(piece)
        process.stdin.flush()
    began = time.perf_counter()
    answer = json.loads(process.stdout.read())
    assert process.wait(10) == 0
    process.communicate()
    assert ("followup_message" in answer) == whole
    assert time.perf_counter() - began < 5


def test_a_hook_that_computes_for_ever_gives_up(repo: Path, tmp_path: Path) -> None:
    """Given the deadline alone, when its process never stops computing, then it says {}."""
    code = "from evt.cli.hosts import deadline\ndeadline.start()\nwhile True: pass"
    done = subprocess.run(
        [sys.executable, "-c", code], env=evt_environment(tmp_path), capture_output=True,
        timeout=20, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, b"{}\n")


def test_a_wait_on_purpose_is_not_computing(repo: Path, tmp_path: Path) -> None:
    code = (
        "import signal, time\nfrom evt.cli.hosts import deadline\ndeadline.ALTOGETHER = 0.1\n"
        "deadline.start()\nwith deadline.paused():\n    signal.sigtimedwait([], 0.3)\n"
        "deadline.stop()\nprint('done')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=evt_environment(tmp_path), capture_output=True,
        timeout=20, check=False,
    )  # fmt: skip
    assert done.stdout == b"done\n"


def test_a_hook_killed_at_any_moment_leaves_a_sound_log(
    busy: Chat, evt: Evt, tmp_path: Path
) -> None:
    for number in range(12):
        process = subprocess.Popen(
            [EVT_BIN, "hook", "cursor", "beforeSubmitPrompt"], cwd=busy.repo,
            env=evt_environment(tmp_path), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(json.dumps(busy.payload("prompt", generation_id=f"k{number}")).encode())
        process.stdin.close()
        try:
            process.wait(0.01 * number)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
    evt("verify")
    ids = [event["id"] for event in events(evt, "Intervened")]
    assert len(ids) == len(set(ids))
