"""Which files of chats an older or newer evt has written: cheap enough for every `evt join`."""

from __future__ import annotations

import os

from evt.cli.hosts.version import VERSION

BY = ", written by evt init"  # stands behind the version, whatever kind of comment it is in
FORMS = (
    ".cursor/rules/{}-chat.mdc",
    ".cursor/skills/evt-{}/SKILL.md",
    ".claude/skills/evt-{}/SKILL.md",
    ".agents/skills/evt-{}/SKILL.md",
)
FILES = (
    *(form.format(role) for role in ("worker", "coordinator") for form in FORMS),
    "AGENTS.md",
)


def version_in(text: str) -> str | None:
    """The version that a text says it is of; None if evt did not write it."""
    head, found, _ = text.partition(BY)
    words = head.split()
    return words[-1] if found and words else None


def _version_of(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return version_in(file.read())
    except OSError:
        return None


def others(root: str) -> list[tuple[str, str]]:
    """(file, version) of every text in a work tree that is not of this version."""
    found = ((path, _version_of(os.path.join(root, path))) for path in FILES)
    return [(path, version) for path, version in found if version not in (None, VERSION)]


def note(root: str) -> list[str]:
    """One line about texts of another version; none if there are none."""
    found = others(root)
    if not found:
        return []
    path, version = found[0]
    more = f" and {len(found) - 1} more" if found[1:] else ""
    return [f"{path}{more} is of evt {version}, this is {VERSION}: the engineer may run evt doctor"]
