"""`evt sweep`: expire what is over, once; every writing call does so by itself."""

from __future__ import annotations

from evt.cli.args import Verb
from evt.eventlog.commands import Sweep
from evt.eventlog.decide import decide

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb(
    "sweep",
    "expire what is over, once",
    examples=(("evt sweep", "for a cron job; waiting calls and every writer sweep as well"),),
)


def run(call: Call) -> int:
    """Append what is due and print its receipts."""
    from evt.cli.verbs.emit import receipt_line

    command = Sweep(call.actor())
    done = call.log.transact(lambda state, now_us: decide(command, state, now_us))
    receipts = [receipt.document() for receipt in done.receipts]
    call.answer({"receipts": receipts}, "\n".join(map(receipt_line, receipts)) or "nothing is over")
    return 0
