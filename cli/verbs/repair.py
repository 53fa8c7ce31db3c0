"""`evt repair`: recover after a failed sync; corruption is explained, never cut away."""

from __future__ import annotations

from evt.cli.args import Verb
from evt.cli.verbs.verify import audit
from evt.eventlog.errors import Damaged
from evt.eventlog.log.repair import repair

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call

VERB = Verb(
    "repair",
    "recover after a failed sync",
    examples=(("evt repair", "writes the segment anew and records SyncFailed"),),
    notes="exit 6: the log is damaged; nothing is cut or changed, where and why is said",
)
MENDED = ("poisoned", "tail")


def run(call: Call) -> int:
    """Repair what can be; raises Damaged that says where to look on corruption."""
    call.actor()
    for item in audit(call.log)["findings"]:
        if item["code"] == "chain":
            raise _damage(call, item)
    report = repair(call.log)
    for item in audit(call.log)["findings"]:
        if item["code"] not in MENDED:
            raise _damage(call, item)
    done = [f"repaired {what}" for what in report["repaired"]] or ["nothing to repair"]
    call.answer(report, "\n".join([*done, "next: evt verify"]))
    return 0


def _damage(call: Call, item: dict[str, Any]) -> Damaged:
    """Says where the log is broken; there is nothing that evt could mend without a guess."""
    layout = call.log.layout
    return Damaged(
        f"{item['message']}; this is not repaired, as nothing may be changed silently",
        f"put a copy of {layout.path('log')} back, or move {layout.folder} away: evt init",
        location=item.get("location"),
    )
