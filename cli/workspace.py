"""The work tree of this call: root, branch and commit, read from git's own files."""

from __future__ import annotations

import os

from evt.eventlog.log.discovery import work_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def workspace(start: str | None = None) -> dict[str, Any] | None:
    """`{"path","branch","head"}`, what is not known left out; None outside a repository."""
    root = work_tree(start or os.getcwd())
    if root is None:
        return None
    found = {"path": root}
    git = git_dir(root)
    head = _read(os.path.join(git, "HEAD"))
    if head is None:
        return found
    if not head.startswith("ref: "):
        found["head"] = head
        return found
    name = head[5:]
    found["branch"] = name.removeprefix("refs/heads/")
    common = common_dir(git)
    commit = _read(os.path.join(git, name)) or _read(os.path.join(common, name))
    commit = commit or _packed(os.path.join(common, "packed-refs"), name)
    if commit:
        found["head"] = commit
    return found


def git_dir(root: str) -> str:
    """git's folder of a work tree."""
    path = os.path.join(root, ".git")
    pointer = _read(path) if os.path.isfile(path) else None
    if pointer is None:
        return path
    return os.path.normpath(os.path.join(root, pointer.removeprefix("gitdir:").strip()))


def common_dir(git: str) -> str:
    """git's folder that all work trees share."""
    common = _read(os.path.join(git, "commondir"))
    return os.path.normpath(os.path.join(git, common)) if common else git


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(4096).strip()
    except OSError:
        return None


def _packed(path: str, name: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                commit, _, ref = line.strip().partition(" ")
                if ref == name:
                    return commit
    except OSError:
        pass
    return None
