"""What the processes of the cache tests do: save for ever, until they are killed; or read along."""

from __future__ import annotations

import sys
from pathlib import Path

from evt.eventlog.cache import saving
from evt.eventlog.cache.checkpoint import load, rows
from evt.eventlog.cache.pages import CacheDamaged

KEYS, FOLD = 40, 1


def content(sequence: int) -> dict[str, dict[str, int]]:
    """Return the only right rows of a version."""
    return {f"k{n}": {"n": n, "last": sequence - (sequence - n) % KEYS} for n in range(KEYS)}


def save_for_ever(path: str) -> None:
    """Each version changes one row; a compaction now and then."""
    saving.SLACK = 4096
    base = load(path, FOLD)
    sequence = base.sequence if base else KEYS
    print("ready", flush=True)
    while True:
        sequence += 1
        changed = content(sequence)
        if base is not None:
            changed = {f"k{sequence % KEYS}": changed[f"k{sequence % KEYS}"]}
        base = saving.save(path, changed, sequence, "ab" * 32, (1, sequence), FOLD, base)
        assert base is not None


def read_along(path: str, versions: int) -> None:
    """Read whole versions until so many were seen; wrong or damaged rows end it at once."""
    seen, last = set(), 0
    while len(seen) < versions:
        checkpoint = load(path, FOLD)
        if checkpoint is None:
            continue
        assert checkpoint.sequence >= last
        last = checkpoint.sequence
        try:
            assert dict(rows(checkpoint)) == content(last)
        except CacheDamaged as damage:
            sys.exit(f"damaged: {damage}")
        seen.add(last)
    print(len(seen))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[3]))
    if sys.argv[1] == "save":
        save_for_ever(sys.argv[2])
    else:
        read_along(sys.argv[2], int(sys.argv[3]))
