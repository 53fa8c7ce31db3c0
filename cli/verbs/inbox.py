"""`evt inbox`: open questions, dearest first, each with the command that answers it."""

from __future__ import annotations

from time import monotonic

from evt.cli import output, waiting
from evt.cli.args import Flag, Verb
from evt.cli.sweeping import next_lease, swept
from evt.eventlog.catalog import FINAL
from evt.eventlog.clock import now_us
from evt.eventlog.errors import Usage
from evt.projections.inbox import for_caller, inbox

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call
    from evt.eventlog.state import State

VERB = Verb(
    "inbox",
    "open questions, dearest first",
    flags=(
        Flag("wait", "number", "wait for a question to the caller, a failed task or the end",
             "SECONDS"),
    ),
    examples=(
        ("evt inbox", "what is asked, and how to answer"),
        ("evt inbox --wait 540 --as coordinator", "the coordinator's loop"),
    ),
    notes="with --wait: exit 0: something to look at; 3: nothing yet; 7: everything has ended",
)  # fmt: skip
NOTHING, DONE = 3, 7


def run(call: Call) -> int:
    """Print the questions; with --wait only what is addressed to the caller."""
    seconds = call.args.get("wait", 0)
    if seconds < 0:
        raise Usage("--wait is a number of seconds from 0 on", "evt inbox --wait 540")
    if not seconds:
        return _shown(call, inbox(call.log.state(), now_us()), [])
    caller = call.actor()
    with waiting.Presence(call.log, caller):
        return _wait(call, caller, seconds)


def _wait(call: Call, caller: str, seconds: float) -> int:
    """Wake on changes and timers, sweep, and look whether something concerns the caller."""
    end = monotonic() + seconds
    began = call.log.state()
    failed = _failed(began)
    while True:
        state = swept(call.log, caller)
        mine = [item for item in inbox(state, now_us()) if for_caller(state, caller, item)]
        news = [name for name in _failed(state) if name not in failed]
        if mine or (news and caller != "engineer"):
            return _shown(call, mine, news)
        if _is_over(state):
            call.answer({"schema": "evt.inbox/1", "questions": [], "failed": [], "done": True},
                        "everything has ended\nnext: evt review --brief")  # fmt: skip
            return DONE
        left = end - monotonic()
        if left <= 0 or not output.reader_is_there():
            _shown(call, [], [])
            return NOTHING
        call.log.wait(state.sequence, min(left, next_lease(state)))


def _failed(state: State) -> list[str]:
    if not state.head["counts"]["failed"]:
        return []
    rows = (state.task(name) for name in state.task_ids())
    return [row["id"] for row in rows if row is not None and row["status"] == "failed"]


def _is_over(state: State) -> bool:
    counts = state.head["counts"]
    ended = sum(counts[status] for status in FINAL)
    total = sum(counts.values())
    return (total > 0 and ended == total) or (
        state.head["project"] is None and state.head["last"] is not None
    )


def _shown(call: Call, questions: list[dict[str, Any]], failed: list[str]) -> int:
    document = {"schema": "evt.inbox/1", "questions": questions, "failed": failed, "done": False}
    lines = [f"{name} has failed: evt log {name}" for name in failed]
    for item in questions:
        held = f"{item['heldUpMinutes']} worker-minutes held up"
        lines.append(f"{item['task']} ({item['kind']}, asked by {item['by']}, {held})")
        lines.append(f"  {output.one_line(item['question'])}")
        if item["waiting"]:
            lines.append(f"  waiting: {', '.join(item['waiting'][:8])}")
        lines.append(f"  {item['answer']}")
    call.answer(document, "\n".join(lines) or "no open question")
    return 0
