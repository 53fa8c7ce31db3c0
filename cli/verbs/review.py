"""`evt review`: what was delivered, with the evidence for it, and the engineer's verdict."""

from __future__ import annotations

from evt.cli import who
from evt.cli.args import Flag, Verb, Word
from evt.cli.reviewing import brief, gathered, in_full
from evt.cli.service import submit
from evt.eventlog.commands import Batch, Emit
from evt.eventlog.errors import Refusal, Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call

VERB = Verb(
    "review",
    "what was delivered, with evidence, and the verdict",
    words=(Word("TASK", "only this one"),),
    flags=(
        Flag("rerun", "switch", "run every gate, and the project's own checks, on the tree of now"),
        Flag("brief", "switch", "one line per task"),
        Flag("project", "text", "of this project (default: the open one, else the last)", "NAME"),
        Flag("accept", "switch", "record that it is good: TASK, or all that is completed"),
        Flag("reopen", "text", "record a defect: the task is to be done again", "DEFECT"),
        Flag("escaped", "switch", "with --reopen: the gate should have caught it"),
        Flag("minutes", "number", "how long the review took", "M"),
    ),
    examples=(
        ("evt review --brief", "every task in the order of dependencies"),
        ("evt review task-001", "files, checks, attestations, refusals, notes"),
        ("evt review --rerun", "does it still hold?"),
        ("evt review task-001 --accept", "the verdict: good"),
        ("evt review task-001 --reopen 'the table is wrong' --escaped", "the verdict: not good"),
    ),
)


def run(call: Call) -> int:
    """Print what there is; with --accept or --reopen record the verdict."""
    args = call.args
    if args.get("accept") or args.get("reopen") is not None:
        return _record(call)
    if args.get("escaped") or args.get("minutes") is not None:
        raise Usage("--escaped and --minutes belong to a verdict", "evt review TASK --accept")
    document = gathered(call.log, args.get("project"), args.word(0), args.get("rerun", False))
    words = brief if args.get("brief") else in_full
    call.answer(document, "" if call.json else words(document))
    return 0


def _record(call: Call) -> int:
    args, actor = call.args, call.actor()
    task, defect = args.word(0), args.get("reopen")
    if args.get("accept") and defect is not None:
        raise Usage("--accept and --reopen exclude each other", "evt review TASK --accept")
    if defect is not None and task is None:
        raise Usage("--reopen needs a task", "evt review TASK --reopen DEFECT")
    names = [task] if task is not None else _completed(call)
    verdict = "accepted" if defect is None else "reopened"
    data: dict[str, Any] = {"verdict": verdict}
    if args.get("minutes") is not None:
        data["minutes"] = args.get("minutes")
    via = who.via_chat(actor)
    emits = []
    for name in names:
        if name != names[0]:
            data.pop("minutes", None)  # they were spent once
        note = {"note": defect} if defect else {}
        emits.append(Emit(actor, "Reviewed", name, {**data, **note}, viachat=via))
        if defect is not None:
            found = {"defect": defect, "escaped": args.get("escaped", False)}
            emits.append(Emit(actor, "Reopened", name, found, viachat=via))
    reply = submit(call.log, Batch(actor, emits, via, lines=False))
    said = f"{', '.join(names[:5])}{', ...' if names[5:] else ''}: {verdict}"
    call.answer({"tasks": names, "verdict": verdict, "receipts": reply.receipts}, said)
    return 0


def _completed(call: Call) -> list[str]:
    state = call.log.state()
    rows = (state.task(name) for name in state.task_ids())
    names = [row["id"] for row in rows if row is not None and row["status"] == "completed"]
    if not names:
        raise Refusal(4, "wrong_state", "nothing is completed yet", "evt status")
    return names[:1000]
