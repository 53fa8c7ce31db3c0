"""Figures as people read them: short, and alike wherever they stand."""

from __future__ import annotations

from evt.projections.abandon import stops_below
from evt.projections.targets import NO_DATA, SAME, TARGETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from evt.projections.abandon import Rule

WORDS = {"met": "met", "not_met": "NOT MET", NO_DATA: "no data", None: ""}
RULE_WORDS = {True: "FIRED", False: "quiet", None: "no data"}
PHASES = {"1": "one worker", "2": "live server", "3": "in parallel", "4": "failures"}
SHARES = frozenset({
    "intervention_ratio", "time.efficiency", "recovery.reassigned", "gate.catch_rate",
    "gate.machine_checked",
})  # fmt: skip
SHOWN = 3  # sequences that are named as evidence


def duration(seconds: float) -> str:
    """Two units at most.

    >>> [duration(s) for s in (0, 0.42, 5, 9.96, 45, 130, 3900, 270_000)]
    ['0 s', '0.4 s', '5 s', '10 s', '45 s', '2 min 10 s', '1 h 05 min', '3 d 03 h']
    """
    if seconds < 9.95:
        return f"{round(seconds, 1):g} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    if seconds < 599.5:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes} min {rest:02d} s" if rest else f"{minutes} min"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    hours = round(seconds / 3600)
    return f"{hours // 24} d {hours % 24:02d} h"


def percent(part: float) -> str:
    """`7 %`.

    >>> percent(0.066)
    '7 %'
    """
    return f"{part * 100:.0f} %"


def value_text(key: str, value: float | None) -> str:
    """One value: a duration, a share, a count or a ratio.

    >>> value_text("speedup.makespan_s", 750.0), value_text("gate.catch_rate", 0.8)
    ('12 min', '80 %')
    """
    if value is None:
        return "-"
    if key.endswith("_s") or "_s." in key:
        return duration(value)
    if key in SHARES:
        return percent(value)
    if key.startswith("engineer.hours"):
        return duration(value * 3600) if 0 < value < 1 else f"{round(value, 1):g} h"
    return str(value) if isinstance(value, int) else f"{value:.2f}"


def target_text(targets: Mapping[str, Any], key: str) -> str:
    """The target in force with its sign, "" without one."""
    if key in SAME:
        return f"= {SAME[key].partition('.')[2]}"
    return f"{TARGETS[key][0]} {value_text(key, targets[key])}" if key in targets else ""


def sequences_text(sequences: Sequence[int]) -> str:
    """The latest of them, and how many more there are.

    >>> sequences_text([4, 7, 9, 12, 20])
    '#9 #12 #20 +2'
    """
    shown = " ".join(f"#{sequence}" for sequence in sequences[-SHOWN:])
    return shown + (f" +{len(sequences) - SHOWN}" if len(sequences) > SHOWN else "")


def criterion_text(criterion: Mapping[str, Any]) -> str:
    """A criterion of a phase, with what it is and what it should be."""
    value, target = criterion["value"], criterion["target"]
    if value is None or target is None:
        return str(criterion["text"])
    return f"{criterion['text']} ({value:.3g}; target {target:.3g})"


def limit_text(rule: Rule) -> str:
    """The limit of a stop rule with its sign."""
    return f"{'<' if stops_below(rule) else '>'} {rule['threshold']:g}"


def rule_value(rule: Rule) -> str:
    """The value of a stop rule."""
    return "-" if rule["value"] is None else f"{rule['value']:.2f}"
