"""`evt score`: how lean a chat's context is, by the rubric."""

from __future__ import annotations

from evt.cli.args import Flag, Verb
from evt.eventlog.errors import InvalidInput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb(
    "score",
    "the context score by the rubric, with advice",
    flags=(
        Flag("vague-scope", "switch", "the task left open what belongs to it"),
        Flag("rules", "integer", "rule files in the context", "N"),
        Flag("clarifications", "integer", "times that something had to be asked again", "N"),
        Flag("issue", "list", "a problem: slow, truncated, degraded, ...", "TEXT"),
        Flag("signals", "json", "all of it as JSON"),
    ),
    examples=(
        ("evt score --rules 7 --clarifications 1", "a score from 1 to 5, and what to do"),
        ("evt score --vague-scope --issue 'answers cut off'", "a chat in trouble"),
    ),
    notes="4-5 lean, 3 ok, 1-2 bloated",
)


def run(call: Call) -> int:
    """Print the score, its gauge and the advice."""
    from evt.eventlog.checking import check
    from evt.projections.score import score

    args = call.args
    signals = args.get("signals") or {}
    if not isinstance(signals, dict):
        raise InvalidInput("--signals is a JSON object", "evt score --help")
    for flag, key in (
        ("vague_scope", "vagueScope"), ("rules", "rules"), ("clarifications", "clarifications"),
        ("issue", "issues"),
    ):  # fmt: skip
        if args.get(flag) is not None:
            signals[key] = args.get(flag)
    check("Completed", {"signals": signals})
    found = score(signals)
    call.answer({"schema": "evt.score/1", **found}, f"{found['gauge']}\n{found['advice']}")
    return 0
