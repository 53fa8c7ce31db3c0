"""Recovery after a failed sync; corruption is only explained, as nothing is ever cut silently."""

from __future__ import annotations

import os

from evt.eventlog.errors import InvalidInput, LogIO
from evt.eventlog.log import syscalls
from evt.eventlog.log.layout import read_file, sync_folder, write_file
from evt.eventlog.log.lock import Lock
from evt.eventlog.rawjson import loads_tolerant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.log.filelog import FileLog


def repair(log: FileLog) -> dict[str, Any]:
    """`{"schema":"evt.repair/1","repaired":[...],"receipts":[...]}`; raises Damaged on corruption.

    After a failed sync the pages may be gone from the cache although reads still show them, so the
    segment is written anew, synced and renamed into its place before the mark is taken away.
    """
    repaired: list[str] = []
    receipts = []
    with Lock(log.layout):
        before = log.head().sequence
        poisoned = log.layout.path("poisoned")
        if os.path.exists(poisoned):
            sequence = _sequence(poisoned)
            log.state()  # raises Damaged before anything is touched
            _write_anew(log.layout.segment(log.layout.segments()[-1]))
            receipt = log.append_system("SyncFailed", {"sequence": sequence or before})
            receipts.append(receipt.document())
            _take_away(poisoned, log.layout.folder)
            repaired.append(f"the failed sync of event {sequence or before}")
        else:
            log.append_nothing()
        after = log.head().sequence
    if after > before + len(receipts):
        repaired.append("a torn tail, which is in quarantine now")
    return {"schema": "evt.repair/1", "repaired": repaired, "receipts": receipts}


def _sequence(poisoned: str) -> int:
    try:
        return int(loads_tolerant(read_file(poisoned))["sequence"])
    except (OSError, InvalidInput, KeyError, TypeError, ValueError):
        return 0


def _write_anew(path: str) -> None:
    try:
        write_file(path, read_file(path))
    except OSError as error:
        raise LogIO(f"the segment cannot be written anew: {error.strerror}", "evt repair") from None


def _take_away(poisoned: str, folder: str) -> None:
    try:
        syscalls.unlink(poisoned)
    except OSError as error:
        raise LogIO(f"{poisoned} cannot be removed: {error.strerror}", "evt repair") from None
    try:
        sync_folder(folder)
    except OSError:
        pass  # after a power cut the mark may be back, and is taken away again
