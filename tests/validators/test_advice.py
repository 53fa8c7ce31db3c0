"""What a message says to do can be done, by whoever reads it, and helps."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from evt.validators import baseline
from evt.validators.gate import judge
from evt.validators.trust import Trust
from evt.validators.work import Other, Work
from tests.validators.builders import SCOPE, TESTS, repository, runner, shared, task_of, work

CHECKOUT = re.compile(r"\((git checkout [^)]+)\)")


def _messages(built: Work) -> list[str]:
    return [one["message"] for one in judge(built).results if one["verdict"] != "passed"]


def _git(tree: Path, *args: str) -> None:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *who, *args], cwd=tree, check=True, capture_output=True)


@pytest.mark.parametrize("checks", [SCOPE, TESTS], ids=["in_scope", "unchanged"])
@pytest.mark.parametrize("committed", [False, True])
def test_following_the_advice_takes_a_change_back(
    tmp_path: Path, checks: list[dict[str, str]], committed: bool
) -> None:
    """Given an edited, a deleted and a new file, committed or not, then what is said helps."""
    built = shared(tmp_path, {"tests/test_a.py": "assert 1\n", "tests/it's new.py": "N\n"}, checks)
    if committed:
        _git(tmp_path, "add", "tests")
        _git(tmp_path, "commit", "-qm", "mine")
    new, edited = sorted(_messages(built))
    assert "delete it" in new and "git checkout" not in new
    (tmp_path / "tests/it's new.py").unlink()
    subprocess.run(CHECKOUT.findall(edited)[0], shell=True, cwd=tmp_path, check=True)
    assert judge(built).verdict == "passed"
    (tmp_path / "tests/test_a.py").unlink()
    (gone,) = _messages(built)
    assert "bring it back" in gone
    subprocess.run(CHECKOUT.findall(gone)[0], shell=True, cwd=tmp_path, check=True)
    assert judge(built).verdict == "passed"


def test_what_was_never_committed_cannot_be_checked_out(tmp_path: Path) -> None:
    repository(tmp_path, {"a.py": "A = 1\n", ".gitignore": "*.json\n"})
    (tmp_path / "dirty.py").write_text("D = 1\n")
    (tmp_path / "api.json").write_text("{}\n")
    checks = [{"check": "unchanged", "paths": ["dirty.py", "api.json"]}]
    before = baseline.take(str(tmp_path), baseline.protected(checks))
    for path in ("dirty.py", "api.json"):
        (tmp_path / path).write_text("[]\n")
    built = Work(str(tmp_path), task_of(["a.py"], checks=checks), attempt=1, baseline=before)
    for message in _messages(built):
        assert "the content that it had then" in message and "git checkout" not in message


def test_a_link_to_nothing_is_called_that(tmp_path: Path) -> None:
    (tmp_path / "out.md").symlink_to("nowhere.md")
    (message,) = _messages(work(tmp_path, {}, outputFiles=["out.md"]))
    assert "symbolic link" in message and "nowhere.md" in message and "rename" not in message


def test_only_a_file_that_is_free_is_suggested(tmp_path: Path) -> None:
    """Given files of nearly that name, then no output, no input and nobody else's is proposed."""
    files: dict[str, str | bytes] = {
        f"page-{n}.md": f"# Page\n\nThe text {n}.\n" for n in (2, 3, 4)
    }
    outputs = ["page-1.md", "page-2.md"]
    built = work(tmp_path, files, outputFiles=outputs, targetFiles=["page-3.md"])
    built.others = [Other("task-002", "worker-B", 1, True, ["page-4.md"])]
    (message,) = _messages(built)
    assert message == "page-1.md does not exist: write it"
    (tmp_path / "Page-1.md").write_text("# Page\n\nA text.\n")
    (message,) = _messages(built)
    assert "there is Page-1.md: rename it?" in message


def test_the_advice_to_approve_names_the_folder_and_is_whole(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    argv = ["bash", "-c", "ls -la | wc -l"]
    checks = [
        {"check": "command", "argv": argv, "cwd": "sub"},
        {"check": "command", "argv": ["echo", "x" * 300]},
    ]
    built = work(tmp_path, {"out.txt": "done\n"}, checks=checks)
    built.runner = runner(tmp_path)
    short, long = _messages(built)
    assert "`evt trust --cwd sub -- bash -c 'ls -la | wc -l'`" in short
    assert "(in sub) was never approved" in short
    assert long.endswith("`evt trust`")


@pytest.mark.parametrize(
    "argv", [["make", "-fother.mk", "test"], ["make", "-sfother.mk"], ["make", "--file=other.mk"]]
)
def test_a_file_named_inside_an_option_is_part_of_the_approval(
    tmp_path: Path, argv: list[str]
) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo/other.mk").write_text("test:\n\tfalse\n")
    trust = Trust(str(tmp_path / "state"), str(tmp_path / "repo"), os.environ["PATH"])
    trust.approve(argv)
    assert trust.is_approved(argv)
    (tmp_path / "repo/other.mk").write_text("test:\n\ttrue\n")
    assert trust.why_not(argv) == "was approved before other.mk changed"


def test_who_cannot_put_an_error_right_is_not_told_to_wait(tmp_path: Path) -> None:
    """Given errors that only the plan can end, then none of them says that time will."""
    checks = [
        {"check": "json_schema", "schema": "none.json", "paths": ["a.json"]},
        {"check": "command", "argv": ["cat", "{path}"], "paths": ["-x"]},
        {"check": "command", "argv": ["no-such-program"]},
    ]
    built = work(tmp_path, {"a.json": "{}\n"}, checks=checks)
    built.runner = runner(tmp_path, ["no-such-program"])
    judgement = judge(built)
    said = [one["message"] for one in judgement.results if one["verdict"] == "error"]
    assert len(said) == 3
    assert not [message for message in said if "later" in message]
