"""`evt demo`: a real run, in a scratch repository, with real processes and real files."""

from __future__ import annotations

from evt.cli.args import Flag, Verb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb(
    "demo",
    "a real run: a coordinator and three workers share real work",
    flags=(
        Flag("files", "text", "a folder of Markdown files to sum up", "DIR"),
        Flag("into", "text", "the scratch repository (default: a new temporary folder)", "DIR"),
        Flag("scenario", "choice", "one thing alone: chats meet in files; one worker against "
             "three; workers die", choices=("conflict", "parallel", "recovery")),
    ),
    examples=(
        ("evt demo", "sums up the documentation of evt"),
        ("evt demo --scenario recovery", "workers die, the work goes on"),
        ("evt demo --files docs --into /tmp/evt-try", "your own pages, and where to look at it"),
    ),
    notes="one worker is killed in the middle, one hands in unfit work first, one asks a question",
)  # fmt: skip


def run(call: Call) -> int:
    """Run it; exit 1 if a promise did not hold."""
    from importlib import import_module

    name = call.args.get("scenario") or "run"
    demo = import_module(f"evt.cli.demo.{name}")
    folder = demo.run(call.args.get("files"), call.args.get("into"))
    if call.json:
        call.answer({"schema": "evt.demo/1", "folder": str(folder)}, "")
    return 0
