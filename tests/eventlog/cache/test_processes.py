"""Real processes: one that is killed while saving, and readers beside one that saves."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from evt.eventlog.cache.checkpoint import load, rows
from tests.conftest import ROOT
from tests.eventlog.cache.child import FOLD, content


def start(*args: str | Path) -> subprocess.Popen[str]:
    """Start a child and wait until it has loaded everything, if it is one that saves."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.eventlog.cache.child", *map(str, args)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if args[0] == "save":
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
    return child


def test_killed_while_saving(tmp_path: Path) -> None:
    """Given kill -9 at any moment, the file holds a whole version, and saving goes on from it."""
    path, last = tmp_path / "checkpoint", 0
    for kill in range(15):
        with start("save", path) as child:
            end = time.monotonic() + 5
            while load(str(path), FOLD) is None and time.monotonic() < end:
                time.sleep(0.001)
            time.sleep(0.003 * kill)  # the moment of the kill is the point, not an awaited event
            child.kill()
        checkpoint = load(str(path), FOLD)
        assert checkpoint is not None and checkpoint.sequence >= last
        last = checkpoint.sequence
        assert dict(rows(checkpoint)) == content(last)
    assert last > 100


def test_readers_beside_one_who_saves_and_compacts(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    with start("save", path) as saver:
        readers = [start("read", path, "150") for _ in range(2)]
        found = [reader.communicate(timeout=60) for reader in readers]
        saver.kill()
    assert [reader.returncode for reader in readers] == [0, 0], found
