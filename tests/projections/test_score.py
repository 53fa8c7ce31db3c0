"""The rubric of context efficiency: every step of it, and that no signal ever makes it better."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.projections.score import score
from tests.conftest import ROOT

SEVERE, MINOR = "output truncated", "slow"


@pytest.mark.parametrize(
    ("signals", "cost"),
    [
        ({}, 0),
        ({"vagueScope": True}, 1),
        *(({"rules": count}, 0) for count in (0, 1, 2)),
        *(({"rules": count}, 0.5) for count in (3, 5)),
        *(({"rules": count}, 0.75) for count in (6, 8)),
        *(({"rules": count}, 1) for count in (9, 12)),
        *(({"rules": count}, 2) for count in (13, 100)),
        ({"clarifications": 1}, 0.25),
        *(({"clarifications": count}, 0.75) for count in (2, 3)),
        ({"clarifications": 4}, 1),
        *(({"clarifications": count}, 2) for count in (5, 9)),
        ({"issues": [MINOR]}, 0.25),
        ({"issues": ["latency", "quality", "slow"]}, 0.25),
        *(({"issues": [text]}, 0.5) for text in ("Truncated", "was cut off", "degraded", "severe")),
        ({"issues": [SEVERE, MINOR]}, 0.5),
        ({"issues": [SEVERE, "degraded"]}, 1),
        ({"issues": [SEVERE] * 5}, 1),
    ],
    ids=str,
)  # fmt: skip
def test_what_each_signal_costs(signals: dict[str, Any], cost: float) -> None:
    assert sum(score(signals)["costs"].values()) == cost


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ({"rules": 3}, 5),  # 4.5, a half goes up
        ({"rules": 6}, 4),  # 4.25
        ({"rules": 6, "clarifications": 2}, 4),  # 3.5
        ({"rules": 6, "clarifications": 2, "issues": [MINOR]}, 3),  # 3.25
        ({"vagueScope": True, "rules": 13, "clarifications": 5}, 1),  # 0
        ({"vagueScope": True, "rules": 13, "clarifications": 5, "issues": [SEVERE] * 2}, 1),  # -1
    ],
    ids=str,
)
def test_scores_are_rounded_and_stay_within_one_and_five(
    signals: dict[str, Any], expected: int
) -> None:
    assert score(signals)["score"] == expected


@pytest.mark.parametrize(
    ("signals", "level", "advice"),
    [
        ({}, "lean", "go on"),
        ({"rules": 9}, "lean", "go on"),
        ({"rules": 9, "vagueScope": True}, "ok", "summarise what matters, or start a fresh chat"),
        ({"rules": 13}, "ok", "go on, and keep an eye on the context"),
        ({"rules": 13, "vagueScope": True}, "bloated", "start a fresh chat"),
    ],
    ids=str,
)
def test_level_and_advice(signals: dict[str, Any], level: str, advice: str) -> None:
    found = score(signals)
    assert (found["level"], found["advice"]) == (level, advice)
    assert found["gauge"].startswith(f"[{'#' * found['score']}{'-' * (5 - found['score'])}] ")


issues = st.lists(st.sampled_from([SEVERE, MINOR, "cut off", "latency", "odd"]), max_size=4)
given_signals = st.fixed_dictionaries({
    "vagueScope": st.booleans(), "rules": st.integers(0, 20), "clarifications": st.integers(0, 8),
    "issues": issues,
})  # fmt: skip


@given(given_signals, st.integers(0, 3), st.integers(0, 3), issues)
def test_more_of_any_signal_never_makes_the_score_better(
    signals: dict[str, Any], rules: int, clarifications: int, more: list[str]
) -> None:
    before = score(signals)["score"]
    for worse in (
        {"vagueScope": True},
        {"rules": signals["rules"] + rules},
        {"clarifications": signals["clarifications"] + clarifications},
        {"issues": [*signals["issues"], *more]},
    ):
        assert score({**signals, **worse})["score"] <= before


def test_the_rubric_loads_nothing() -> None:
    """`emit Completed --signals` is waited for, so its rubric must not import anything."""
    code = (
        f"import sys\nsys.path.insert(0, {str(ROOT / '.namespace')!r})\nbefore = set(sys.modules)\n"
        "import evt.projections.score\nprint(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    own = ["evt", "evt.projections", "evt.projections.score"]
    assert done.stdout.split() == ["__future__", *own]
