"""What a cold call costs, in instructions: the same number on a busy machine as on a quiet one.

Valgrind counts what the processor executes; the limit is a multiple of `python -c pass` of the same
interpreter. Clocks are for `make bench`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import EVT_BIN, Evt, evt_environment

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("valgrind") is None, reason="needs valgrind to count"),
]


def instructions(
    args: tuple[str | Path, ...], cwd: Path, env: dict[str, str], given: str = ""
) -> int:
    """Return how many instructions this interpreter executes for these arguments and stdin."""
    counter = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
    done = subprocess.run(
        [*counter, sys.executable, *args],
        cwd=cwd,
        env=env,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    counted = re.search(r"I +refs: +([\d,]+)", done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr
    assert counted, done.stderr
    return int(counted[1].replace(",", ""))


@cache
def nothing() -> int:
    """Return the instructions of an interpreter that does nothing."""
    return instructions(("-c", "pass"), Path("/"), {})


@pytest.mark.parametrize(
    ("args", "times_max"),
    [
        pytest.param(["emit", "Noted", "--text", "x"], 3.0, id="emit"),
        pytest.param(["next", "--as", "worker-A"], 3.0, id="next"),
        pytest.param(["status"], 10.0, id="status"),
        pytest.param(["--help"], 10.0, id="help"),
    ],
)
def test_a_cold_call_stays_within_its_multiple_of_doing_nothing(
    args: list[str], times_max: float, evt: Evt, repo: Path, tmp_path: Path
) -> None:
    """Given a log with a task, when a verb runs with compiled files at hand, then it is cheap."""
    evt("init", "--project", "demo")
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    evt("join", "worker-A")
    evt(*args)  # compiles what was not yet
    env = evt_environment(tmp_path)
    del env["PYTHONPATH"]  # `python -c pass` has none either, and it is looked at on each import
    times = instructions((EVT_BIN, *args), repo, env) / nothing()
    assert times <= times_max, f"evt {' '.join(args)}: {times:.2f} times python -c pass"
