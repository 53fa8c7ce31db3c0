"""Context efficiency: what signals of a full chat cost, from 5 (lean) down to 1 (bloated).

Used by `emit Completed --signals`, so nothing is imported. Costs are in hundredths of a point.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

VAGUE = 100
RULES = ((13, 200), (9, 100), (6, 75), (3, 50))  # (at least so many, cost)
CLARIFICATIONS = ((5, 200), (4, 100), (2, 75), (1, 25))
SEVERE = ("truncated", "cut off", "degraded", "severe")
ISSUES_MINOR, ISSUES_SEVERE = 25, ((2, 100), (1, 50))
HEAVY = 75  # signals that cost this much count in the advice
BEST, WORST = 5, 1
LEVELS = ("bloated", "bloated", "ok", "lean", "lean")  # of 1 to 5


def score(signals: Mapping[str, Any]) -> dict[str, Any]:
    """`{"score", "level", "gauge", "advice", "costs"}` of `{vagueScope, rules, clarifications,
    issues}`; a signal that is left out costs nothing.

    >>> score({"rules": 7, "issues": ["slow answers"]})["gauge"]
    '[####-] 4/5 lean: rules -0.75, issues -0.25'
    """
    costs = {
        "vagueScope": VAGUE if signals.get("vagueScope") else 0,
        "rules": _step(signals.get("rules", 0), RULES),
        "clarifications": _step(signals.get("clarifications", 0), CLARIFICATIONS),
        "issues": _issues(signals.get("issues", ())),
    }
    left = BEST * 100 - sum(costs.values())
    found = min(BEST, max(WORST, (left + 50) // 100))  # rounded, a half up
    return {
        "score": found,
        "level": LEVELS[found - 1],
        "gauge": gauge(found, costs),
        "advice": advice(found, sum(cost >= HEAVY for cost in costs.values())),
        "costs": {name: cost / 100 for name, cost in costs.items()},
    }


def gauge(found: int, costs: Mapping[str, int]) -> str:
    """The score in one line, with what it lost and why."""
    why = ", ".join(f"{name} -{cost / 100:g}" for name, cost in costs.items() if cost)
    bar = "#" * found + "-" * (BEST - found)
    return f"[{bar}] {found}/{BEST} {LEVELS[found - 1]}" + (f": {why}" if why else "")


def advice(found: int, heavy: int) -> str:
    """What the chat should do now."""
    if found >= 4:
        return "go on"
    if found <= 2:
        return "start a fresh chat"
    if heavy >= 2:
        return "summarise what matters, or start a fresh chat"
    return "go on, and keep an eye on the context"


def _step(count: int, steps: tuple[tuple[int, int], ...]) -> int:
    return next((cost for least, cost in steps if count >= least), 0)


def _issues(issues: Any) -> int:
    severe = sum(any(word in text.lower() for word in SEVERE) for text in issues)
    return _step(severe, ISSUES_SEVERE) or (ISSUES_MINOR if issues else 0)
