"""Changes that are nobody's work: lock files, caches, what editors and test runs leave behind."""

from __future__ import annotations

from evt.validators.globs import any_match

_LOCK_FILES = frozenset({
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lockb",
    "bun.lock", "poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "Cargo.lock", "Gemfile.lock",
    "composer.lock", "go.sum", "flake.lock", "mix.lock", "pubspec.lock", "packages.lock.json",
    "Podfile.lock", ".coverage", ".DS_Store", ".eslintcache", ".stylelintcache", "Thumbs.db",
})  # fmt: skip
BYTECODE = "__pycache__"
_BYTECODE_SUFFIXES = (".pyc", ".pyo")
CACHES = frozenset({
    ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".tox", ".nox",
    ".venv", "node_modules", ".cache", ".parcel-cache", ".next", ".turbo", ".gradle", ".evt",
    ".git", ".idea", ".ipynb_checkpoints", "htmlcov", ".import_linter_cache",
})  # fmt: skip
_SUFFIXES = (".swp", ".swo", "~", ".tmp", ".tsbuildinfo")
_IMPORTED = (".py", ".so", ".pyd")


def counts(path: str, ignore: list[str]) -> bool:
    """Whether a change of this path is anybody's: not ignored, no lock file, no cache."""
    *folders, name = path.split("/")
    if name in _LOCK_FILES or name.endswith(_SUFFIXES + _BYTECODE_SUFFIXES):
        return False
    return BYTECODE not in folders and CACHES.isdisjoint(folders) and not any_match(path, ignore)


def counts_where_protected(path: str, globs: list[str]) -> bool:
    """Whether a change of a path counts that may not change at all.

    What is named without a wildcard always does, and so does source among bytecode.
    """
    if path in globs:
        return True
    *folders, name = path.split("/")
    if not CACHES.isdisjoint(folders):
        return False
    if BYTECODE in folders:
        return name.endswith(_IMPORTED)
    return name not in _LOCK_FILES and not name.endswith(_SUFFIXES)
