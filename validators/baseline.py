"""The work tree as it was when a task was Assigned, to tell later what its attempt changed.

{"head": commit or null, "files": {path: state}, "rules", "protected", "kept"}: with git the states
of what is dirty or untracked, everything else being as in `head`; without git the states of all
files. `rules` are git's ignore rules of that time. `kept` has the states of all files that the
globs `protected` mean: those are compared without asking git. Kept in `.evt/baselines/` until the
task ends.
"""

from __future__ import annotations

import os

from evt.validators.aside import CheckError
from evt.validators.filestate import same, state
from evt.validators.git import git, names
from evt.validators.gitview import DIFF, View, head, rules
from evt.validators.globs import any_match, fixed_part
from evt.validators.nobodys import BYTECODE, CACHES, counts_where_protected
from evt.validators.tree import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from evt.validators.gitview import Rules

    Baseline = dict[str, Any]

_WITHOUT_GIT_MAX = 20_000  # files
_NEEDS = frozenset({"in_scope", "unchanged"})


def needed(checks: list[dict[str, Any]]) -> bool:
    """Whether any of these effective checks compares with the state at Assigned."""
    return any(check["check"] in _NEEDS for check in checks)


def protected(checks: list[dict[str, Any]]) -> list[str]:
    """The globs of what these effective checks protect from any change."""
    return [glob for one in checks if one["check"] == "unchanged" for glob in one["paths"]]


def take(root: str, protected: Sequence[str] = ()) -> Baseline:
    """The tree as it is now."""
    commit, ignored = head(root), rules(root)
    commit, paths = _listed(root, commit, ignored)
    files = {path: state(root, path) for path in paths}
    globs = list(protected)
    taken = {"head": commit, "files": files, "rules": ignored, "protected": globs}
    kept = _not_ignored(root, taken, _protected(root, globs))
    return {**taken, "kept": {path: state(root, path) for path in kept}}


def glance(root: str) -> Baseline:
    """The tree as it is now in sizes and times, by git's own index: to compare soon."""
    commit, paths = _listed(root, head(root), None)
    return {"head": commit, "files": {path: state(root, path, hashed=False) for path in paths}}


def changed(root: str, before: Baseline) -> list[str]:
    """The paths that are not as they were, sorted; what was ignored then is never among them.

    Raises CheckError when git knew the state before and does not answer now.
    """
    known = before["files"]
    commit, paths = _listed(root, before["head"], before.get("rules"))
    if before["head"] and commit is None:
        raise CheckError(
            f"cannot compare: git does not know commit {before['head'][:12]} any more, at which "
            "the task was assigned: hand the task back with `evt leave` and take it again"
        )
    # With git, a path that was clean then is one that differs from that commit now.
    return sorted(
        path for path in {*paths, *known}
        if (not same(known[path], state(root, path)) if path in known else True)
    )  # fmt: skip


def changed_of(root: str, before: Baseline, globs: list[str]) -> list[str]:
    """Which of the files that these globs protect are not as they were, or came; sorted."""
    if not set(globs) <= set(before.get("protected", ())):  # the task was revised since
        return [path for path in changed(root, before) if any_match(path, globs)]
    known = {path: was for path, was in before["kept"].items() if any_match(path, globs)}
    moved = [path for path, was in known.items() if not same(was, state(root, path))]
    came = [path for path in _protected(root, globs) if path not in known]
    return sorted(moved + _not_ignored(root, before, came))


def _protected(root: str, globs: list[str]) -> list[str]:
    """Every file that these globs mean, but for caches and lock files."""
    found: dict[str, None] = {}
    for glob in globs:
        named = os.path.join(root, glob)
        if os.path.islink(named) or os.path.isfile(named):
            found[glob] = None
        for path in walk(root, fixed_part(glob), CACHES):
            if any_match(path, [glob]) and counts_where_protected(path, globs):
                found[path] = None
    return list(found)


def _not_ignored(root: str, taken: Baseline, paths: list[str]) -> list[str]:
    """Without what a .gitignore of that time names, unless a glob names it without a wildcard."""
    if taken["head"] is None or not paths:
        return paths
    with View(root, taken["head"], taken["rules"]) as view:
        ignored = view.ignored(paths)
    always = set(taken["protected"])
    return [
        path for path in paths
        if path not in ignored or path in always or BYTECODE in path.split("/")
    ]  # fmt: skip


def _listed(root: str, commit: str | None, ignored: Rules | None) -> tuple[str | None, list[str]]:
    """(commit, paths that differ from it or are untracked); without git (None, all files).

    Without `ignored` by the index and the rules that git has now.
    """
    if commit is not None:
        found = _quick(root, commit) if ignored is None else _sound(root, commit, ignored)
        if found is not None:
            return commit, sorted(path for path in found if not path.startswith(".evt/"))
    found_all = []
    for path in walk(root):
        found_all.append(path)
        if len(found_all) >= _WITHOUT_GIT_MAX:
            break
    return None, found_all


def _sound(root: str, commit: str, ignored: Rules) -> set[str] | None:
    with View(root, commit, ignored) as view:
        return view.differing() if view.sound else None


def _quick(root: str, commit: str) -> set[str] | None:
    failed, differing = git(root, *DIFF, commit)
    lost, untracked = git(root, "ls-files", "-z", "--others", "--exclude-standard")
    return None if failed or lost else {*names(differing), *names(untracked)}


def save(folder: str, project: str, task: str, attempt: int, baseline: Baseline) -> None:
    """Keep a baseline in `folder` (`.evt/baselines`), whole or not at all."""
    from evt.eventlog.rawjson import pack

    os.makedirs(folder, 0o700, exist_ok=True)
    path = _path(folder, project, task, attempt)
    descriptor = os.open(f"{path}.{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(pack(baseline))
    os.replace(f"{path}.{os.getpid()}", path)


def load(folder: str, project: str, task: str, attempt: int) -> Baseline | None:
    """The baseline of an attempt, None if there is none that can be read."""
    from evt.eventlog.errors import InvalidInput
    from evt.eventlog.rawjson import unpack

    try:
        with open(_path(folder, project, task, attempt), "rb") as file:
            found = unpack(file.read())
    except (OSError, InvalidInput, ValueError):
        return None
    fits = isinstance(found, dict) and isinstance(found.get("files"), dict) and "head" in found
    return found if fits else None


def forget(folder: str, project: str, task: str) -> None:
    """Remove what is kept for a task, once it has ended."""
    prefix = os.path.basename(_path(folder, project, task, 0)).removesuffix("0.json")
    try:
        kept = os.listdir(folder)
    except OSError:
        return
    for name in kept:
        if name.startswith(prefix):
            try:
                os.unlink(os.path.join(folder, name))
            except OSError:
                pass  # another process was quicker


def _path(folder: str, project: str, task: str, attempt: int) -> str:
    """One file per attempt; the name of a project may hold anything, so its hash stands for it."""
    from evt.eventlog.digest import sha256_hex

    return os.path.join(folder, f"{sha256_hex(project.encode())[:12]}.{task}.{attempt}.json")
