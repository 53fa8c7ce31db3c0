"""Whether a revision asks for less than before."""

from __future__ import annotations

from typing import Any

import pytest

from evt.eventlog.commands import Plan
from evt.eventlog.decide.loosening import loosened
from tests.eventlog.world import World, command


def checks(*found: dict[str, Any]) -> dict[str, Any]:
    return {"checks": list(found)}


COUNT = {"check": "word_count", "min": 100, "max": 200}
NAMES = {"check": "sections", "names": ["A", "B"]}
ALLOW = {"check": "placeholders", "allow": ["later"]}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "nothing": ({}, {}, False),
    "a criterion more": ({"criteria": ["a"]}, {"criteria": ["a", "b"]}, False),
    "a criterion gone": ({"criteria": ["a", "b"]}, {"criteria": ["b"]}, True),
    "a criterion in other words": ({"criteria": ["a"]}, {"criteria": ["a!"]}, True),
    "validation added": ({}, {"validation": "make"}, False),
    "validation gone": ({"validation": "make"}, {}, True),
    "validation changed": ({"validation": "make"}, {"validation": "true"}, True),
    "a check more": (checks(COUNT), checks(NAMES, COUNT), False),
    "a check gone": (checks(COUNT, NAMES), checks(NAMES), True),
    "everything gone": (checks(COUNT), {}, True),
    "narrower": (checks(COUNT), checks({**COUNT, "min": 120, "max": 180}), False),
    "less at least": (checks(COUNT), checks({**COUNT, "min": 99}), True),
    "more at most": (checks(COUNT), checks({**COUNT, "max": 201}), True),
    "no least": (checks(COUNT), checks({"check": "word_count", "max": 200}), True),
    "a bound more": (checks({"check": "word_count", "min": 1}), checks({**COUNT, "min": 1}), False),
    "other files": (checks(COUNT), checks({**COUNT, "paths": ["b.md"]}), True),
    "a section more": (checks(NAMES), checks({**NAMES, "names": ["A", "B", "C"]}), False),
    "a section less": (checks(NAMES), checks({**NAMES, "names": ["A"]}), True),
    "in order now": (checks(NAMES), checks({**NAMES, "ordered": True}), False),
    "a default off": ({}, checks({"check": "secrets", "off": True}), True),
    "a default on": (checks({"check": "secrets", "off": True}), {}, False),
    "an exception": ({}, checks(ALLOW), True),
    "no exception any more": (checks(ALLOW), {}, True),
    "the same exception": (checks(ALLOW), checks(ALLOW), False),
    "another exception": (checks(ALLOW), checks({**ALLOW, "allow": ["later", "XX"]}), True),
    "more time": (
        checks({"check": "command", "argv": ["a"]}),
        checks({"check": "command", "argv": ["a"], "timeoutSeconds": 900}), False,
    ),
    "another command": (
        checks({"check": "command", "argv": ["a"]}), checks({"check": "command", "argv": ["b"]}),
        True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_asks_for_less(name: str) -> None:
    old, new, expected = CASES[name]
    assert loosened(old, new) == expected


def test_evt_says_so_in_the_event_whoever_revises() -> None:
    world = World().project().task("t", acceptance=checks(COUNT))
    world.emit("engineer", "TaskRevised", changed={"acceptance": checks(NAMES)})
    assert world.events[-1].data["loosened"] is True
    world.emit("engineer", "TaskRevised", changed={"description": "other"})
    assert "loosened" not in world.events[-1].data
    task = {"id": "t", "type": "task", "description": "other", "acceptance": {}}
    world.do(Plan("coordinator", None, [task]))
    assert world.events[-1].data["loosened"] is True


def test_the_same_request_is_the_same_with_what_evt_found() -> None:
    world = World().project().task("t", acceptance=checks(COUNT))
    asked = command("engineer", "TaskRevised", changed={"acceptance": {}}, id="r1")
    world.do(asked)
    assert world.do(asked).repeated == (len(world.events),)
