"""`evt baseline`: what the same work costs with one worker, to compare with."""

from __future__ import annotations

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
        Flag("apply", "switch", "record it as the baseline of the open project"),
    ),
    examples=(
        ("evt baseline --project alone", "what it took, and the flags to record it by hand"),
        ("evt baseline --project alone --apply", "speedup.vs_baseline is measured from then on"),
    ),
)


def run(call: Call) -> int:
    """Print the baseline; with --apply append ProjectRevised."""
    from evt.projections.baseline import baseline
    from evt.projections.logfold import LogFold

    name = call.args.get("project")
    found = baseline(LogFold(call.log.layout).catch_up(), name)
    receipts = []
    said = [
        f"{found['serialSeconds']:.1f} s of one worker, {found['debugMinutes']:g} min debugging"
    ]
    if call.args.get("apply"):
        command = Emit(call.actor(), "ProjectRevised", None, {"baseline": found})
        receipts = submit(call.log, command).receipts
        said.append("recorded as the baseline of the open project")
    else:
        said.append(f"next: evt baseline{f' --project {name}' if name else ''} --apply")
    call.answer({"schema": "evt.baseline/1", **found, "receipts": receipts}, "\n".join(said))
    return 0
