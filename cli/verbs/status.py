"""`evt status`: the state now."""

from __future__ import annotations

from evt.cli import output
from evt.cli.args import Verb
from evt.cli.waiting import is_waiting
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


class Waiting:
    """The names inside a wait; each is looked up when it is asked for."""

    __slots__ = ("log",)

    def __init__(self, log: object) -> None:
        self.log = log

    def __contains__(self, name: object) -> bool:
        return is_waiting(self.log, str(name))  # type: ignore[arg-type]  # a FileLog


def run(call: Call) -> int:
    """Print it; a reader only, takes no lock."""
    state = call.log.state()
    waiting = Waiting(call.log)
    if call.json:
        from evt.projections.status import status

        output.say_json(status(state, call.log.head().hash, now_us(), waiting))
    else:
        from evt.projections.board import board

        output.say(board(state, now_us(), waiting, output.width()))
    return 0
