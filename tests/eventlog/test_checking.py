"""What a caller reads whose data was refused: one sentence that says where, what, and what else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from evt.eventlog.checking import check, check_task
from evt.eventlog.errors import InvalidInput, OutsideRepository
from tests.conftest import ROOT

TASK = {"type": "task", "description": "d"}


def with_check(**parameters: Any) -> dict[str, Any]:
    return {**TASK, "acceptance": {"checks": [parameters]}}


REFUSED: dict[str, tuple[str, Any]] = {
    "unknown-type": ("Complete", {}),
    "not-an-object": ("Noted", []),
    "missing": ("TaskCreated", {"type": "task"}),
    "empty": ("Noted", {"text": ""}),
    "null": ("Noted", {"text": "x", "tags": None}),
    "misspelt": ("TaskCreated", {**TASK, "context": {"targetFile": ["a.md"]}}),
    "unknown-key": ("TaskCancelled", {"reason": "r", "zzz": 1}),
    "no-keys-at-all": ("ProjectResumed", {"zzz": 1}),
    "escape-in-a-key": ("Noted", {"text": "x", "\x1b[31m": 1}),
    "out-of-range": ("Heartbeat", {"progress": 2}),
    "wrong-kind": ("Failed", {"reason": 3}),
    "true-is-no-number": ("Heartbeat", {"attempt": True}),
    "unknown-word": ("Resolved", {"action": "retry"}),
    "both-of-two": ("Resolved", {"action": "accept", "late": "a", "escalation": "b"}),
    "no-score": ("Completed", {"deliverables": ["a.md"]}),
    "evidence": ("Completed", {"contextEfficiencyScore": 5, "results": []}),
    "evidence-in-a-list": (
        "Completed",
        {"contextEfficiencyScore": 5, "deliverables": [{"path": "a.md", "sha256": "0" * 64}]},
    ),
    "unknown-check": ("TaskCreated", with_check(check="word_counts", min=1)),
    "no-check": ("TaskCreated", with_check(min=1)),
    "misspelt-parameter": ("TaskCreated", with_check(check="word_count", minn=1)),
    "default-cannot-be-off": ("TaskCreated", with_check(check="word_count", off=True)),
    "policy": ("ProjectStarted", {"policy": {"heartbeatTimeoutSeconds": 0}}),
    "dependency": ("TaskCreated", {**TASK, "dependencies": ["Task 1"]}),
    "long": ("Heartbeat", {"touched": ["a"] * 201}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_is_one_sentence(case: str, snapshot: SnapshotAssertion) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(*REFUSED[case])
    assert "\n" not in refused.value.message and "\x1b" not in refused.value.message
    assert f"{refused.value.message}  [{refused.value.hint}]" == snapshot


@pytest.mark.parametrize("path", ["../a", "/etc/passwd", "a/../../b", ".."])
@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("TaskCreated", lambda p: {**TASK, "context": {"targetFiles": [p]}}),
        ("TaskCreated", lambda p: {**TASK, "context": {"outputFiles": ["a", p]}}),
        ("TaskCreated", lambda p: {**TASK, "context": {"deletedFiles": [p]}}),
        ("TaskRevised", lambda p: {"reason": "r", "changed": {"context": {"outputFiles": [p]}}}),
        ("Heartbeat", lambda p: {"touched": [p]}),
        ("Completed", lambda p: {"contextEfficiencyScore": 5, "deliverables": [p]}),
        ("Completed", lambda p: {"contextEfficiencyScore": 5, "deliverables": [{"path": p}]}),
    ],
)
def test_a_path_that_leaves_the_repository_is_refused(type: str, data: Any, path: str) -> None:
    with pytest.raises(OutsideRepository, match="leaves the repository"):
        check(type, data(path))


@pytest.mark.parametrize("path", ["", "a\x00b", "a\nb", "a\x1b[2Jb", "x" * 4097])
def test_a_path_that_no_file_should_have_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check("Heartbeat", {"touched": [path]})
    assert refused.value.code == "invalid_input"


def test_what_is_accepted_comes_back_as_it_is() -> None:
    """Given bare paths, globs, names with dots and escapes in free text, then nothing changes."""
    data = {"contextEfficiencyScore": 5, "deliverables": ["a..b/*.md", {"path": "c"}]}
    assert check("Completed", data) is data
    assert check("Noted", {"text": "\x1b[31m\u202e"})["text"] == "\x1b[31m\u202e"


def test_a_task_file_with_reported_fields_is_accepted_as_it_stands() -> None:
    task = {
        "id": "task-001", **TASK, "status": "pending", "assignedTo": None,
        "createdAt": "2026-11-22T20:32:56.123456Z", "completedAt": None, "revision": 2,
    }  # fmt: skip
    assert check_task(task) is task
    assert check("TaskCreated", task) is task


def test_a_task_without_a_proper_id_is_refused() -> None:
    for name in ("", "-a", "Task", "a" * 65):
        with pytest.raises(InvalidInput):
            check_task({**TASK, "id": name})
    with pytest.raises(InvalidInput, match="id is missing"):
        check_task(TASK)


def test_a_check_of_an_installed_plugin_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a distribution with an entry point, then its check may be named, and others not."""
    about = tmp_path / "evt_spelling-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: evt-spelling\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[evt.validators]\nspelling = x:y\nsyntax = x:y\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    data = with_check(check="spelling", language="en")
    assert check("TaskCreated", data) is data
    assert check_task({"id": "a", **data})
    assert check("TaskRevised", {"changed": data, "reason": "r"})
    for refused in (with_check(check="spellings"), with_check(check="syntax", language="en")):
        with pytest.raises(InvalidInput):
            check("TaskCreated", refused)


def test_accepting_loads_no_model() -> None:
    """Given good data, when it is checked in a bare interpreter, then pydantic stays out."""
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / '.namespace')!r})\n"
        "from evt.eventlog.checking import check\n"
        "check('Noted', {'text': 'x'})\n"
        "sys.exit(any(name in sys.modules for name in ('pydantic', 're', 'typing', 'json')))"
    )
    assert subprocess.run([sys.executable, "-I", "-S", "-c", code], check=False).returncode == 0
