"""docs/audit.md keeps its word: its own commands accept a sound log and find each kind of edit."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from evt.eventlog.decision import Accepted, Decision
from evt.eventlog.line import Event
from evt.eventlog.state import State
from tests.conftest import ROOT
from tests.eventlog.log.logs import first_segment, new_log, note, stamped

CHECKS = ("numbered", "chained", "anchored", "whole", "unique", "in order")

pytestmark = pytest.mark.skipif(
    not (shutil.which("jq") and shutil.which("sha256sum")), reason="needs jq and sha256sum"
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    log = new_log(tmp_path, segment_bytes=3000)
    log.transact(_task)
    for number in range(12):
        log.transact(note(f'{number} \\ "quoted" é \t end ', count=number % 3 + 1))
    return tmp_path


def _task(state: State, now_us: int) -> Decision:
    event = Event("e", "TaskCreated", "engineer", {"type": "t", "description": "d"})
    event.subject = "task-001"
    return Decision(stamped([event], state, now_us), Accepted())


def audit(folder: Path, anchor: str = "") -> tuple[set[str], str]:
    """Run the page in a folder; return the checks that held and all that was printed."""
    page = (ROOT / "docs" / "audit.md").read_text()
    script = "\n".join(re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
    script = script.replace("work=$(mktemp -d)", f"work='{folder}'")
    if anchor:
        script = re.sub(r"^anchor=.*$", f"anchor={anchor}", script, flags=re.MULTILINE)
    done = subprocess.run(
        ["sh"], input=script, cwd=folder, capture_output=True, text=True, check=False
    )
    return {name for name in CHECKS if f"{name}: yes" in done.stdout}, done.stdout


def test_a_sound_log_passes_every_check_and_tells_a_task(log: Path) -> None:
    held, out = audit(log)
    assert held == set(CHECKS)
    assert re.search(r"^0000000000000001\t\S+Z\tengineer\tTaskCreated$", out, re.MULTILINE)


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (lambda lines: [lines[0], lines[1].replace(b"end ", b"END "), *lines[2:]], "chained"),
        (lambda lines: [lines[0], *lines[2:]], "numbered"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "numbered"),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], "unique"),
    ],
    ids=["edited", "deleted", "swapped", "inserted"],
)
def test_an_edit_is_found(
    log: Path, change: Callable[[list[bytes]], list[bytes]], broken: str
) -> None:
    lines = first_segment(log).read_bytes().splitlines(keepends=True)
    first_segment(log).write_bytes(b"".join(change(lines)))
    held, _ = audit(log)
    assert broken not in held and "chained" not in held


def test_a_cut_tail_is_found_by_an_anchor(log: Path) -> None:
    audit(log)
    hashes = (log / "hashes").read_text().split()
    anchor = f"{len(hashes)}:{hashes[-1]}"
    assert "anchored" in audit(log, anchor)[0]
    last = max((log / ".evt" / "log").glob("*.jsonl"))
    lines = last.read_bytes().splitlines(keepends=True)
    last.write_bytes(b"".join(lines[:-1]))
    assert "anchored" not in audit(log, anchor)[0]
