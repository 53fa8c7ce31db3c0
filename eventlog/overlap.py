"""Do two output globs meet? Plain code, as `fnmatch` and `re` cost a cold start too much.

`*` and `?` stay inside one folder, `**` crosses folders, a trailing `/` means everything below.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_WILD = frozenset("*?[")


def outputs(data: dict[str, object]) -> list[str]:
    """Paths and globs that a task writes or deletes."""
    context = data.get("context")
    if not isinstance(context, dict):
        return []
    return [*context.get("outputFiles", ()), *context.get("deletedFiles", ())]


def first_meeting(one: list[str], other: list[str]) -> str | None:
    """The first path or glob of `other` that meets one of `one`."""
    for theirs in other:
        for mine in one:
            if mine == theirs or globs_meet(mine, theirs):
                return theirs
    return None


def globs_meet(one: str, other: str) -> bool:
    """Whether a path exists that both match."""
    if not (_WILD & set(one) or _WILD & set(other) or one[-1:] == "/" or other[-1:] == "/"):
        return _parts(one) == _parts(other)
    return _meet(_parts(one), _parts(other), "**", _names_meet)


def _parts(glob: str) -> list[str]:
    parts = [part for part in glob.split("/") if part not in ("", ".")]
    return [*parts, "**"] if glob.endswith("/") else parts


def _pieces(name: str) -> list[str]:
    """Characters of one name; a class such as `[ab]` counts as any character."""
    pieces: list[str] = []
    at = 0
    while at < len(name):
        end = name.find("]", at + 2) if name[at] == "[" else -1
        pieces.append("?" if end > 0 else name[at])
        at = end + 1 if end > 0 else at + 1
    return pieces


def _names_meet(one: str, other: str) -> bool:
    return one == other or _meet(_pieces(one), _pieces(other), "*", _characters_meet)


def _characters_meet(one: str, other: str) -> bool:
    return one == other or one == "?" or other == "?"


def _meet(one: list[str], other: list[str], star: str, fits: Callable[[str, str], bool]) -> bool:
    """Two patterns in which `star` stands for any number of pieces; row by row, so quadratic."""
    row = [True]
    for theirs in other:
        row.append(row[-1] and theirs == star)
    for mine in one:
        above, row = row, [row[0] and mine == star]
        for at, theirs in enumerate(other, 1):
            if star in (mine, theirs):
                row.append(above[at] or row[at - 1])
            else:
                row.append(above[at - 1] and fits(mine, theirs))
    return row[-1]
