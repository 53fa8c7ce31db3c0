"""`evt next`: the worker's task, or the best ready one, with everything needed to begin."""

from __future__ import annotations

from evt.cli import output, waiting
from evt.cli.args import Flag, Verb
from evt.cli.packing import packed, packed_text
from evt.eventlog.commands import Next
from evt.eventlog.errors import Refusal, Usage
from evt.eventlog.evolve.attempts import policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb(
    "next",
    "the worker's task, or claim the best ready one, and print its pack",
    flags=(
        Flag("wait", "number", "wait so long for work; it comes as soon as there is some",
             "SECONDS"),
    ),
    examples=(
        ("evt next --as worker-A", "what shall I do now?"),
        ("evt next --as worker-A --wait 540", "the same, and wait up to nine minutes for work"),
    ),
    notes="exit 0: a task; 3: nothing now; 7: everything is done, stop",
)  # fmt: skip
NOTHING, DONE = 3, 7


def run(call: Call) -> int:
    """Print the task and its pack; 3 if there is nothing now, 7 if everything is done."""
    actor = call.actor()
    seconds = call.args.get("wait", 0)
    if seconds < 0:
        raise Usage("--wait is a number of seconds from 0 on", "evt next --wait 540")
    try:
        reply = waiting.claimed(call.log, Next(actor), seconds)
    except Refusal as refusal:
        if refusal.exit not in (NOTHING, DONE):
            raise
        return _nothing(call, refusal)
    if call.json:
        output.say_json(packed(call.log, reply))
        for line in reply.result.get("told", ()):
            output.tell(output.one_line(line))
    else:
        output.say(packed_text(call.log, reply, actor))
    return 0


def _nothing(call: Call, refusal: Refusal) -> int:
    """There is no task: a document of its own, not an error."""
    facts = refusal.facts
    waits = facts.get("emptyWaits", 0)
    enough = waits >= policy(call.log.state(), "idleWaits")
    stop = f"stop: {waits} waits in a row brought no work; say so, and end" if enough else ""
    if call.json:
        if stop:
            output.tell(stop)
        output.say_json(
            {
                "task": None,
                "reason": refusal.code,
                "waitsFor": facts.get("waitsFor", []),
                "retryAfterSeconds": facts.get("retryAfterSeconds"),
            }
        )
        return refusal.exit
    lines = [f"{refusal.code}: {refusal.message}"]
    lines += [f"  {text}" for text in facts.get("waitsFor", [])]
    lines.append(stop or f"next: {refusal.hint}")
    output.say("\n".join(lines))
    return refusal.exit
