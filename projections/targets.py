"""What each figure should be, and whether it is: met, not_met, or no_data.

A project's `policy.targets` replaces the number of a target, never an abandon rule.
"""

from __future__ import annotations

from evt.projections.measure import exact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from evt.projections.measure import Number

MET, NOT_MET, NO_DATA = "met", "not_met", "no_data"
AT_MOST, AT_LEAST, EQUAL = "<=", ">=", "="
TARGETS: dict[str, tuple[str, float]] = {
    "intervention_ratio": (AT_MOST, 0.2),
    "prompts_per_task": (AT_MOST, 2),
    "context_score.min": (AT_LEAST, 4),
    "speedup.value": (AT_LEAST, 2),
    "speedup.vs_baseline": (AT_LEAST, 2),
    "recovery.detection_s.max": (AT_MOST, 120),
    "recovery.reassigned": (AT_LEAST, 1),
    "gate.catch_rate": (AT_LEAST, 0.8),
    "duplicates": (AT_MOST, 0),
    "engineer.hours": (AT_MOST, 40),
}
SAME = {
    "conflicts.detected": "conflicts.escalated",
    "conflicts.escalated": "conflicts.detected",
}  # figures that must be equal
SPEEDUP = ("speedup.value", "speedup.vs_baseline")


def judged(how: str, value: float | Number | None, target: float | Number | None) -> str:
    """The verdict on one value, without rounding."""
    if value is None or target is None:
        return NO_DATA
    value, target = exact(value), exact(target)
    good = value <= target if how == AT_MOST else value >= target
    return MET if (value == target if how == EQUAL else good) else NOT_MET


def early(how: str, verdict: str) -> str:
    """The verdict before the first handoff: a limit may be broken by then, or a goal be reached.

    That the one is kept and the other is not reached yet says nothing.
    """
    told = {AT_MOST: NOT_MET, AT_LEAST: MET}.get(how)
    return verdict if verdict == told else NO_DATA


def targets(policy: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """Key -> (sign, number) in force; with a baseline, both figures of speed have its target."""
    own = policy["targets"]
    found = {key: (how, own.get(key, number)) for key, (how, number) in TARGETS.items()}
    if "speedup.vs_baseline" not in own:
        found["speedup.vs_baseline"] = found["speedup.value"]
    found |= {key: (EQUAL, values[other]) for key, other in SAME.items()}
    return found


def verdicts(values: Mapping[str, Any], wanted: Mapping[str, tuple[str, Any]]) -> dict[str, str]:
    """The verdict on every figure that has a target."""
    found = {key: judged(how, values[key], number) for key, (how, number) in wanted.items()}
    if not values["handoffs"]:
        found = {key: early(wanted[key][0], verdict) for key, verdict in found.items()}
    if values["speedup.vs_baseline"] is not None:
        found["speedup.value"] = found["speedup.vs_baseline"]
    return found
