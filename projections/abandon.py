"""When to stop: five rules that no policy can move.

A rule without data says so (`triggered` null) and which command would give it data (`hint`).
"""

from __future__ import annotations

from evt.projections.measure import EVIDENCE_MAX, exact, ratio
from evt.projections.views.speedup import stalled_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from evt.projections.measure import Number
    from evt.projections.run import Run

    Rule = dict[str, Any]

PROMPTS, SCORE, SPEED, DEBUG = 10, 3, 1.5, 2
SCORES, WORKERS, TASKS = 3, 2, 4  # as much is needed before a rule is judged
SPEED_HINT = "evt next --as NAME for two workers at least, until 4 tasks are completed"


def abandon(
    run: Run, values: Mapping[str, Number | None], seen: Mapping[str, list[int]]
) -> list[Rule]:
    """All rules in order, with the sequences that each rests on."""
    prompts = values["prompts_per_task"]
    return [
        _rule("prompts_per_task", prompts, PROMPTS, _over(prompts, PROMPTS),
              seen["prompts_per_task"], "evt next --as NAME"),
        *_scores(run),
        _speed(run, values, seen),
        _rule("engineer.debug_ratio", values["engineer.debug_ratio"], DEBUG,
              _over(values["engineer.debug_ratio"], DEBUG), seen["engineer.debug_ratio"],
              "evt emit ProjectRevised --baseline-debug MINUTES"),
    ]  # fmt: skip


def _rule(
    name: str, value: Number | None, threshold: float, triggered: bool | None,
    sequences: list[int], hint: str,
) -> Rule:  # fmt: skip
    rule: Rule = {
        "rule": name, "value": value, "threshold": threshold, "triggered": triggered,
        "evidence": sequences,
    }  # fmt: skip
    return rule if triggered is not None else {**rule, "hint": hint}


def _over(value: Number | None, threshold: float) -> bool | None:
    return None if value is None else value > threshold


def _scores(run: Run) -> list[Rule]:
    """The last three are all below 3, or the mean of three at least is."""
    view = run.views["context"]
    scores, enough = view["scores"], len(view["scores"]) >= SCORES
    highest = max(scores[-SCORES:]) if enough else None
    mean = ratio(sum(scores), len(scores)) if enough else None
    hint = f"evt emit Completed TASK --score 1..5, for {SCORES} tasks at least"
    return [
        _rule("context_score.last", highest, SCORE, None if highest is None else highest < SCORE,
              view["sequences"][-SCORES:], hint),
        _rule("context_score.mean", mean, SCORE, None if mean is None else mean < SCORE,
              view["sequences"][-EVIDENCE_MAX:], hint),
    ]  # fmt: skip


def _speed(run: Run, values: Mapping[str, Number | None], seen: Mapping[str, list[int]]) -> Rule:
    """Against the baseline, else against occupancy without the time nobody could work."""
    name, value = "speedup.vs_baseline", values["speedup.vs_baseline"]
    if value is None:
        name = "speedup.value"
        if run.makespan is not None:
            worked = run.makespan[1] - run.makespan[0] - stalled_us(run)
            value = ratio(sum(run.taken.values()), worked)
    enough = len(run.workers) >= WORKERS and len(run.done) >= TASKS
    triggered = value < exact(SPEED) if enough and value is not None else None
    return _rule(name, value, SPEED, triggered, seen[name], SPEED_HINT)


def stops_below(rule: Rule) -> bool:
    """Whether a rule fires below its limit, not above."""
    return str(rule["rule"]).startswith(("context", "speedup"))


def said(rule: Rule) -> str:
    """A rule that fired, in words."""
    side = "below" if stops_below(rule) else "above"
    return f"{rule['rule']} is {rule['value']:.2f}, {side} {rule['threshold']:g}"
