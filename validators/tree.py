"""Files of a work tree, read so that nothing outside is seen and nothing hangs.

Only regular files are opened: never a device, a FIFO or a socket, and never through a link that
leaves the tree. The way down is walked folder by folder without following links, so a folder that
is swapped for a link in between is refused and not followed.
"""

from __future__ import annotations

import os
import stat

from evt.eventlog.digest import sha256
from evt.eventlog.forms import is_path
from evt.validators.globs import fixed_part, is_glob, matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

HASH_MAX = 256 << 20  # larger files are refused as deliverables: hashing them would take seconds
FOUND_MAX = 10_000  # files of one glob
ENTRIES_MAX = 200_000  # names looked at for one glob
_BLOCK = 1 << 20
_BY_PYTHON = 1 << 18  # up to here the bundled sha256 is quicker than loading OpenSSL
NEVER = frozenset({
    ".git", ".evt", ".hg", ".svn", "node_modules", "__pycache__", ".venv", ".tox", ".mypy_cache",
    ".ruff_cache", ".pytest_cache",
})  # fmt: skip


class Unusable(Exception):
    """A path that cannot be a deliverable; the text says why."""


def real(root: str, path: str) -> str:
    """The path with links followed; raises Unusable when it is unsafe or leaves the root."""
    if not is_path(path):
        raise Unusable("is not a path inside the repository (no '..', not absolute)")
    top = os.path.realpath(root)
    try:
        path.encode()
        found = os.path.realpath(os.path.join(top, path))
    except (ValueError, OSError):
        raise Unusable("has a name that is not UTF-8") from None
    if found != top and not found.startswith(top.rstrip("/") + "/"):
        raise Unusable("leads out of the repository through a symbolic link")
    _must_be_work(found[len(top) :].strip("/").lower().split("/"))
    return found


def _must_be_work(names: list[str]) -> None:
    """The log changes while it is judged, and git's files would be evidence of nothing."""
    if names[0] == ".evt" or ".git" in names:
        own = ".evt" if names[0] == ".evt" else ".git"
        raise Unusable(f"lies in {own}: hand in files of the work tree itself")


def status(root: str, path: str) -> os.stat_result:
    """The stat of a regular file inside the root; raises Unusable or FileNotFoundError."""
    try:
        found = os.lstat(real(root, path))
    except NotADirectoryError:
        raise FileNotFoundError(path) from None
    except FileNotFoundError:
        raise
    except OSError as problem:
        raise Unusable(f"cannot be read: {problem.strerror}") from None
    if not stat.S_ISREG(found.st_mode):
        raise Unusable(f"is {_kind(found.st_mode)}, not a regular file")
    return found


def _kind(mode: int) -> str:
    kinds = (
        (stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a FIFO"), (stat.S_ISSOCK, "a socket"),
        (stat.S_ISLNK, "a broken symbolic link"),
    )  # fmt: skip
    return next((name for fits, name in kinds if fits(mode)), "a device")


def open_regular(root: str, path: str) -> int:
    """A descriptor for reading; raises Unusable or FileNotFoundError."""
    status(root, path)
    top = os.path.realpath(root)
    names = os.path.relpath(real(root, path), top).split("/")
    folder = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in names[:-1]:
            inner = _open(name, os.O_DIRECTORY, folder)
            os.close(folder)
            folder = inner
        found = _open(names[-1], os.O_NONBLOCK | os.O_NOCTTY, folder)
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        raise Unusable("is not a regular file")
    return found


def _open(name: str, flags: int, folder: int) -> int:
    try:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | flags, dir_fd=folder)
    except FileNotFoundError:
        raise
    except OSError as problem:
        raise Unusable(f"cannot be read: {problem.strerror}") from None


def read(root: str, path: str, most: int) -> bytes:
    """Up to `most` bytes of a file; raises Unusable or FileNotFoundError."""
    descriptor = open_regular(root, path)
    try:
        blocks, left = [], most
        while left > 0 and (block := os.read(descriptor, min(left, _BLOCK))):
            blocks.append(block)
            left -= len(block)
        return b"".join(blocks)
    finally:
        os.close(descriptor)


class Stamp:
    """A file as hashed; it is the same one as long as all of this is the same.

    `sha256` is None for a file that is too large to be hashed.
    """

    __slots__ = ("changed", "inode", "modified", "sha256", "size")

    def __init__(self, found: os.stat_result, digest: str | None) -> None:
        self.inode = (found.st_dev, found.st_ino)
        self.size = found.st_size
        self.modified = found.st_mtime_ns
        self.changed = found.st_ctime_ns  # cannot be set back as the time above can
        self.sha256 = digest

    def content(self) -> object:
        """What is equal as long as the content is."""
        return self.sha256 or (self.inode, self.size, self.modified, self.changed)

    def fits(self, found: os.stat_result) -> bool:
        """Whether a stat is still that of the hashed file."""
        return (
            self.inode == (found.st_dev, found.st_ino)
            and self.size == found.st_size
            and self.modified == found.st_mtime_ns
            and self.changed == found.st_ctime_ns
        )


def stamp(root: str, path: str) -> Stamp:
    """Hash a file; raises Unusable (also when it is too large) or FileNotFoundError."""
    descriptor = open_regular(root, path)
    try:
        found = os.fstat(descriptor)
        if found.st_size > HASH_MAX:
            raise Unusable(
                f"has {found.st_size:,} bytes; a file that is handed in has at most {HASH_MAX:,}"
            )
        digest = _digest(found.st_size)
        left = HASH_MAX  # it may grow while it is read
        while left > 0 and (block := os.read(descriptor, _BLOCK)):
            digest.update(block)
            left -= len(block)
    finally:
        os.close(descriptor)
    return Stamp(found, digest.hexdigest())


def sight(root: str, path: str) -> Stamp:
    """A file as it is, hashed unless it is too large; raises Unusable or FileNotFoundError."""
    found = status(root, path)
    return Stamp(found, None) if found.st_size > HASH_MAX else stamp(root, path)


def _digest(size: int) -> Any:
    if size <= _BY_PYTHON:
        return sha256()
    import hashlib

    return hashlib.sha256()


def expand(root: str, glob: str) -> list[str]:
    """The files that a path or glob means, sorted; a literal path is itself, there or not."""
    if not glob.endswith("/") and (not is_glob(glob) or os.path.lexists(os.path.join(root, glob))):
        return [glob]
    found = []
    for path in walk(root, fixed_part(glob)):
        if matches(path, glob):
            found.append(path)
            if len(found) >= FOUND_MAX:
                break
    return sorted(found)


def walk(root: str, below: str = "", never: frozenset[str] = NEVER) -> Iterator[str]:
    """Every file below a folder; links are not followed, folders named in `never` left out."""
    todo, seen = [below], 0
    while todo:
        folder = todo.pop()
        try:
            entries = sorted(os.scandir(os.path.join(root, folder)), key=lambda e: e.name)
        except OSError:
            continue
        for entry in entries:
            seen += 1
            if seen > ENTRIES_MAX:
                return
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in never:
                    todo.append(path)
            elif entry.is_file() or entry.is_symlink():
                yield path
