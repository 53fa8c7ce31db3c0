"""Linked work trees: which files a call is about, what is committed, what is to be merged."""

from __future__ import annotations

import os

from evt.cli.workspace import common_dir, git_dir, workspace
from evt.eventlog.errors import Refusal
from evt.eventlog.log.discovery import work_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.log.layout import Layout
    from evt.eventlog.rows import TaskRow
    from evt.eventlog.state import State

CONFLICT, NO_SUCH_OPTION = 1, 129  # exits of git
LISTED = 5  # files that a sentence names
_answers: dict[tuple[str, ...], tuple[int, str]] = {}


def files_root(layout: Layout) -> str:
    """The tree that paths of this call are relative to: the one it comes from, if it is ours."""
    tree = work_tree(os.getcwd())
    if tree is None or tree == layout.root:
        return layout.root
    if _main_of(tree) == layout.root or not os.path.lexists(os.path.join(layout.root, ".git")):
        return tree
    return layout.root


def _main_of(tree: str) -> str:
    """The main work tree of a linked one."""
    return os.path.dirname(common_dir(git_dir(tree)))


def linked(layout: Layout) -> dict[str, Any] | None:
    """`{"path","branch","head"}` of the linked work tree of this call, None in the main one."""
    root = files_root(layout)
    if root == layout.root or _main_of(root) != layout.root:
        return None
    return workspace(root)


def must_be_committed(root: str, paths: list[str], task: str) -> None:
    """Raise Refusal naming the git command if a deliverable is not committed in its work tree."""
    if not paths:
        return
    code, out = _git(
        root, "--literal-pathspecs", "status", "--porcelain=v1", "-z", "--no-renames",
        "--untracked-files=all", "--ignored=matching", "--", *paths,
    )  # fmt: skip
    entries = [entry for entry in out.split("\0") if entry]
    if code or not entries:
        return
    from shlex import quote

    force = "-f " if any(entry.startswith("!!") for entry in entries) else ""
    dirty = [entry[3:] for entry in entries]
    listed = " ".join(map(quote, dirty))
    raise Refusal(
        4, "wrong_state", f"not committed in this work tree: {', '.join(dirty[:LISTED])}",
        f"git add {force}{listed} && git commit -m {task} -- {listed}, then report again",
        task=task,
    )  # fmt: skip


def to_merge(state: State, task: TaskRow, root: str) -> list[dict[str, Any]]:
    """`[{"task","branch","commit"}]`: what its dependencies committed and this tree lacks."""
    found = []
    for name in task["data"].get("dependencies", ()):
        other = state.task(name)
        tree = (other["workspace"] if other else None) or {}
        commit = tree.get("head")
        if not commit or _once(root, "merge-base", "--is-ancestor", commit, "HEAD")[0] == 0:
            continue
        found.append({"task": name, "branch": tree.get("branch"), "commit": commit})
    return found


def conflicts(root: str, commit: str) -> str | None:
    """Why a merge of this commit would not be clean, None if it would; nothing is stored.

    A git too old to try says nothing: whoever takes the task will see it.
    """
    code, out = _once(root, "merge-tree", "--write-tree", "--name-only", "-z", "HEAD", commit)
    if code in (0, NO_SUCH_OPTION):
        return None
    if code != CONFLICT:
        return f"git cannot merge {commit[:12]}"
    files = [name for name in out.split("\0\0")[0].split("\0")[1:] if name]
    return f"merging {commit[:12]} conflicts in {', '.join(files[:LISTED])}"


def changes(root: str, paths: list[str]) -> dict[str, str]:
    """File -> how it differs from the last commit, in short; empty outside a repository.

    `+3 -1`, `binary`, `new`, `gone` or `as committed`.
    """
    code, out = _git(
        root, "--literal-pathspecs", "diff", "--numstat", "-z", "--no-renames", "--no-ext-diff",
        "--no-textconv", "HEAD", "--", *paths,
    )  # fmt: skip
    if code:
        return {}
    known = _git(root, "--literal-pathspecs", "ls-files", "-z", "--", *paths)[1].split("\0")
    counted = [entry.split("\t") for entry in out.split("\0") if entry.count("\t") == 2]
    found = {
        path: "binary" if added == "-" else f"+{added} -{removed}"
        for added, removed, path in counted
    }
    for path in paths:
        is_there = os.path.lexists(os.path.join(root, path))
        plain = "as committed" if path in known else "new"
        found[path] = "gone" if not is_there else found.get(path, plain)
    return found


def _once(root: str, *args: str) -> tuple[int, str]:
    """An answer that depends on commits alone: a waiter asks once for each commit it is at."""
    from tempfile import TemporaryDirectory

    key = (root, str((workspace(root) or {}).get("head")), *args)
    if key not in _answers:
        try:
            with TemporaryDirectory(prefix="evt-git-") as objects:
                found = _git(root, *args, objects=objects)
        except OSError:  # no room beside the repository: then in it
            found = _git(root, *args)
        if found[0] not in (0, 1):
            return found  # it could not be told now
        _answers[key] = found
    return _answers[key]


def _git(root: str, *args: str, objects: str | None = None) -> tuple[int, str]:
    from evt.validators.git import git

    code, out = git(root, *args, objects=objects)
    return code, os.fsdecode(out)
