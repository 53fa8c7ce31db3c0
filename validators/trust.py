"""Which commands the engineer approved, and whether they are still the same.

All chats run as one user, so a name proves nothing; an approval is bound to what would run: the
repository, the exact arguments, the folder, and the content of the program and of every argument
that names a file in the repository (for make, npm, tox and their like the file that tells them what
to do). Whatever changes asks again. Kept under `<state home>/evt/trust/`, one file per repository.
"""

from __future__ import annotations

import os
import stat
from itertools import pairwise

from evt.eventlog.digest import sha256_hex
from evt.validators.aside import CheckError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    Approval = dict[str, Any]

PLACEHOLDER = "{path}"
_LETTERS_MAX = 16  # of short options in one word
_SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ksh"})
# What tells a runner what to do; a file that is not there is bound as absent.
_TOLD_BY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("make", "gmake"), ("GNUmakefile", "makefile", "Makefile")),
    **dict.fromkeys(("npm", "npx", "yarn", "pnpm", "bun"), ("package.json",)),
    "tox": ("tox.ini", "tox.toml", "setup.cfg", "pyproject.toml"),
    "nox": ("noxfile.py",),
    "just": ("justfile", "Justfile", ".justfile"),
    "rake": ("Rakefile", "rakefile"),
    **dict.fromkeys(("invoke", "inv"), ("tasks.py",)),
    "composer": ("composer.json",),
    "task": ("Taskfile.yml", "Taskfile.yaml"),
}


class Trust:
    """The approvals of one repository.

    `state_home` is `$XDG_STATE_HOME`, `repository` the root that an approval is for, `path` the
    PATH on which a program is found.
    """

    __slots__ = ("_file", "_path", "repository")

    def __init__(self, state_home: str, repository: str, path: str | None = None) -> None:
        self.repository = os.path.realpath(repository)
        self._path = path
        name = sha256_hex(os.fsencode(self.repository))[:32]
        self._file = os.path.join(state_home, "evt", "trust", f"{name}.json")

    def approve(self, argv: Sequence[str], cwd: str = "", root: str | None = None) -> Approval:
        """Remember that this command may run as everything is now; `root` is the work tree."""
        approval = self._bound(list(argv), cwd, root)
        kept = [one for one in self.approvals() if not _same_call(one, approval)]
        self._save([*kept, approval])
        return approval

    def is_approved(
        self, argv: Sequence[str], cwd: str = "", root: str | None = None,
        own: Sequence[str] = (),
    ) -> bool:  # fmt: skip
        """Whether the command may run now; see `why_not`."""
        return self.why_not(argv, cwd, root, own) is None

    def why_not(
        self, argv: Sequence[str], cwd: str = "", root: str | None = None,
        own: Sequence[str] = (),
    ) -> str | None:  # fmt: skip
        """Why the command may not run, None if it may.

        `own` are the task's own files: one of them may stand where `{path}` was approved.
        """
        reason = "was never approved"
        for words in _spellings(list(argv), own):
            now = self._bound(words, cwd, root)
            for one in self.approvals():
                if _same_call(one, now):
                    if one["files"] == now["files"]:
                        return None
                    reason = f"was approved before {_first_change(one['files'], now['files'])}"
        return reason

    def approvals(self) -> list[Approval]:
        """[{repository, argv, cwd, files: {name: sha256 or null}}]; a damaged store has none."""
        import json

        try:
            with open(self._file, encoding="utf-8") as file:
                kept = json.load(file)["approvals"]
        except (OSError, ValueError, KeyError, TypeError):
            return []
        fits = isinstance(kept, list)
        return [
            one for one in (kept if fits else ())
            if isinstance(one, dict) and one.get("repository") == self.repository
            and {"argv", "cwd", "files"} <= one.keys()
        ]  # fmt: skip

    def revoke(self, argv: Sequence[str] | None = None, cwd: str = "") -> int:
        """Forget one command, or without `argv` all of this repository; how many were forgotten."""
        kept = self.approvals()
        left = [one for one in kept if argv is not None
                and not (one["argv"] == list(argv) and one["cwd"] == _folder(cwd))]  # fmt: skip
        self._save(left)
        return len(kept) - len(left)

    def _bound(self, argv: list[str], cwd: str, root: str | None) -> Approval:
        tree = os.path.realpath(root or self.repository)
        files = {name: _content(path) for name, path in self._files(argv, cwd, tree)}
        return {"repository": self.repository, "argv": argv, "cwd": _folder(cwd), "files": files}

    def _files(self, argv: list[str], cwd: str, tree: str) -> Iterator[tuple[str, str]]:
        """(name, path) of everything whose content counts."""
        folder = os.path.join(tree, cwd)
        program = program_of(argv[0], folder, self._path)
        yield f"program {argv[0]}", program or ""
        words = list(_words(argv))
        for word in words:
            for place in {folder, tree}:
                path = os.path.normpath(os.path.join(place, word))
                inside = path.startswith(tree + os.sep)
                if inside and os.path.lexists(path) and not os.path.isdir(path):
                    yield os.path.relpath(path, tree), path
        for runner in {os.path.basename(word) for word in words} & _TOLD_BY.keys():
            for place in _folders_told(words, folder):
                for name in _TOLD_BY[runner]:
                    path = os.path.normpath(os.path.join(place, name))
                    yield os.path.relpath(path, tree), path

    def _save(self, approvals: list[Approval]) -> None:
        import json

        os.makedirs(os.path.dirname(self._file), 0o700, exist_ok=True)
        new = f"{self._file}.{os.getpid()}"
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump({"approvals": approvals}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self._file)


