"""What several tests of the command line need: the log as it lies there, many processes at once."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout
from tests.conftest import EVT_BIN, Evt, evt_environment


def raw(repo: Path) -> bytes:
    """Return the bytes of the whole log."""
    return b"".join(path.read_bytes() for path in sorted((repo / ".evt" / "log").glob("*.jsonl")))


def stored(repo: Path) -> list[dict[str, Any]]:
    """Return every event of the log as it is stored."""
    return [json.loads(line) for line in raw(repo).splitlines()]


def last(repo: Path) -> dict[str, Any]:
    """Return the last event of the log."""
    return stored(repo)[-1]


def opened(repo: Path) -> FileLog:
    """Open the log as a library does."""
    return FileLog(Layout(str(repo / ".evt")))


def documents(text: str) -> list[dict[str, Any]]:
    """Return the JSON documents of an output, one per line."""
    return [json.loads(line) for line in text.splitlines()]


def task(evt: Evt, name: str = "task-001", *flags: str) -> None:
    """Create a task."""
    evt("emit", "TaskCreated", name, "--description", f"do {name}", *flags)


def claimed(evt: Evt, name: str = "task-001", worker: str = "worker-A", *flags: str) -> None:
    """Create a task, join and claim it."""
    task(evt, name, *flags)
    evt("join", worker)
    evt("next", "--as", worker)


def environment(home: Path, more: Mapping[str, str] = {}) -> dict[str, str]:
    """Return the environment of a child that finds `evt` in its PATH."""
    env = evt_environment(home)
    return {**env, "PATH": f"{EVT_BIN.parent}{os.pathsep}{env['PATH']}", **more}


def shell(
    line: str,
    repo: Path,
    more: Mapping[str, str] = {},
) -> subprocess.CompletedProcess[str]:
    """Run one line of bash in the repository, as a person types it."""
    return subprocess.run(
        ["bash", "-c", line],
        cwd=repo,
        env=environment(repo.parent, more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@contextmanager
def background(*args: str, repo: Path) -> Iterator[subprocess.Popen[str]]:
    """Run evt beside the test; it is killed at the end if it is still there."""
    process = subprocess.Popen(
        [EVT_BIN, *args],
        cwd=repo,
        env=environment(repo.parent),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def at_once(calls: list[list[str]], repo: Path) -> list[tuple[int, str, str]]:
    """Run evt many times at the same moment; return exit code, stdout and stderr of each.

    The processes are there and wait for a line before any of them begins.
    """
    processes = [
        subprocess.Popen(
            ["sh", "-c", 'read go; exec "$0" "$@" </dev/null', str(EVT_BIN), *call],
            cwd=repo,
            env=environment(repo.parent),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for call in calls
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = [process.communicate(timeout=60) for process in processes]
    return [
        (process.returncode, out, err) for process, (out, err) in zip(processes, ended, strict=True)
    ]
