"""The table of types, said a second time as data: neither a key nor a `must` changes by accident.

Keys with ! must be there. A newer evt may add an optional key; that is a change here too.
"""

from __future__ import annotations

import pytest

from evt.eventlog.checks import ASKED, STORED
from evt.eventlog.events import MODELS
from evt.eventlog.vocabulary import ADDED, DERIVED, EVENT_TYPES, EVIDENCE, SUBJECT_KIND

PROJECT = "goal phase policy baseline acceptance"
TABLE = {
    "ProjectStarted": ("project", "name! " + PROJECT),
    "ProjectRevised": ("project", "name " + PROJECT + " note"),
    "ProjectPaused": ("project", "reason"),
    "ProjectResumed": ("project", ""),
    "ProjectEnded": ("project", "outcome! note"),
    "WorkerJoined": ("worker", "role! host session workspace"),
    "WorkerLeft": ("worker", "reason note"),
    "TaskCreated": (
        "task",
        "type! description! context acceptance dependencies priority estimateSeconds revision",
    ),
    "TaskRevised": ("task", "changed! reason! loosened"),
    "TaskCancelled": ("task", "reason!"),
    "Assigned": ("task", "worker! attempt! reason! leaseSeconds!"),
    "Heartbeat": ("task", "attempt! note progress touched leaseSeconds source window"),
    "Completed": (
        "task",
        "attempt! deliverables! contextEfficiencyScore! signals rubricScore notes results "
        + "attested revision workspace acceptedBy overridden unscored",
    ),
    "Rejected": ("task", "attempt! results! deliverables contextEfficiencyScore"),
    "Failed": ("task", "attempt! reason! retryable"),
    "TimedOut": ("task", "worker! attempt! lastSeen! silentSeconds!"),
    "LateResult": ("task", "attempt! type deliverables notes contextEfficiencyScore"),
    "Escalated": ("task", "kind! question! to attempt with files conflict details"),
    "Resolved": ("task", "action! answer escalation late"),
    "Intervened": ("task?", "kind! minutes estimated note"),
    "Reopened": ("task", "defect! escaped!"),
    "Reviewed": ("task", "verdict! minutes note"),
    "ConflictDetected": ("task", "with! files! when!"),
    "Noted": ("any", "text! tags extra"),
    "ServerStarted": ("server", "host port"),
    "ServerStopped": ("server", "reason"),
    "LogResumed": ("log", "silentSeconds"),
    "SegmentSealed": ("log", "next"),
    "TailQuarantined": ("log", "file offset bytes sha256"),
    "SyncFailed": ("log", "sequence"),
}


def test_the_types_are_those_of_the_table_in_its_order() -> None:
    assert EVENT_TYPES == tuple(TABLE) == tuple(MODELS) == tuple(STORED)
    assert {name: kind for name, (kind, _) in TABLE.items()} == SUBJECT_KIND
    assert set(EVENT_TYPES) > DERIVED


@pytest.mark.parametrize("name", TABLE)
def test_a_type_has_the_keys_of_the_table(name: str) -> None:
    keys = TABLE[name][1].split()
    _, required, items, *_ = STORED[name]
    assert set(items) == {key.rstrip("!") for key in keys}
    assert set(required) == {key.rstrip("!") for key in keys if key.endswith("!")}


@pytest.mark.parametrize("name", TABLE)
def test_a_request_may_leave_out_what_evt_adds_and_not_claim_evidence(name: str) -> None:
    _, must, stored, *_ = STORED[name]
    _, asked_must, asked, *_ = ASKED[name]
    added, evidence = ADDED.get(name, frozenset()), EVIDENCE.get(name, frozenset())
    assert set(must) - set(asked_must) <= added
    assert not added & set(asked_must)
    assert set(stored) - set(asked) == {key for key in evidence if "[]" not in key}
    assert evidence <= added
