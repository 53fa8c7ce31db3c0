"""Work trees of git: what is handed in is committed, and what is needed can be merged."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from evt.cli.worktrees import changes
from tests.cli.support import last, stored, task
from tests.conftest import Evt


def git(where: Path, *args: str) -> str:
    """Run git as a chat does."""
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    done = subprocess.run(
        ["git", *who, *args], cwd=where, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def linked(repo: Path, name: str) -> Path:
    """Make a linked work tree with a branch of its name."""
    tree = repo.parent / name
    git(repo, "worktree", "add", "-q", "-b", name, str(tree))
    return tree


@pytest.fixture
def two(demo: Evt, repo: Path) -> tuple[Path, Path]:
    """Two linked work trees, a worker in each; `task-002` needs what `task-001` makes."""
    task(demo, "task-001", "--output", "out/a.md")
    task(demo, "task-002", "--output", "b.md", "--depends", "task-001")
    trees = linked(repo, "tree-a"), linked(repo, "tree-b")
    for tree, name in zip(trees, ("worker-A", "worker-B"), strict=True):
        demo("join", name, cwd=tree)
    return trees


def handed_in(demo: Evt, tree: Path, name: str, path: str, text: str, worker: str) -> None:
    """Take a task, write, commit, report."""
    demo("next", "--as", worker, cwd=tree)
    file = tree / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    git(tree, "add", path)
    git(tree, "commit", "-q", "-m", name)
    demo("emit", "Completed", name, "--score", "5", "--as", worker, cwd=tree)


def test_what_is_not_committed_is_refused_with_the_command_to_run(
    demo: Evt, two: tuple[Path, Path], repo: Path
) -> None:
    """Given a deliverable that is untracked, changed or ignored, then git has to know it first."""
    tree, _ = two
    demo("next", "--as", "worker-A", cwd=tree)
    (tree / "out").mkdir()
    file = tree / "out" / "a.md"
    report = ("emit", "Completed", "task-001", "--score", "5", "--as", "worker-A")
    for text, ignored in (("one\n", "out/\n"), ("two\n", "")):
        (tree / ".gitignore").write_text(ignored)
        file.write_text(text)
        before = len(stored(repo))
        refused = demo(*report, "--json", check=4, cwd=tree).json["error"]
        assert len(stored(repo)) == before
        assert refused["message"].startswith("not committed in this work tree: out/")
        command, _, then = refused["hint"].rpartition(", then ")
        assert then == "report again"
        for part in command.split(" && "):
            git(tree, *shlex.split(part)[1:])
    demo(*report, cwd=tree)
    workspace = last(repo)["data"]["workspace"]
    assert workspace == {
        "path": str(tree), "branch": "tree-a", "head": git(tree, "rev-parse", "HEAD")
    }  # fmt: skip


def test_deletions_are_deliverables_that_have_to_be_committed_too(demo: Evt, repo: Path) -> None:
    data = '{"type":"task","description":"d","context":{"deletedFiles":["README.md"]}}'
    demo("emit", "TaskCreated", "task-001", "--data", data)
    tree = linked(repo, "tree-a")
    demo("join", "worker-A", cwd=tree)
    demo("next", "--as", "worker-A", cwd=tree)
    (tree / "README.md").unlink()
    report = ("emit", "Completed", "task-001", "--score", "5", "--deliverable", "README.md",
              "--as", "worker-A")  # fmt: skip
    assert "git add README.md" in demo(*report, check=4, cwd=tree).err
    git(tree, "rm", "-q", "README.md")
    git(tree, "commit", "-q", "-m", "gone")
    demo(*report, cwd=tree)


def test_in_the_main_tree_nothing_has_to_be_committed(demo: Evt, repo: Path) -> None:
    task(demo, "task-001", "--output", "a.md")
    demo("join", "worker-A")
    demo("next", "--as", "worker-A")
    (repo / "a.md").write_text("one\n")
    demo("emit", "Completed", "task-001", "--score", "5", "--as", "worker-A")
    assert "workspace" not in last(repo)["data"]


def test_next_says_what_a_dependant_has_to_merge(demo: Evt, two: tuple[Path, Path]) -> None:
    one, other = two
    handed_in(demo, one, "task-001", "out/a.md", "one\n", "worker-A")
    commit = git(one, "rev-parse", "HEAD")
    given = demo("next", "--as", "worker-B", "--json", cwd=other).json
    assert given["needs"] == [
        {"task": "task-001", "deliverables": ["out/a.md"], "notes": None, "merge": commit,
         "branch": "tree-a"}
    ]  # fmt: skip
    shown = demo("next", "--as", "worker-B", cwd=other).out
    assert "  - first: git merge tree-a    (task-001)" in shown
    git(other, "merge", "-q", "tree-a")
    assert "git merge" not in demo("next", "--as", "worker-B", cwd=other).out
    assert (other / "out" / "a.md").exists()


def test_a_task_whose_merge_conflicts_is_not_given(demo: Evt, two: tuple[Path, Path]) -> None:
    """Given a tree with other changes to the same file, then another worker may take the task."""
    one, other = two
    handed_in(demo, one, "task-001", "out/a.md", "one\n", "worker-A")
    (other / "out").mkdir()
    (other / "out" / "a.md").write_text("another\n")
    git(other, "add", ".")
    git(other, "commit", "-q", "-m", "mine")
    objects = len(list((other.parent / "repo" / ".git" / "objects").rglob("*")))
    nothing = demo("next", "--as", "worker-B", "--json", check=3, cwd=other).json
    commit = git(one, "rev-parse", "HEAD")[:12]
    assert nothing["waitsFor"] == [
        f"task-002: task-001: merging {commit} conflicts in out/a.md"
    ]  # fmt: skip
    demo("next", "--as", "worker-B", "--wait", "0.3", check=3, cwd=other)
    assert len(list((other.parent / "repo" / ".git" / "objects").rglob("*"))) == objects
    task(demo, "task-003")
    assert "task-003, attempt 1" in demo("next", "--as", "worker-B", cwd=other).out
    assert "task-002, attempt 1" in demo("next", "--as", "worker-A", cwd=one).out


def test_a_waiter_takes_the_task_once_its_tree_can_be_merged(
    demo: Evt, two: tuple[Path, Path]
) -> None:
    one, other = two
    (other / "out").mkdir()
    (other / "out" / "a.md").write_text("another\n")
    git(other, "add", ".")
    git(other, "commit", "-q", "-m", "mine")
    handed_in(demo, one, "task-001", "out/a.md", "one\n", "worker-A")
    demo("next", "--as", "worker-B", check=3, cwd=other)
    git(other, "reset", "-q", "--hard", "main")
    assert "task-002, attempt 1" in demo("next", "--as", "worker-B", cwd=other).out


def test_a_merge_driver_of_the_repository_is_not_run(
    demo: Evt, two: tuple[Path, Path], repo: Path
) -> None:
    """Given a repository that names a program for merging, then asking runs no such program."""
    one, other = two
    git(repo, "config", "merge.mine.driver", f"touch {repo.parent}/ran; exit 1")
    (other / ".gitattributes").write_text("*.md merge=mine\n")
    (other / "out").mkdir()
    (other / "out" / "a.md").write_text("another\n")
    git(other, "add", ".")
    git(other, "commit", "-q", "-m", "mine")
    handed_in(demo, one, "task-001", "out/a.md", "one\n", "worker-A")
    assert "git merge tree-a" in demo("next", "--as", "worker-B", cwd=other).out
    assert not (repo.parent / "ran").exists()


def test_how_files_differ_is_said_in_short(repo: Path) -> None:
    (repo / "same.md").write_text("a\n")
    (repo / "gone.md").write_text("a\n")
    (repo / "changed [1].md").write_text("a\nb\n")
    (repo / "binary").write_bytes(b"\0a")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "all")
    (repo / "gone.md").unlink()
    (repo / "changed [1].md").write_text("a\nc\nd\n")
    (repo / "binary").write_bytes(b"\0b")
    (repo / "new.md").write_text("a\n")
    names = ["same.md", "gone.md", "changed [1].md", "binary", "new.md", "never.md"]
    assert changes(str(repo), names) == {
        "same.md": "as committed", "gone.md": "gone", "changed [1].md": "+2 -1",
        "binary": "binary", "new.md": "new", "never.md": "gone",
    }  # fmt: skip
    assert changes(str(repo.parent), names) == {}
