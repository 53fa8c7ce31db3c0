"""What is handed in: recorded whole, of any size, and never git's or evt's own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from evt.validators.gate import Judgement, judge
from evt.validators.tree import HASH_MAX
from tests.validators.builders import work


def _paths(judgement: Judgement) -> list[str]:
    return [one["path"] for one in judgement.deliverables]


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(HASH_MAX + 1)


@pytest.mark.parametrize("named", [[], ["README.md"], ["out.md"], None])
def test_the_outputs_are_recorded_whatever_the_report_names(
    tmp_path: Path, named: list[str] | None
) -> None:
    """Given a report that names nothing or another file, then the outputs have a hash too."""
    (tmp_path / "README.md").write_text("# Project\n\nA text.\n")
    built = work(
        tmp_path, {"out.md": "# Out\n\nA text.\n"}, deliverables=named, deletedFiles=["old.md"]
    )
    judgement = judge(built)
    assert judgement.verdict == "passed", judgement.results
    assert set(_paths(judgement)) == {"out.md", "old.md", *(named or ())}
    assert all(one["sha256"] for one in judgement.deliverables if one["path"] != "old.md")


def test_an_output_that_is_too_large_fails_and_does_not_change(tmp_path: Path) -> None:
    _sparse(tmp_path / "out.bin")
    judgement = judge(work(tmp_path, {}, outputFiles=["out.bin"]))
    assert judgement.verdict == "refused"
    assert judgement.still_same(str(tmp_path))
    assert _paths(judgement) == []


def test_a_target_that_is_too_large_is_only_watched(tmp_path: Path) -> None:
    """Given input data beyond what is hashed, then good work passes, until the data changes."""
    _sparse(tmp_path / "data.bin")
    judgement = judge(work(tmp_path, {"out.md": "# Out\n\nA.\n"}, targetFiles=["data.bin"]))
    assert judgement.verdict == "passed", judgement.results
    assert judgement.still_same(str(tmp_path))
    with (tmp_path / "data.bin").open("r+b") as file:
        file.write(b"x")
    assert not judgement.still_same(str(tmp_path))
    assert judgement.changing == "data.bin"


@pytest.mark.parametrize("path", [".evt/lock", ".git/config", "sub/.git/config", "link.md"])
def test_files_of_git_and_evt_are_not_work(tmp_path: Path, path: str) -> None:
    """Given such a file, itself or behind a link, then it is refused, and its changes are not."""
    for folder in (".evt", ".git", "sub/.git"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "config").write_text("x\n")
    (tmp_path / ".evt/lock").write_text("x\n")
    (tmp_path / "link.md").symlink_to(".evt/lock")
    judgement = judge(work(tmp_path, {"out.md": "# Out\n\nA.\n"}, deliverables=["out.md", path]))
    assert judgement.verdict == "refused"
    (bad,) = [one for one in judgement.results if one["verdict"] == "failed"]
    assert "lies in ." in bad["message"] and "hand in" in bad["message"]
    (tmp_path / ".evt/lock").write_text("another\n")
    assert judgement.still_same(str(tmp_path))
