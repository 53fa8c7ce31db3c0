"""Asking git, so that nothing of a repository's settings is run and nothing is locked.

No hooks, no file-system monitor, no filters, no merge drivers, no optional locks, no user or system
configuration of programs, no replaced objects, names byte for byte.
"""

from __future__ import annotations

import os

NO_GIT = 127
_SECONDS = 60
_SAFE = (
    "--no-optional-locks", "--no-replace-objects", "--no-pager", "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null", "-c", "core.quotepath=off", "-c", "core.untrackedCache=false",
    "-c", "diff.external=", "-c", "submodule.recurse=false",
)  # fmt: skip
_PROGRAMS = r"^(filter\..*\.(clean|smudge|process|required)|merge\..*\.driver)$"
_OFF = {"required": "false", "driver": "true"}  # `true` takes our side, without a conflict
_KEPT = ("PATH", "HOME", "TMPDIR", "XDG_CONFIG_HOME")


def git(
    root: str, *args: str, objects: str | None = None, more: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """Exit code and output of a git command in that folder; 127 if there is none or it hangs.

    What it has to store goes into the folder `objects`, if that is given, and not the repository.
    `more` are variables of its environment.
    """
    import subprocess

    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_ATTR_NOSYSTEM": "1", "LC_ALL": "C"}
    environment |= more or {}
    try:
        if objects is not None:
            _, own = git(root, "rev-parse", "--path-format=absolute", "--git-path", "objects")
            environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = os.fsdecode(own.rstrip(b"\n"))
            environment["GIT_OBJECT_DIRECTORY"] = objects
        done = subprocess.run(
            ["git", *_SAFE, *_without_programs(root, environment), *args],
            cwd=root, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return NO_GIT, b""
    return done.returncode, done.stdout


def _without_programs(root: str, environment: dict[str, str]) -> list[str]:
    """Settings that turn off the filters and merge drivers that a repository would run."""
    import subprocess

    done = subprocess.run(
        ["git", "config", "--name-only", "--get-regexp", _PROGRAMS],
        cwd=root, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        timeout=_SECONDS, check=False,
    )  # fmt: skip
    found = []
    for name in done.stdout.decode("utf-8", "replace").split():
        found += ["-c", f"{name}={_OFF.get(name.rpartition('.')[2], '')}"]
    return found


def names(listed: bytes) -> list[str]:
    """The paths of a list parted by NUL; one that is not UTF-8 keeps its bytes as surrogates."""
    return [os.fsdecode(name) for name in listed.split(b"\0") if name]
