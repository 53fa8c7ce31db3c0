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
    ),
    examples=(
        ("evt demo", "sums up the documentation of evt"),
        ("evt demo --files docs --into /tmp/evt-try", "your own pages, and where to look at it"),
    ),
    notes="one worker is killed in the middle, one hands in unfit work first, one asks a question",
)


def run(call: Call) -> int:
    """Run it; exit 1 if a promise did not hold."""
    from evt.cli.demo.run import run as run_demo

    scratch = run_demo(call.args.get("files"), call.args.get("into"))
    if call.json:
        call.answer({"schema": "evt.demo/1", "folder": str(scratch)}, "")
    return 0
