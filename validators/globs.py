"""Does a path match a glob? `*` and `?` stay inside one folder, `**` crosses folders.

A trailing `/` means everything below. Without `re` and `fnmatch`: every gate passes here.
"""

from __future__ import annotations

_WILD = frozenset("*?[")


def is_glob(path: str) -> bool:
    """Whether it has a wildcard or means a folder."""
    return path.endswith("/") or not _WILD.isdisjoint(path)


def parts_of(glob: str) -> list[str]:
    """The names of a path or glob from the top down."""
    parts = [part for part in glob.split("/") if part not in ("", ".")]
    return [*parts, "**"] if glob.endswith("/") else parts


def fixed_part(glob: str) -> str:
    """The folder below which every match lies; empty for the root."""
    fixed = []
    for part in parts_of(glob):
        if not _WILD.isdisjoint(part):
            break
        fixed.append(part)
    return "/".join(fixed)


def matches(path: str, glob: str) -> bool:
    """Whether this path is one that the glob means; a glob is also the literal name it spells."""
    return path == glob or _parts_match(parts_of(path), parts_of(glob))


def any_match(path: str, globs: list[str]) -> bool:
    """Whether one of the globs means this path."""
    return any(matches(path, glob) for glob in globs)


def _parts_match(path: list[str], glob: list[str]) -> bool:
    """Row by row over the names of the glob, so that `**/**/**` stays quadratic."""
    row = [True] + [False] * len(path)
    for wanted in glob:
        if wanted == "**":
            for at in range(1, len(row)):
                row[at] = row[at] or row[at - 1]
        else:
            row = [False] + [row[at] and _name_matches(path[at], wanted) for at in range(len(path))]
    return row[-1]


def _name_matches(name: str, glob: str) -> bool:
    """One name against one part of a glob; the last star takes one more character on failure."""
    at = wanted = 0
    star, marked = -1, 0
    while at < len(name):
        if wanted < len(glob) and glob[wanted] == "*":
            star, marked = wanted, at
            wanted += 1
            continue
        width = _fits(name[at], glob, wanted)
        if width:
            at, wanted = at + 1, wanted + width
        elif star >= 0:
            marked += 1
            at, wanted = marked, star + 1
        else:
            return False
    return not glob[wanted:].strip("*")


def _fits(character: str, glob: str, at: int) -> int:
    """How many characters of the glob stand for this one; 0: it does not fit."""
    if at >= len(glob):
        return 0
    if glob[at] == "[":
        end = glob.find("]", at + 2)
        if end > 0:
            return end + 1 - at if _in_class(character, glob[at + 1 : end]) else 0
    return 1 if glob[at] in ("?", character) else 0


def _in_class(character: str, inside: str) -> bool:
    negated = inside[0] in "!^"
    inside = inside[1:] if negated else inside
    found, at = False, 0
    while at < len(inside):
        if inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            found = found or inside[at] <= character <= inside[at + 2]
            at += 3
        else:
            found = found or inside[at] == character
            at += 1
    return found != negated
