"""Packages of npm for tests, in a folder that all of them share; skips where there is none."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

VERSIONS = {"axe-core": "4", "ws": "8"}


def module(name: str) -> Path:
    """The folder of an installed package."""
    folder = Path(tempfile.gettempdir()) / f"evt-npm-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder / "node_modules" / name
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (found / "package.json").exists():
            _install(folder, f"{name}@{VERSIONS[name]}")
    return found


def _install(folder: Path, package: str) -> None:
    if not shutil.which("npm"):
        pytest.skip("needs npm")
    done = subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), package],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"npm cannot install {package}: {done.stderr[-200:]}")
