"""What the lines of a .cursorignore hide, by the rules of a .gitignore."""

from __future__ import annotations

import re


def hiding(text: str, path: str) -> str | None:
    """The line that hides a path, None if it is not hidden. The last line that fits decides."""
    parts = path.split("/")
    outer = ["/".join(parts[: number + 1]) for number in range(len(parts))]
    for place in outer:  # what is hidden with its folder cannot be shown again
        found = None
        for line in text.splitlines():
            pattern = line.strip()
            shown = pattern.startswith("!")
            if _fits(pattern.removeprefix("!"), place, place != path):
                found = None if shown else pattern
        if found is not None:
            return found
    return None


def _fits(pattern: str, path: str, is_folder: bool) -> bool:
    if not pattern or pattern.startswith("#") or (pattern.endswith("/") and not is_folder):
        return False
    pattern = pattern.rstrip("/")
    anywhere = "" if "/" in pattern else "(?:.*/)?"
    return re.fullmatch(anywhere + _regex(pattern.lstrip("/")), path) is not None


def _regex(pattern: str) -> str:
    found = []
    for part in re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]+\])", pattern):
        known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part)
        if known is None:
            is_set = part.startswith("[") and part.endswith("]")
            known = part.replace("[!", "[^") if is_set else re.escape(part)
        found.append(known)
    return "".join(found)
