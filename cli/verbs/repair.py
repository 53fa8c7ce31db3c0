"""`evt repair`: recover after a failed sync; corruption is explained, never cut away."""

from __future__ import annotations

from evt.cli.args import Verb
from evt.eventlog.log.repair import repair

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb(
    "repair",
    "recover after a failed sync",
    examples=(("evt repair", "writes the segment anew and records SyncFailed"),),
)


def run(call: Call) -> int:
    """Repair what can be; raises Damaged that says where to look on corruption."""
    call.actor()
    report = repair(call.log)
    done = [f"repaired {what}" for what in report["repaired"]] or ["nothing to repair"]
    call.answer(report, "\n".join([*done, "next: evt verify"]))
    return 0
