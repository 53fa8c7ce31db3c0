"""Who changed a file, in a work tree in which several chats type at once.

The first that fits decides: ignored files, lock files and caches are nobody's; what this attempt
touched is its own; what lies in the scope of another attempt (live, or completed since), or was
touched by it, is that one's; all else is unattributed.
"""

from __future__ import annotations

from evt.validators.baseline import changed
from evt.validators.globs import any_match

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.validators.work import Other, Work

NOBODY, OWN, UNATTRIBUTED = "nobody", "own", "unattributed"
_LOCK_FILES = frozenset({
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lockb",
    "bun.lock", "poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "Cargo.lock", "Gemfile.lock",
    "composer.lock", "go.sum", "flake.lock", "mix.lock", "pubspec.lock", "packages.lock.json",
    "Podfile.lock", ".coverage", ".DS_Store", ".eslintcache", ".stylelintcache", "Thumbs.db",
})  # fmt: skip
_CACHES = frozenset({
    "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".tox", ".nox",
    ".venv", "node_modules", ".cache", ".parcel-cache", ".next", ".turbo", ".gradle", ".evt",
    ".git", ".idea", ".ipynb_checkpoints", "htmlcov", ".import_linter_cache",
})  # fmt: skip
_SUFFIXES = (".pyc", ".pyo", ".swp", ".swo", "~", ".tmp", ".tsbuildinfo")


def counts(path: str, ignore: list[str]) -> bool:
    """Whether a change of this path is anybody's: not ignored, no lock file, no cache."""
    parts = path.split("/")
    if parts[-1] in _LOCK_FILES or path.endswith(_SUFFIXES):
        return False
    return _CACHES.isdisjoint(parts[:-1]) and not any_match(path, ignore)


def whose(path: str, work: Work) -> str | Other:
    """NOBODY, OWN, UNATTRIBUTED, or the other attempt that the change belongs to."""
    if not counts(path, work.ignore):
        return NOBODY
    if path in work.touched:
        return OWN
    for other in work.others:
        if other.claims(path):
            return other
    return UNATTRIBUTED


def changes(work: Work) -> list[tuple[str, str | Other]]:
    """(path, whose) of everything that changed since Assigned and counts."""
    if work.baseline is None:
        return []
    found = [(path, whose(path, work)) for path in changed(work.root, work.baseline)]
    return [(path, who) for path, who in found if who != NOBODY]
