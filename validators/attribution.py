"""Who changed a file, in a work tree in which several chats type at once.

The first that fits decides: ignored files, lock files and caches are nobody's; what this attempt
touched is its own; what lies in the scope of another attempt (live, or completed since), or was
touched by it, is that one's; all else is unattributed.
"""

from __future__ import annotations

from evt.validators.baseline import changed, changed_of
from evt.validators.globs import any_match
from evt.validators.nobodys import counts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.validators.work import Other, Work

NOBODY, OWN, UNATTRIBUTED = "nobody", "own", "unattributed"


def whose(path: str, work: Work) -> str | Other:
    """NOBODY, OWN, UNATTRIBUTED, or the other attempt that the change belongs to."""
    return _claimed(path, work) if counts(path, work.ignore) else NOBODY


def _claimed(path: str, work: Work) -> str | Other:
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


def changes_of(work: Work, globs: list[str]) -> list[tuple[str, str | Other]]:
    """(path, whose) of what changed among the files that must not, but for `policy.ignore`."""
    if work.baseline is None:
        return []
    found = changed_of(work.root, work.baseline, globs)
    return [(path, _claimed(path, work)) for path in found if not any_match(path, work.ignore)]
