"""`evt check`: run the gate of a task without reporting."""

from __future__ import annotations

from evt.cli import output
from evt.cli.args import Verb, Word
from evt.cli.gate import work_of
from evt.cli.hosts.spool import carried
from evt.cli.service import beat, lease_of, rest
from evt.cli.unjudged import next_step
from evt.eventlog.errors import Refusal
from evt.eventlog.forms import signed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.cli.call import Call
    from evt.eventlog.log.filelog import FileLog
    from evt.validators.gate import Judgement

VERB = Verb(
    "check",
    "run the gate of a task without reporting",
    words=(Word("TASK", "the task", needed=True),),
    examples=(("evt check task-001 --as worker-A", "before evt emit Completed"),),
    notes="exit 0: it would pass, but for what only a person can tell; 5: it would be refused",
)
REFUSED = 5


def run(call: Call) -> int:
    """Print every result; nothing is appended but a sign of life of the caller's attempt."""
    document, text, told = checked(call.log, call.args.word(0) or "", call.reader() or "")
    call.answer(document, text)
    if call.json:
        for line in told:
            output.tell(line)
    return 0 if document["verdict"] == "passed" else REFUSED


def checked(
    log: FileLog, name: str, actor: str, run_commands: bool = True
) -> tuple[dict[str, Any], str, list[str]]:
    """What the gate would say now, as a document and in words, and what the caller has to hear.

    The words begin with that. Raises Refusal if there is no such task.
    """
    from evt.validators.gate import judge

    state = log.state()
    task = state.task(name)
    if task is None:
        raise Refusal(4, "not_found", f"there is no task {name}", "evt status", task=name)
    own = [one for one in task["attempts"] if one["worker"] == actor]
    if own and carried(log, task, own[-1]):
        state = log.state()
        task = state.task(name) or task
        own = [one for one in task["attempts"] if one["worker"] == actor]
    attempt = task["attempts"][-1] if task["attempts"] else None
    told = [output.one_line(line) for line in beat(log, name, own[-1], "report")] if own else []
    speaks = bool(own) and own[-1] is attempt
    work = work_of(log, state, task, attempt, run_commands, speaks, manual_ok=True)
    before = lease_of(state, name)
    judgement = judge(work)
    if speaks:
        rest(log, name, own[-1], before)
    passed = judgement.verdict == "passed"
    document = {
        "task": name,
        "verdict": "passed" if passed else "refused",
        "results": judgement.results,
    }
    me = signed(actor, own[-1]["n"]) if own else ""
    lines = [*told, *_words(judgement), *_ending(judgement, name, me)]
    return document, "\n".join(lines), told


def _words(judgement: Judgement) -> Iterator[str]:
    """Every result, with the last lines of a command that did not pass."""
    for one in judgement.results:
        yield output.finding(one)
        if one["verdict"] != "passed":
            yield from output.tail_lines(one)


def _ending(judgement: Judgement, name: str, me: str) -> list[str]:
    """What would become of a report, and the next call."""
    kinds = {one["verdict"] for one in judgement.results}
    report = f"evt emit Completed {name} --score 1..5 {me}".rstrip()
    if judgement.verdict == "passed":
        manual = ", once what is manual is attested" if "manual" in kinds else ""
        return [f"would pass{manual}", f"next: {report}"]
    if judgement.verdict == "untrusted":
        return ["the engineer would be asked", f"next: {report}  # then evt asks"]
    if judgement.verdict == "error":
        step = next_step(judgement.results, name, me)
        return ["could not be judged", f"next: {step}"]
    return ["would be refused", "next: fix what is listed"]