def program_of(name: str, folder: str, path: str | None) -> str | None:
    """The file that runs when a command is called so in that folder, None if there is none."""
    import shutil

    if "/" in name:
        found = os.path.normpath(os.path.join(folder, name))
        return found if os.access(found, os.X_OK) and os.path.isfile(found) else None
    return shutil.which(name, path=path)


def _spellings(argv: list[str], own: Sequence[str]) -> Iterator[list[str]]:
    """The command itself, then with `{path}` in place of each argument that is an own file."""
    yield argv
    for at, word in enumerate(argv):
        if at and word in own and not word.startswith("-"):
            yield [*argv[:at], PLACEHOLDER, *argv[at + 1 :]]


def _words(argv: list[str]) -> Iterator[str]:
    """Every text that may name a file: arguments, their parts, words of a shell line."""
    import shlex

    todo = list(argv)
    if os.path.basename(argv[0]) in _SHELLS and len(argv) > 2 and "c" in argv[1]:
        lexer = shlex.shlex(argv[2], posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        try:
            todo += list(lexer)
        except ValueError:
            todo += argv[2].split()
    for at, word in enumerate(todo):
        parts = {word, word.partition("=")[2], word.partition("::")[0], word.removeprefix("@")}
        for part in parts | _behind_letters(word):
            if part and part != PLACEHOLDER and "\0" not in part:
                yield part
        if (
            at and todo[at - 1] == "-m"
        ):  # python -m name: the module, if it is one of the repository
            name = word.replace(".", "/")
            yield from (f"{name}.py", f"{name}/__main__.py", f"{name}/__init__.py")


def _behind_letters(word: str) -> set[str]:
    """What may be the value of a short option that it is written to: `-fX`, `-sfX`."""
    if word[:1] != "-" or word[1:2] == "-":
        return set()
    return {word[at:] for at in range(2, min(len(word), _LETTERS_MAX))}


def _folders_told(words: list[str], folder: str) -> list[str]:
    """Where a runner looks for its file: here, or where -C and --prefix point."""
    told = [after for word, after in pairwise(words) if word in ("-C", "--prefix", "--cwd")]
    return [folder, *(os.path.join(folder, one) for one in told)]


def _content(path: str) -> str | None:
    """The hash of a file wherever it leads, null if there is none; nothing else is opened."""
    import hashlib

    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return "not a regular file"
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _folder(cwd: str) -> str:
    return os.path.normpath(cwd) if cwd else "."


def _same_call(one: Approval, other: Approval) -> bool:
    return bool(one["argv"] == other["argv"] and one["cwd"] == other["cwd"])


def _first_change(before: Mapping[str, str | None], now: Mapping[str, str | None]) -> str:
    name = next(n for n in sorted({*before, *now}) if before.get(n) != now.get(n))
    what = (
        "changed"
        if before.get(name) and now.get(name)
        else "came"
        if now.get(name)
        else "went away"
    )
    return f"{name} {what}"


def inside(tree: str, cwd: str) -> str:
    """The folder in which a command runs; raises CheckError if it is not one of the work tree."""
    top = os.path.realpath(tree)
    folder = os.path.realpath(os.path.join(top, cwd))
    if folder != top and not folder.startswith(top + os.sep):
        raise CheckError(f"the folder {cwd} leads out of the repository")
    if not os.path.isdir(folder):
        raise CheckError(f"there is no folder {cwd}")
    return folder
