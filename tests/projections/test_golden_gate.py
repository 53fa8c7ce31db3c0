"""Golden logs about the gate: what it caught, and how much of what was asked a machine checks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.golden import some
from tests.projections.history import History


def test_criteria_and_the_gate() -> None:
    # t1: two criteria, one of them attested, and one check: 2 of 3 by machine. t2: one criterion,
    # checked. t3 has not been through the gate. 3 of 4. t1 and t2 were caught, t2 once more.
    log = History().project().join(0, "A")
    log.tasks(0, "t1", acceptance={
        "criteria": ["between 100 and 200 words", "reads well"],
        "checks": [{"check": "sections", "names": ["Use"]}, {"check": "secrets", "off": True}],
    })  # fmt: skip
    log.tasks(0, "t2", "t3", acceptance={"criteria": ["valid JSON"]})
    log.claim(0, "A", "t1")
    log.at(5, "Rejected", "t1", attempt=1)
    log.done(10, "A", "t1", attested=[{"criterion": 2, "how": "read it"}],
             results=[{"check": "criterion", "verdict": "manual", "message": "m"}])  # fmt: skip
    log.claim(10, "A", "t2")
    log.at(15, "Rejected", "t2", attempt=1)
    log.at(16, "Rejected", "t2", attempt=1)
    log.done(20, "A", "t2")
    found = log.metrics()
    some(found, gate__catch_rate=1.0, gate__machine_checked=0.75)
    assert found["verdicts"]["gate.catch_rate"] == "met"


@pytest.mark.parametrize(
    ("acceptance", "asked", "attested", "part"),
    [
        # a default check that had to be attested is not one of the criteria: 1 of 1
        ({"criteria": ["between 1 and 9 words"]}, ["syntax"], [2], 1.0),
        # one that the task itself asks for is: 0 of 1
        ({"checks": [{"check": "syntax"}]}, ["syntax"], [1], 0.0),
        # the criterion was checked, the check beside it was not: 1 of 2
        ({"criteria": ["valid JSON"], "checks": [{"check": "syntax"}]}, ["syntax"], [2], 0.5),
        # several files of one check: 1 of 2
        ({"checks": [{"check": "syntax"}, {"check": "sections"}]}, ["syntax"] * 3, [1, 2, 3], 0.5),
        # only what results call manual had to be attested: 1 of 1
        ({"criteria": ["valid JSON"]}, [], [1], 1.0),
        ({"criteria": ["reads well", "valid JSON"]}, ["criterion"], [1], 0.5),
    ],
    ids=str,
)
def test_what_had_to_be_attested_is_not_checked_by_a_machine(
    acceptance: dict[str, Any], asked: list[str], attested: list[int], part: float
) -> None:
    log = History().project().join(0, "A").tasks(0, "t1", acceptance=acceptance)
    log.claim(0, "A", "t1")
    results = [{"check": name, "verdict": "manual", "message": "m"} for name in asked]
    at = log.done(
        10, "A", "t1", attested=[{"criterion": n, "how": "h"} for n in attested],
        results=[*results, {"check": "word_count", "verdict": "passed", "message": "m"}],
    )  # fmt: skip
    found = log.metrics()
    some(found, gate__machine_checked=part)
    assert found["evidence"]["gate.machine_checked"] == [at]
