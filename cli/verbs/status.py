"""`evt status`: the state now."""

from __future__ import annotations

from evt.cli import output
from evt.cli.args import Verb
from evt.eventlog.clock import now_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb(
    "status",
    "the state now",
    examples=(
        ("evt status", "what is going on"),
        ("evt status --json", "all of it, for programs"),
    ),
)


def run(call: Call) -> int:
    """Print it; a reader only, takes no lock."""
    state = call.log.state()
    if call.json:
        from evt.projections.status import status

        output.say_json(status(state, call.log.head().hash, now_us()))
    else:
        from evt.projections.board import board

        output.say(board(state, now_us(), output.width()))
    return 0
