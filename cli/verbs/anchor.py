"""`evt anchor`: SEQ:HASH of the last event, to be kept where the log's owner cannot change it."""

from __future__ import annotations

from evt.cli.args import Verb
from evt.eventlog.errors import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb(
    "anchor",
    "print SEQ:HASH of the last event",
    examples=(
        ("evt anchor", "against a cut tail; check it later with evt verify --expect SEQ:HASH"),
        ("git notes add -m \"$(evt anchor)\"", "keep it in a git note"),
    ),
)  # fmt: skip


def run(call: Call) -> int:
    """Print it; an empty log has none."""
    head = call.log.head()
    if not head.sequence:
        raise Refusal(4, "not_found", "the log has no event yet", "evt init --project NAME")
    anchor = f"{head.sequence}:{head.hash}"
    call.answer({"sequence": head.sequence, "hash": head.hash, "anchor": anchor}, anchor)
    return 0
