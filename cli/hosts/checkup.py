"""What `evt doctor` looks at in the log and around it: would a chat be able to work here?

A finding is {level: ok|warning|error, code, message, remedy}; an error would stop a chat or lose
its work.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from time import perf_counter
from typing import Any

from evt.cli.hosts.ignoring import hiding
from evt.eventlog.clock import now_us, us
from evt.eventlog.errors import EvtError
from evt.eventlog.log.discovery import main_work_tree, work_tree
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout, exists
from evt.eventlog.log.verify import verify
from evt.eventlog.state import State

Finding = dict[str, Any]
NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph")
ROOM = 100 << 20  # bytes that should be free
STALE = 24 * 3600 * 1_000_000  # microseconds without a word


def finding(level: str, code: str, message: str, remedy: str = "") -> Finding:
    """One finding; whatever is not ok has a remedy."""
    return {"level": level, "code": code, "message": message, "remedy": remedy}


def ok(code: str, message: str) -> Finding:
    """A finding that is none."""
    return finding("ok", code, message)


def of_log(folder: str) -> Iterator[Finding]:
    """Everything about the log itself."""
    if not exists(folder):
        yield finding("error", "no_log", f"there is no log at {folder}", "evt init --project NAME")
        return
    yield from _sound(folder)
    yield from _ignored(folder)
    yield from _private(folder)
    yield from _writable(folder)
    yield from _disk(folder)
    yield from _tree(folder)


def _sound(folder: str) -> Iterator[Finding]:
    layout = Layout(folder)
    if os.path.exists(layout.path("poisoned")):
        yield finding("error", "poisoned", "a write was not synced; nothing is appended",
                      "evt repair")  # fmt: skip
    try:
        state = FileLog(layout).state()
        wrong = verify(layout, None, lambda _: None)["findings"]
    except EvtError as error:
        yield finding("error", error.code, error.message, error.hint or "evt verify")
        return
    for item in wrong:
        if item["code"] != "tail":  # what a killed writer left; the next one heals it
            yield finding("error", "damaged", item["message"], "evt verify  and  evt repair")
    if state.head["newer"]:
        yield finding("error", "newer", "the log was written by a newer evt; this one only reads",
                      "pip install --upgrade evtlog")  # fmt: skip
    if state.head["anomalies"]:
        said = f"{state.head['anomalies']} contradictions in the log"
        yield finding("warning", "anomalies", said, "evt verify")
    yield ok("log", f"{state.sequence} events in {folder}")
    yield from _names(state)


def _names(state: State) -> Iterator[Finding]:
    """Names that nobody has used for a day, and tasks that dead chats hold."""
    now = now_us()
    for name, (_, time) in state.head["seen"].items():
        if now - us(time) > STALE:
            yield finding("warning", "stale_name", f"{name} joined and was last heard {time}",
                          f"evt leave --as {name}")  # fmt: skip
    late = [
        f"{task} ({entry['worker']})"
        for task, entry in state.head["live"].items()
        if entry["until"] < state.log_us + now - state.clock_us
    ]
    if late and not state.head["paused"]:
        yield finding("warning", "late", f"leases are over: {', '.join(late[:5])}", "evt sweep")


def _ignored(folder: str) -> Iterator[Finding]:
    try:
        with open(os.path.join(folder, ".gitignore"), encoding="utf-8") as file:
            ignores = "*" in file.read().split()
    except OSError:
        ignores = False
    if not ignores:
        yield finding("error", "not_ignored", "git would commit the log: .evt/.gitignore lacks *",
                      f"printf '*\\n' > {os.path.join(folder, '.gitignore')}")  # fmt: skip
    root = os.path.dirname(folder)
    tracked = run_quietly(["git", "ls-files", "--", os.path.basename(folder)], root)
    if tracked:
        yield finding("error", "tracked", "files of the log are tracked by git",
                      "git rm -r --cached .evt")  # fmt: skip
    yield from _hidden(root, folder)


def _hidden(root: str, folder: str) -> Iterator[Finding]:
    """Does a .cursorignore keep sandboxed commands from the log?"""
    try:
        with open(os.path.join(root, ".cursorignore"), encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return
    for inner in ("log/0000000000000001.jsonl", "lock", "cache/checkpoint"):
        line = hiding(text, f"{os.path.basename(folder)}/{inner}")
        if line is not None:
            said = f".cursorignore hides .evt/{inner.split('/')[0]} from sandboxed commands: {line}"
            yield finding("error", "hidden", said, "take this line out of .cursorignore")
            return


def run_quietly(words: list[str], folder: str, env: dict[str, str] | None = None) -> str | None:
    """What a program prints; None if it cannot be run or fails."""
    try:
        done = subprocess.run(
            words, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=20, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _private(folder: str) -> Iterator[Finding]:
    found = [folder, *(os.path.join(folder, name) for name in ("lock", "config.json"))]
    open_ones = [path for path in found if os.path.exists(path) and os.stat(path).st_mode & 0o077]
    if open_ones:
        yield finding("warning", "permissions", f"others may read {open_ones[0]}",
                      f"chmod -R go= {folder}")  # fmt: skip


def _writable(folder: str) -> Iterator[Finding]:
    """Inside a sandbox a folder may look writable and not be: only writing tells."""
    try:
        os.close(os.open(os.path.join(folder, "lock"), os.O_RDWR))
        os.makedirs(os.path.join(folder, "cache"), 0o700, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=os.path.join(folder, "cache")) as file:
            file.write(b"x" * 4096)
            file.flush()
            began = perf_counter()
            os.fdatasync(file.fileno())
            took = (perf_counter() - began) * 1000
    except OSError as error:
        yield finding("error", "not_writable", f"{folder} cannot be written: {error.strerror}",
                      "allow this folder in the sandbox of the chat, or make room")  # fmt: skip
        return
    yield ok("sync", f"the log is writable; a sync takes {took:.1f} ms")


def _disk(folder: str) -> Iterator[Finding]:
    kind = _file_system(folder)
    if kind in NETWORK:
        yield finding("warning", "network", f"the log is on {kind}: locks are not promised there",
                      "move the repository to a local disk")  # fmt: skip
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        yield finding("warning", "room", f"only {free >> 20} MiB are free", "make room on the disk")


def _file_system(folder: str) -> str:
    """Type of the file system of a folder, "" where nobody says."""
    try:
        with open("/proc/mounts", encoding="utf-8", errors="replace") as file:
            mounts = [line.split()[1:3] for line in file]
    except OSError:
        return ""
    real = os.path.realpath(folder)
    fits = [(point, kind) for point, kind in mounts if real.startswith(point.rstrip("/") + "/")]
    return max(fits, key=lambda mount: len(mount[0]))[1] if fits else ""


def _tree(folder: str) -> Iterator[Finding]:
    here = work_tree(os.getcwd())
    main = main_work_tree(os.getcwd())
    if here is not None and main is not None and os.path.realpath(here) != os.path.realpath(main):
        yield ok("worktree", f"{here} is a linked work tree; the log is in {folder}")
