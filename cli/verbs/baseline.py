"""`evt baseline`: what the same work costs with one worker, to compare with."""

from __future__ import annotations

from evt.cli import who
from evt.cli.args import Flag, Verb
from evt.cli.service import submit
from evt.eventlog.commands import Emit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb(
    "baseline",
    "measure a project of one worker, record it for the open one",
    flags=(
        Flag(
            "project", "text", "the project that one worker completed (default: the last)", "NAME"
        ),
        Flag("dry-run", "switch", "say what would be recorded, record nothing"),
    ),
    examples=(
        ("evt baseline --project alone", "speedup.vs_baseline is measured from then on"),
        ("evt baseline --project alone --dry-run", "what it took"),
    ),
)


def run(call: Call) -> int:
    """Append ProjectRevised with the baseline; with --dry-run only print it."""
    from evt.projections.baseline import baseline
    from evt.projections.logfold import LogFold

    actor = None if call.args.get("dry_run") else call.actor()
    found = baseline(LogFold(call.log.layout).catch_up(), call.args.get("project"))
    receipts = []
    if actor is not None:
        command = Emit(
            actor, "ProjectRevised", None, {"baseline": found}, viachat=who.via_chat(actor)
        )
        receipts = submit(call.log, command).receipts
    said = (
        f"{found['serialSeconds']:.1f} s of one worker, {found['debugMinutes']:g} min debugging\n"
        + ("recorded as the baseline of the open project" if receipts else "nothing is recorded")
    )
    call.answer({"schema": "evt.baseline/1", **found, "receipts": receipts}, said)
    return 0
