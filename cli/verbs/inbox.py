"""`evt inbox`: open questions, dearest first, each with the command that answers it."""

from __future__ import annotations

from time import monotonic

from evt.cli import output, waiting, who
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
    from evt.eventlog.log.filelog import FileLog
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
LINE = 300  # characters of one thing that helps to answer
WAITING = 8  # tasks behind a question that are named


def run(call: Call) -> int:
    """Print the questions; with --wait only what is addressed to the caller."""
    seconds = call.args.get("wait", 0)
    if seconds < 0:
        raise Usage("--wait is a number of seconds from 0 on", "evt inbox --wait 540")
    if call.args.get("wait") is not None:
        found, code = look(call.log, call.actor(), seconds)
    else:
        found, code = _document(inbox(call.log.state(), now_us())), 0
    words = in_words(found, who.named(call.args.get("as")))
    if code == NOTHING:
        words += f"\nnext: evt inbox --wait {seconds or 540:g} --as {call.actor()}"
    call.answer(found, words)
    return code


def look(log: FileLog, caller: str, seconds: float) -> tuple[dict[str, Any], int]:
    """What concerns the caller, waited for, and 0, 3 (nothing yet) or 7 (everything has ended).

    Wakes on changes and timers, and sweeps.
    """
    end = monotonic() + seconds
    since = waiting.seen_up_to(log, caller)
    with waiting.Presence(log, caller):
        while True:
            state = swept(log, caller)
            mine = [item for item in inbox(state, now_us()) if for_caller(state, caller, item)]
            news = _failed(state, since) if caller != "engineer" else []
            left = end - monotonic()
            if mine or news:
                found, code = _document(mine, news), 0
            elif _is_over(state):
                found, code = _document([], _failed(state, 0), done=True), DONE
            elif left <= 0 or not output.reader_is_there():
                found, code = _document([]), NOTHING
            else:
                log.wait(state.sequence, min(left, next_lease(state)))
                continue
            waiting.has_seen(log, caller, state.sequence)
            return found, code


def _failed(state: State, since: int) -> list[str]:
    """Tasks that failed after a sequence and were not revived."""
    if not state.head["counts"]["failed"]:
        return []
    rows = (state.task(name) for name in state.task_ids())
    return [
        row["id"]
        for row in rows
        if row is not None and row["status"] == "failed" and row["attempts"][-1]["failed"] > since
    ]


def _is_over(state: State) -> bool:
    counts = state.head["counts"]
    ended = sum(counts[status] for status in FINAL)
    total = sum(counts.values())
    return (total > 0 and ended == total) or (
        state.head["project"] is None and state.head["last"] is not None
    )


def _document(
    questions: list[dict[str, Any]], failed: list[str] | None = None, done: bool = False
) -> dict[str, Any]:
    return {
        "schema": "evt.inbox/1", "questions": questions, "failed": failed or [], "done": done,
    }  # fmt: skip


def in_words(document: dict[str, Any], name: str | None = None) -> str:
    """The document as a chat reads it; `name` is who has to say so in each answer."""
    lines = [f"{name} has failed: evt log {name}" for name in document["failed"]]
    if document["done"]:
        return "\n".join([*lines, "everything has ended", "next: evt review --brief"])
    for item in document["questions"]:
        lines += _question(item, f" --as {name}" if name else "")
    return "\n".join(lines) or "no open question"


def _question(item: dict[str, Any], me: str) -> list[str]:
    """One question: what is asked, what helps to answer, the command that does."""
    held = f"{item['heldUpMinutes']} worker-minutes held up"
    lines = [
        f"{item['task']} ({item['kind']}, asked by {item['by']}, {held})",
        f"  {output.one_line(item['question'])}",
        f"  the task: {output.one_line(item['about'], LINE)}",
    ]
    if item["note"]:
        lines.append(f"  so far: {output.one_line(item['note'], LINE)}")
    lines += [f"  refused for: {output.one_line(one['message'], LINE)}" for one in item["findings"]]
    lines += _details(item["details"])
    if item["waiting"]:
        more = f" and {len(item['waiting']) - WAITING} more" if item["waiting"][WAITING:] else ""
        lines.append(f"  waiting: {', '.join(item['waiting'][:WAITING])}{more}")
    others = ", ".join(f"--action {action}" for action in item["otherwise"])
    answer = item["answer"]
    for flag in ("--answer '...'", "--reason '...'"):
        answer = answer.replace(flag, flag + me)
    return [*lines, f"  {answer}", *([f"  or with {others}"] if others else [])]


def _details(details: Any) -> list[str]:
    """What was given with a question: how files differ, a proposed plan, anything else as JSON."""
    if not isinstance(details, dict):
        return [] if details is None else [f"  details: {output.one_line(_json(details), LINE)}"]
    known = {"diff", "workers", "propose", "proposeFile"}
    rest = {key: value for key, value in details.items() if key not in known}
    lines = [f"  {file}: {how}" for file, how in details.get("diff", {}).items()]
    if "proposeFile" in details:
        lines.append(f"  proposed: evt plan {details['proposeFile']}")
    return lines + ([f"  details: {output.one_line(_json(rest), LINE)}"] if rest else [])


def _json(value: Any) -> str:
    return output.json_bytes(value).decode()
