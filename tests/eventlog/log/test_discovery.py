"""Every chat finds the same log: from a subfolder, a linked work tree, without starting git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from evt.eventlog.errors import NoLog
from evt.eventlog.log.discovery import find


def git(folder: Path, *args: str) -> None:
    who = [
        "-c",
        "user.name=T",
        "-c",
        "user.email=t@example.org",
        "-c",
        "protocol.file.allow=always",
    ]
    subprocess.run(["git", *who, *args], cwd=folder, check=True, capture_output=True)


@pytest.fixture(autouse=True)
def no_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting a process is not allowed to find anything."""
    monkeypatch.setattr(os, "posix_spawn", None)


def test_from_the_root_and_from_below(repo: Path) -> None:
    below = repo / "a" / "b"
    below.mkdir(parents=True)
    assert find(str(repo)) == find(str(below)) == str(repo / ".evt")


def test_from_a_linked_work_tree_it_is_the_log_of_the_main_one(repo: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    git(repo, "worktree", "add", "-q", str(linked), "-b", "side")
    (linked / "deep").mkdir()
    assert find(str(linked)) == find(str(linked / "deep")) == str(repo / ".evt")


def test_a_linked_work_tree_inside_the_main_one(repo: Path) -> None:
    git(repo, "worktree", "add", "-q", "trees/one", "-b", "one")
    assert find(str(repo / "trees" / "one")) == str(repo / ".evt")


def test_a_relative_pointer_is_followed(repo: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    git(repo, "worktree", "add", "-q", str(linked), "-b", "side")
    pointer = (linked / ".git").read_text().removeprefix("gitdir:").strip()
    (linked / ".git").write_text(f"gitdir: {os.path.relpath(pointer, linked)}\n")
    assert find(str(linked)) == str(repo / ".evt")


def test_a_submodule_is_a_repository_of_its_own(repo: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "submodule", "add", "-q", str(repo), "inner")
    assert find(str(outer / "inner")) == str(outer / "inner" / ".evt")
    assert find(str(outer)) == str(outer / ".evt")


def test_a_repository_whose_git_folder_is_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    git(folder, "init", "-q", f"--separate-git-dir={tmp_path / 'store.git'}")
    assert find(str(folder)) == str(folder / ".evt")


def test_the_environment_names_another(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVT_DIR", str(tmp_path / "elsewhere"))
    assert find(str(repo)) == str(tmp_path / "elsewhere")


def test_outside_a_repository_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(NoLog) as none:
        find(str(tmp_path))
    assert none.value.exit == 6 and none.value.hint


def test_a_pointer_to_nowhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/at/all\n")
    assert find(str(tmp_path)) == str(tmp_path / ".evt")
    (tmp_path / ".git").write_bytes(b"\xff\xfe\x00")
    assert find(str(tmp_path)) == str(tmp_path / ".evt")
