"""`evt metrics`: was it worth it, with evidence for every figure."""

from __future__ import annotations

from evt.cli import output
from evt.cli.args import Flag, Verb
from evt.eventlog.errors import Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call

VERB = Verb(
    "metrics",
    "was it worth it: figures, phases, when to abandon",
    flags=(
        Flag("project", "text", "of this project (default: the open one, else the last)", "NAME"),
        Flag("markdown", "switch", "as Markdown, for a pull request"),
        Flag("follow", "switch", "again after every change"),
        Flag("compare", "pair", "two projects side by side", "A B"),
    ),
    examples=(
        ("evt metrics", "every figure with value, target and verdict"),
        ("evt metrics --json", "all of it with the events behind each figure"),
        ("evt metrics --markdown", "for a pull request"),
        ("evt metrics --compare alone together", "one worker against several"),
    ),
)
FOREVER = 60.0


def run(call: Call) -> int:
    """Print the figures; exits 0 whatever they say."""
    args = call.args
    if args.get("compare") and (args.get("project") or args.get("follow")):
        raise Usage("--compare stands alone", "evt metrics --compare A B")
    if args.get("markdown") and call.json:
        raise Usage("--markdown and --json exclude each other", "evt metrics --markdown")
    if args.get("compare"):
        return _compare(call, *args.get("compare"))
    from evt.projections.logfold import LogFold
    from evt.projections.metrics import metrics

    fold = LogFold(call.log.layout)
    while True:
        document = metrics(fold.catch_up(), args.get("project"))
        _print(call, document)
        if not args.get("follow") or not output.reader_is_there():
            return 0
        seen = call.log.head().sequence
        while not call.log.wait(seen, FOREVER):
            if not output.reader_is_there():
                return 0


def _print(call: Call, document: dict[str, Any]) -> None:
    from evt.projections.render_metrics import markdown, table

    if call.json:
        output.say_json(document)
    elif call.args.get("markdown"):
        output.say(markdown(document))
    else:
        output.say(table(document, min(output.width(), 100)))


def _compare(call: Call, one: str, other: str) -> int:
    from evt.projections.compare import compare, markdown, table
    from evt.projections.logfold import LogFold
    from evt.projections.metrics import metrics

    fold = LogFold(call.log.layout).catch_up()
    document = compare(metrics(fold, one), metrics(fold, other))
    if call.args.get("markdown"):
        output.say(markdown(document))
    else:
        call.answer(document, "" if call.json else table(document, min(output.width(), 100)))
    return 0
