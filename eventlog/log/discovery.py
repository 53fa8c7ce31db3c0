"""Where the log is: `EVT_DIR`, else `.evt` at the root of the main work tree.

git's own files are read; `git` is not started, as a sandbox may forbid it and it costs 2 ms.
"""

from __future__ import annotations

import os

from evt.eventlog.errors import NoLog

NAME = ".evt"


def find(start: str | None = None) -> str:
    """The `.evt` folder that belongs to a folder (default: the current one); it may not exist yet.

    Raises NoLog outside a git repository.
    """
    named = os.environ.get("EVT_DIR")
    if named:
        return os.path.abspath(named)
    here = start or os.getcwd()
    root = main_work_tree(here)
    if root is None:
        raise NoLog(f"{here} is not inside a git repository", "git init  # or set EVT_DIR")
    return os.path.join(root, NAME)


def main_work_tree(start: str) -> str | None:
    """Root of the main work tree of the repository around a folder, None if there is none."""
    folder = work_tree(start)
    if folder is None:
        return None
    dot_git = os.path.join(folder, ".git")
    return _from_pointer(folder, dot_git) if os.path.isfile(dot_git) else folder


def work_tree(start: str) -> str | None:
    """Root of the work tree around a folder, linked ones included; None if there is none."""
    folder = os.path.abspath(start)
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _from_pointer(folder: str, dot_git: str) -> str:
    """The main tree of a linked work tree; a submodule is a repository of its own."""
    git_dir = _read(dot_git).removeprefix("gitdir:").strip()
    git_dir = os.path.normpath(os.path.join(folder, git_dir))
    common = os.path.join(git_dir, "commondir")
    if not os.path.isfile(common):
        return folder
    main_git = os.path.normpath(os.path.join(git_dir, _read(common).strip()))
    return os.path.dirname(main_git) if os.path.basename(main_git) == ".git" else folder


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()
