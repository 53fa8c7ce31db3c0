"""The deliverables of a report: they exist, inside the repository, and are hashed as handed in."""

from __future__ import annotations

import os
import stat

from evt.eventlog.commands import Verdict
from evt.eventlog.digest import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BLOCK = 1 << 20
_WILD = frozenset("*?[")


def hand_in(root: str, paths: list[str], deleted: list[str]) -> Verdict:
    """Hash the files that a report hands over; what is missing or still there is a finding.

    `root` is the repository, `paths` may be globs, `deleted` are paths that must be gone.
    """
    real_root = os.path.realpath(root)
    deliverables: list[dict[str, Any]] = []
    findings: list[dict[str, Any]] = []
    for path in _expanded(real_root, paths, findings):
        try:
            deliverables.append(_hashed(real_root, path))
        except OSError as error:
            findings.append(_finding("files_exist", path, _said(path, error)))
    for path in deleted:
        if os.path.lexists(os.path.join(real_root, path)):
            findings.append(_finding("absent", path, f"{path} is still there: delete it"))
        else:
            deliverables.append({"path": path, "sha256": None, "bytes": 0})
    return Verdict(not findings, deliverables, findings)


def _expanded(root: str, paths: list[str], findings: list[dict[str, Any]]) -> list[str]:
    found: dict[str, None] = {}
    for path in paths:
        if not _WILD & set(path) or os.path.lexists(os.path.join(root, path)):
            found[path] = None
            continue
        from glob import glob

        matches = sorted(glob(path, root_dir=root, recursive=True))
        files = [match for match in matches if os.path.isfile(os.path.join(root, match))]
        if not files:
            findings.append(_finding("files_exist", path, f"no file matches {path}"))
        found.update(dict.fromkeys(files))
    return list(found)


def _hashed(root: str, path: str) -> dict[str, Any]:
    real = os.path.realpath(os.path.join(root, path))
    if not real.startswith(root + os.sep):
        raise PermissionError(f"{path} leads out of the repository")
    descriptor = os.open(real, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise PermissionError(f"{path} is not a regular file")
        digest, size = sha256(), 0
        while block := os.read(descriptor, _BLOCK):
            digest.update(block)
            size += len(block)
    finally:
        os.close(descriptor)
    return {"path": path, "sha256": digest.hexdigest(), "bytes": size}


def _said(path: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path} does not exist: write it, or hand in other files with --deliverable"
    return str(error) if error.errno is None else f"{path}: {error.strerror}"


def _finding(check: str, path: str, message: str) -> dict[str, Any]:
    return {"check": check, "verdict": "failed", "message": message, "path": path}
