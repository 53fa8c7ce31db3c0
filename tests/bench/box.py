"""Scratch repositories with a log of a given size in them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.bench.generate import WORKERS, write_log
from tests.bench.measure import BIN, clean

EVT = BIN / "evt"


def evt(repo: Path, *args: str, code: int | None = 0) -> str:
    """Run evt in a repository and return what it printed; another exit code raises."""
    done = subprocess.run(
        [EVT, *args], cwd=repo, env=clean(), capture_output=True, text=True, check=False
    )
    if code is not None and done.returncode != code:
        raise RuntimeError(f"evt {' '.join(args)} exited {done.returncode}: {done.stderr}")
    return done.stdout


def empty(folder: Path) -> Path:
    """Make a git repository with a fresh log and one joined worker; return its root."""
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    evt(folder, "init", "--project", "bench")
    evt(folder, "join", WORKERS[0])
    return folder


def with_history(folder: Path, events: int) -> Path:
    """Make a repository whose log has `events` events and whose checkpoint is up to date."""
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    evt(folder, "init")
    log = folder / ".evt" / "log"
    log_id = json.loads((folder / ".evt" / "config.json").read_text())["logId"]
    for part in (log, folder / ".evt" / "cache"):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
    write_log(log, log_id, events)
    evt(folder, "emit", "Noted", "--text", "folds the history once")
    return folder
