"""The work tree as it was when a task was Assigned, to tell later what its attempt changed.

{"head": commit or null, "files": {path: state}}: with git the states of what is dirty or untracked,
everything else being as in `head`; without git the states of all files. A state is [size, mtime in
ns, sha256], sha256 null for a file too large to hash, or ["link", target]; null: not there. Kept in
`.evt/baselines/` until the task ends.
"""

from __future__ import annotations

import os
import stat

from evt.validators.aside import CheckError
from evt.validators.git import git, names
from evt.validators.tree import Unusable, stamp, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Baseline = dict[str, Any]

_HASHED_MAX = 16 << 20
_WITHOUT_GIT_MAX = 20_000  # files
_NEEDS = frozenset({"in_scope", "unchanged"})


def needed(checks: list[dict[str, Any]]) -> bool:
    """Whether any of these effective checks compares with the state at Assigned."""
    return any(check["check"] in _NEEDS for check in checks)


def take(root: str, hashed: bool = True) -> Baseline:
    """The tree as it is now; without `hashed` only sizes and times, to compare soon."""
    head, paths = _listed(root, None)
    return {"head": head, "files": {path: state(root, path, hashed) for path in paths}}


def changed(root: str, before: Baseline) -> list[str]:
    """The paths that are not as they were, sorted; git-ignored files are never among them.

    Raises CheckError when git knew the state before and does not answer now.
    """
    known = before["files"]
    head, paths = _listed(root, before["head"])
    if before["head"] and head is None:
        raise CheckError("git could not say what changed since the task was assigned")
    # With git, a path that was clean then is one that differs from that commit now.
    return sorted(
        path for path in {*paths, *known}
        if (not same(known[path], state(root, path)) if path in known else True)
    )  # fmt: skip


def _listed(root: str, since: str | None) -> tuple[str | None, list[str]]:
    """(commit, paths that differ from it or are untracked); without git (None, all files)."""
    head = since
    if head is None:
        code, said = git(root, "rev-parse", "--verify", "--quiet", "HEAD")
        if code and git(root, "rev-parse", "--is-inside-work-tree")[0] == 0:
            code, said = git(root, "hash-object", "-t", "tree", "/dev/null")
        head = None if code else said.decode().strip()
    if head is not None:
        failed, differing = git(
            root, "diff", "--name-only", "-z", "--no-ext-diff", "--no-textconv", "--no-renames",
            "--ignore-submodules=all", "--relative", head,
        )  # fmt: skip
        lost, untracked = git(root, "ls-files", "-z", "--others", "--exclude-standard")
        if not failed and not lost:
            found = {*names(differing), *names(untracked)}
            return head, sorted(path for path in found if not path.startswith(".evt/"))
        head = None
    found_all = []
    for path in walk(root):
        found_all.append(path)
        if len(found_all) >= _WITHOUT_GIT_MAX:
            break
    return None, found_all


def state(root: str, path: str, hashed: bool = True) -> list[Any] | None:
    """What a path is now."""
    full = os.path.join(root, path)
    try:
        found = os.lstat(full)
        if stat.S_ISLNK(found.st_mode):
            return ["link", os.readlink(full)]
        digest = None
        if hashed and stat.S_ISREG(found.st_mode) and found.st_size <= _HASHED_MAX:
            digest = stamp(root, path).sha256
        return [found.st_size, found.st_mtime_ns, digest]
    except (OSError, Unusable):
        return None


def same(before: list[Any] | None, now: list[Any] | None) -> bool:
    """Whether two states are of one content."""
    if before is None or now is None or before[0] == "link" or now[0] == "link":
        return before == now
    if before[2] and now[2]:
        return bool(before[2] == now[2])
    return before[:2] == now[:2]


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
