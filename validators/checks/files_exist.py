"""Everything that the task hands over is there: the cheapest lie is a file that was never written.

Parameters: `paths`, `off`. Looks at outputFiles and at every other file that is handed in: each is
a regular file inside the repository, no larger than can be hashed, and each glob has a match.
Cannot see whether a file that was there before was worked on.
"""

from __future__ import annotations

import os

from evt.validators.globs import any_match, is_glob
from evt.validators.result import failed, quote
from evt.validators.tree import HASH_MAX, Unusable, status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.result import Finding
    from evt.validators.work import Work

_LOOKED_AT = 2000  # names in a folder that a suggestion is taken from


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each file that is missing or is not one that can be handed in."""
    for glob, path in work.paths(asked):
        try:
            if not path:
                raise FileNotFoundError(glob)
            size = status(work.root, path).st_size
            if size > HASH_MAX:
                yield failed(
                    f"{path} has {size:,} bytes, at most {HASH_MAX:,} can be handed in: keep data "
                    "of this size outside the repository and hand in what says where",
                    path,
                )
        except FileNotFoundError:
            yield failed(_missing(work, glob, path), path or None)
        except Unusable as problem:
            hint = ": name files or a glob such as " + path + "/**" if _folder(work, path) else ""
            yield failed(f"{_shown(path)} {problem}{hint}", path)


def _missing(work: Work, glob: str, path: str) -> str:
    if is_glob(glob) and not path:
        return f"no file matches {glob}: write at least one"
    full = os.path.join(work.root, path)
    if os.path.islink(full):
        to = quote(os.readlink(full))
        return f"{path} is a symbolic link to {to}, which does not exist: write the file itself"
    near = _near(work, path)
    return f"{path} does not exist: write it" + (f" (there is {near}: rename it?)" if near else "")


def _near(work: Work, path: str) -> str | None:
    """A file in the same folder whose name could be meant, and that is not for something else."""
    from difflib import get_close_matches

    folder, name = os.path.split(path)
    try:
        names = os.listdir(os.path.join(work.root, folder))[:_LOOKED_AT]
    except OSError:
        return None
    same = {other.lower(): other for other in names if not _is_taken(work, folder, other)}
    found = get_close_matches(name.lower(), same, 1, 0.75)
    return os.path.join(folder, same[found[0]]) if found else None


def _is_taken(work: Work, folder: str, name: str) -> bool:
    """Whether it is an input or another output of the task, or belongs to another task."""
    path = os.path.join(folder, name)
    own = (*work.context("outputFiles"), *work.context("targetFiles"), *(work.deliverables or ()))
    return any_match(path, list(own)) or any(other.claims(path) for other in work.others)


def _folder(work: Work, path: str) -> bool:
    return os.path.isdir(os.path.join(work.root, path))


def _shown(path: str) -> str:
    return path if path.isprintable() else quote(ascii(path))
