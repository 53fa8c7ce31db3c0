"""The targets of a policy: only figures that are judged can have one."""

from __future__ import annotations

from evt.eventlog.errors import InvalidInput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# Their numbers are said where figures are made, which rules do not know.
TARGETS = (
    "intervention_ratio", "prompts_per_task", "context_score.min", "speedup.value",
    "speedup.vs_baseline", "recovery.detection_s.max", "recovery.reassigned", "gate.catch_rate",
    "duplicates", "engineer.hours",
)  # fmt: skip


def must_be_targets(data: Mapping[str, Any]) -> None:
    """Refuse a project's data whose policy has a target for something else."""
    for name in data["policy"].get("targets", ()):
        if name not in TARGETS:
            from difflib import get_close_matches

            near = get_close_matches(name, TARGETS, 1, 0.5)
            hint = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(TARGETS)}"
            raise InvalidInput(f"policy.targets: no figure {name} has a target", hint)
