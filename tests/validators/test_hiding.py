"""A change that its worker hides from git is a change: index flags, settings, ignore rules."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evt.validators import baseline
from evt.validators.gate import judge
from evt.validators.work import Work
from tests.validators.builders import SCOPE, TESTS, repository, task_of

Trick = Callable[[Path], None]
BEFORE = {
    "src/a.py": "A = 1\n", "tests/test_a.py": "def test_a():\n    assert 0\n",
    ".gitignore": "build/\n*.log\n__pycache__/\n",
}  # fmt: skip


def _git(tree: Path, *args: str) -> str:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    done = subprocess.run(["git", *who, *args], cwd=tree, check=True, capture_output=True)
    return done.stdout.decode().strip()


def _run(tree: Path, *args: str) -> None:
    _git(tree, *args)


def _write(path: str) -> Trick:
    def trick(tree: Path) -> None:
        (tree / path).write_text("other\n")

    return trick


def _edit(tree: Path) -> None:
    (tree / "tests/test_a.py").write_text("def test_a():\n    assert 1\n")


def _new(tree: Path) -> None:
    (tree / "tests/conftest.py").write_text("collect_ignore = ['test_a.py']\n")


def _flagged(flag: str) -> Trick:
    def trick(tree: Path) -> None:
        _edit(tree)
        _git(tree, "update-index", flag, "tests/test_a.py")

    return trick


def _replaced(tree: Path) -> None:
    before = _git(tree, "rev-parse", "HEAD")
    _edit(tree)
    _git(tree, "commit", "-qam", "edited")
    _git(tree, "replace", before, "HEAD")


def _elsewhere(tree: Path) -> None:
    """Settings that let git look at an untouched copy."""
    copy = tree.parent / "copy"
    shutil.copytree(tree, copy, ignore=shutil.ignore_patterns(".git"))
    _edit(tree)
    _git(tree, "config", "core.worktree", str(copy))


def _excluded(tree: Path) -> None:
    _new(tree)
    (tree / ".git/info/exclude").write_text("conftest.py\n")


def _excluded_by_settings(tree: Path) -> None:
    _new(tree)
    (tree.parent / "excludes").write_text("conftest.py\n")
    _git(tree, "config", "core.excludesFile", str(tree.parent / "excludes"))


def _ignored_by_itself(tree: Path) -> None:
    _new(tree)
    (tree / "tests/.gitignore").write_text("conftest.py\n.gitignore\n")


def _nested(tree: Path) -> None:
    (tree / "tests/more").mkdir()
    (tree / "tests/more/test_b.py").write_text("def test_b():\n    pass\n")
    _git(tree, "init", "-q", "tests/more")


HIDDEN: dict[str, Trick] = {
    "assumed unchanged": _flagged("--assume-unchanged"),
    "skipped": _flagged("--skip-worktree"),
    "a replaced commit": _replaced,
    "a sparse checkout": lambda tree: _run(tree, "sparse-checkout", "set", "--no-cone", "src"),
    "another work tree": _elsewhere,
    "info/exclude": _excluded,
    "core.excludesFile": _excluded_by_settings,
    "a new .gitignore": _ignored_by_itself,
    "a nested repository": _nested,
}


def _work(tree: Path, checks: list[dict[str, Any]], change: Trick) -> Work:
    """The work of an attempt that wrote its output and did this to the tree besides."""
    if not (tree / ".git").exists():
        repository(tree, BEFORE)
    before = baseline.take(str(tree), baseline.protected(checks))
    (tree / "src/a.py").write_text("A = 2\n")
    change(tree)
    return Work(
        str(tree), task_of(["src/a.py"], checks=checks), attempt=1, worker="worker-A",
        baseline=before,
    )  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tree").mkdir()
    return tmp_path / "tree"


@pytest.mark.parametrize("trick", HIDDEN.values(), ids=HIDDEN)
@pytest.mark.parametrize("checks", [SCOPE, TESTS], ids=["in_scope", "unchanged"])
def test_a_hidden_change_is_found(tree: Path, trick: Trick, checks: list[dict[str, Any]]) -> None:
    judgement = judge(_work(tree, checks, trick))
    assert judgement.verdict == "refused", judgement.results
    bad = [one["message"] for one in judgement.results if one["verdict"] != "passed"]
    assert any("tests/" in message for message in bad)


def test_source_among_bytecode_is_found(tree: Path) -> None:
    def trick(tree: Path) -> None:
        (tree / "tests/__pycache__").mkdir()
        (tree / "tests/__pycache__/conftest.py").write_text("x = 1\n")

    assert judge(_work(tree, TESTS, trick)).verdict == "refused"


def test_a_file_named_without_a_wildcard_counts_though_it_is_ignored(tree: Path) -> None:
    repository(tree, BEFORE)
    (tree / "build").mkdir()
    (tree / "build/api.json").write_text("{}\n")
    checks = [{"check": "unchanged", "paths": ["build/api.json", "uv.lock"]}]
    changed = judge(_work(tree, checks, _write("build/api.json")))
    assert changed.verdict == "refused"
    came = judge(_work(tree, checks, _write("uv.lock")))
    assert came.verdict == "refused"


def test_what_a_test_run_writes_is_no_change(tree: Path) -> None:
    """Given bytecode, caches, coverage data and ignored reports, then nothing is refused."""

    def ran(tree: Path) -> None:
        for path in (
            "tests/__pycache__/test_a.cpython-311-pytest-8.pyc", "tests/.coverage",
            "tests/.pytest_cache/v/lastfailed", "tests/run.log", "tests/build/report.xml",
            "tests/__pycache__/f.py311.nbi",
        ):  # fmt: skip
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text("x\n")

    everything = [{"check": "unchanged", "paths": ["tests/**", "pyproject.toml"]}]
    judgement = judge(_work(tree, everything + SCOPE, ran))
    assert judgement.verdict == "passed", judgement.results


def test_what_was_ignored_when_the_task_was_assigned_stays_ignored(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given rules of the user and folders that ignore themselves, then they hold as they were."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    repository(tree, BEFORE)
    (tmp_path / "config/git").mkdir(parents=True)
    (tmp_path / "config/git/ignore").write_text("*.mine\n")
    (tree / ".git/info/exclude").write_text("/private/\n")
    (tree / "env").mkdir()
    (tree / "env/.gitignore").write_text("*\n")
    (tree / "draft/.gitignore").parent.mkdir()
    (tree / "draft/.gitignore").write_text("*.out\n")

    def change(tree: Path) -> None:
        for path in ("env/lib.py", "x.mine", "private/x", "draft/deep/x.out", "build/x"):
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text("x\n")
        (tmp_path / "config/git/ignore").write_text("*.mine\n*.new\n")

    work = _work(tree, SCOPE, change)
    judgement = judge(work)
    assert judgement.verdict == "passed", judgement.results
    (tree / "x.new").write_text("x\n")  # by a rule that came later
    assert judge(work).verdict == "refused"


def test_a_folder_of_the_repository_may_be_the_root(tree: Path) -> None:
    """Given a log in a folder of a repository, then paths are relative to that folder."""
    repository(tree, {f"part/{path}": text for path, text in BEFORE.items()})
    part = tree / "part"

    def change(part: Path) -> None:
        (tree / "beside.py").write_text("x\n")
        (part / "tests/x.log").write_text("x\n")
        (part / "tests/new.py").write_text("x\n")

    before = baseline.take(str(part), ["tests/**"])
    change(part)
    assert baseline.changed(str(part), before) == ["tests/new.py"]
    assert baseline.changed_of(str(part), before, ["tests/**"]) == ["tests/new.py"]


def test_looking_changes_nothing_of_the_repository(tree: Path) -> None:
    repository(tree, BEFORE)
    _edit(tree)
    index = (tree / ".git/index").read_bytes()
    names = sorted(path for path in os.listdir(tree / ".git"))
    judge(_work(tree, SCOPE + TESTS, _new))
    assert (tree / ".git/index").read_bytes() == index
    assert sorted(os.listdir(tree / ".git")) == names


def test_a_check_that_came_after_assigned_still_compares(tree: Path) -> None:
    """Given a task revised to protect more than was recorded, then git says what changed."""
    repository(tree, BEFORE)
    work = _work(tree, SCOPE, _edit)
    work.task["acceptance"]["checks"] = TESTS
    assert judge(work).verdict == "refused"
