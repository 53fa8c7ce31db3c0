"""What git says of a work tree, so that nobody who works in it can change the answer.

An index of its own, filled from the commit: flags in the real one hide nothing. Settings that hide
are overruled, replaced objects are not followed, and the ignore rules are those of an earlier time.
"""

from __future__ import annotations

import os
from tempfile import TemporaryDirectory

from evt.eventlog.log.discovery import work_tree
from evt.validators.git import git, names
from evt.validators.tree import Unusable, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    Rules = dict[str, str]  # "shared": of all .gitignore files, "own": of this user and clone

_PLAIN = (
    "-c", "core.sparseCheckout=false", "-c", "core.sparseCheckoutCone=false",
    "-c", "core.ignoreStat=false", "-c", "core.checkStat=default", "-c", "core.bare=false",
    "-c", "index.sparse=false", "-c", "core.splitIndex=false",
)  # fmt: skip
DIFF = (
    "diff", "--name-only", "-z", "--no-ext-diff", "--no-textconv", "--no-renames",
    "--ignore-submodules=all", "--relative",
)  # fmt: skip
_RULES_MAX = 1 << 20  # bytes of one file of rules
_BYTE_ORDER_MARK = "\xef\xbb\xbf"
_ASKED = 500  # paths of one question
_GLOB = str.maketrans({char: "\\" + char for char in "\\*?[! #"})


def head(root: str) -> str | None:
    """The commit that a folder is at, the empty tree before the first one; None without git."""
    code, said = git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    if code and git(root, "rev-parse", "--is-inside-work-tree")[0] == 0:
        code, said = git(root, "hash-object", "-t", "tree", "/dev/null")
    return None if code else said.decode().strip()


def in_commit(root: str, commit: str) -> list[str]:
    """Every path of a commit, relative to `root`."""
    top = work_tree(root)
    more = {"GIT_WORK_TREE": top} if top else {}
    return names(git(root, "ls-tree", "-r", "-z", "--name-only", commit, more=more)[1])


class View:
    """The work tree around `root` beside a commit, under these rules; use it inside `with`.

    Paths are relative to `root`. `sound`: git could read the commit.
    """

    __slots__ = ("_commit", "_folder", "_root", "_rules", "_seen", "sound")

    def __init__(self, root: str, commit: str, rules: Rules) -> None:
        self._root = root
        self._commit = commit
        self._rules = rules

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="evt-git-")
        top = work_tree(self._root)
        self._seen = {"GIT_INDEX_FILE": os.path.join(self._folder.name, "index")}
        self._seen |= {"GIT_WORK_TREE": top} if top else {}
        for name, text in (
            ("shared", self._rules["shared"]), ("all", self._rules["own"] + self._rules["shared"]),
        ):  # fmt: skip
            with open(os.path.join(self._folder.name, name), "w", encoding="latin-1") as file:
                file.write(text)
        self.sound = self._git("read-tree", self._commit)[0] == 0
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def differing(self) -> set[str] | None:
        """What differs from the commit, and what is neither in it nor ignored; None: unknown."""
        failed, differing = self._git(*DIFF, self._commit)
        lost, untracked = self._git("ls-files", "-z", "--others", self._by("all"))
        return None if failed or lost else {*names(differing), *names(untracked)}

    def tracked(self) -> set[str]:
        """What is in the commit."""
        return set(names(self._git("ls-files", "-z")[1]))

    def ignored(self, paths: Iterable[str]) -> set[str]:
        """Those of the paths that are not in the commit and that a .gitignore names."""
        tracked = self.tracked()
        asked = [path for path in paths if not _is_within(path, tracked)]
        found: set[str] = set()
        for at in range(0, len(asked), _ASKED):
            said = self._git(
                "--literal-pathspecs", "ls-files", "-z", "--others", "--ignored",
                self._by("shared"), "--", *asked[at : at + _ASKED],
            )  # fmt: skip
            found.update(names(said[1]))
        return found

    def _by(self, rules: str) -> str:
        return f"--exclude-from={os.path.join(self._folder.name, rules)}"

    def _git(self, *args: str) -> tuple[int, bytes]:
        return git(self._root, *_PLAIN, *args, more=self._seen)


def rules(root: str) -> Rules:
    """The ignore rules as they are now, each relative to the top of the repository.

    Read byte for byte as Latin-1. Of what is ignored as a whole folder only its name is kept.
    """
    top = work_tree(root)
    if top is None:
        return {"shared": "", "own": ""}
    listed = git(
        top, "ls-files", "-z", "--cached", "--others", "--exclude-standard",
        "--", ":(glob)**/.gitignore",
    )[1]  # fmt: skip
    files = sorted(set(names(listed)), key=lambda path: (path.count("/"), path))
    shared = [_anchored(os.path.dirname(path), _text(top, path)) for path in files]
    said = git(top, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")
    folders = [os.fsencode(path).decode("latin-1") for path in names(said[1]) if path[-1:] == "/"]
    own = [*_excludes(top), "".join(f"/{folder.translate(_GLOB)}\n" for folder in folders)]
    return {"shared": "".join(shared), "own": "".join(own)}


def _excludes(top: str) -> list[str]:
    """Rules of this user, then those of this clone, which count for more."""
    said = git(top, "config", "--path", "core.excludesFile")[1]
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    theirs = os.fsdecode(said.rstrip(b"\n")) or os.path.join(home, "git", "ignore")
    said = git(top, "rev-parse", "--path-format=absolute", "--git-path", "info/exclude")[1]
    ours = os.fsdecode(said.rstrip(b"\n"))
    found = (os.path.realpath(os.path.join(top, path)) for path in (theirs, ours))
    return [_text(os.path.dirname(path), os.path.basename(path)) for path in found]


def _text(folder: str, path: str) -> str:
    try:
        text = read(folder, path, _RULES_MAX).decode("latin-1")
    except (OSError, Unusable):
        return ""
    return text.removeprefix(_BYTE_ORDER_MARK).rstrip("\n") + "\n"


def _anchored(folder: str, text: str) -> str:
    """The rules of the .gitignore in a folder, as the top of the repository would say them."""
    if not folder:
        return text
    below = os.fsencode(folder).decode("latin-1").translate(_GLOB)
    said = []
    for line in text.split("\n"):
        rule = line.removeprefix("!")
        if not rule.strip() or line.startswith("#"):
            continue
        no = "!" if rule is not line else ""
        deep = "" if "/" in rule.rstrip(" \r").rstrip("/") else "**/"
        said.append(f"{no}/{below}/{deep}{rule.removeprefix('/')}\n")
    return "".join(said)


def _is_within(path: str, tracked: set[str]) -> bool:
    """Whether it is in the commit, or in a submodule of it."""
    while path:
        if path in tracked:
            return True
        path = os.path.dirname(path)
    return False
