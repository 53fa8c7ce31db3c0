"""`evt trust`: the engineer approves the commands that gates may run, on a terminal."""

from __future__ import annotations

import os
import shlex
import sys

from evt.cli import output, who
from evt.cli.args import Flag, Verb
from evt.cli.trusting import Asked, commands_of, resolve_waiting, store, unapproved, waiting
from evt.eventlog.errors import Refusal, Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call

VERB = Verb(
    "trust",
    "approve commands that the gate may run",
    flags=(
        Flag("plan", "text", "all commands of a plan together", "FILE"),
        Flag("cwd", "text", "the folder of the repository that the command runs in", "DIR"),
        Flag("list", "switch", "what is approved for this repository, and what waits"),
        Flag("revoke", "switch", "take an approval back; without ARGV all of this repository"),
    ),
    examples=(
        ("evt trust", "go through what waits for approval"),
        ("evt trust -- pytest -q tests", "one exact command"),
        ("evt trust -- python check.py {path}", "with one file of the task in the place of {path}"),
        ("evt trust --plan tasks/", "all commands of a plan, each shown with where it comes from"),
        ("evt trust --list", "what is approved, and whether it still fits"),
        ("evt trust --revoke -- pytest -q tests", "take it back"),
    ),
    notes="an approval ends when the program or a file that it names changes; no flag answers it",
    rest=True,
)  # fmt: skip


def run(call: Call) -> int:
    """Ask, remember, and answer the questions that waited for it."""
    args = call.args
    if args.get("list"):
        return _list(call)
    _must_be_the_engineer(call)
    if args.get("revoke"):
        count = store(call.log.layout).revoke(args.rest or None, args.get("cwd", ""))
        call.answer({"revoked": count}, f"{count} taken back")
        return 0
    asked = _asked(call)
    if not asked:
        call.answer({"approved": [], "receipts": []}, "nothing waits for approval")
        return 0
    _must_be_a_terminal()
    for line in _shown(asked):
        output.say(line)
    if not _yes(len(asked)):
        call.answer({"approved": [], "receipts": []}, "nothing was approved")
        return 1
    trust = store(call.log.layout)
    for one in asked:
        trust.approve(one.argv, one.cwd)
    receipts = resolve_waiting(call.log, who.ENGINEER)
    said = f"{len(asked)} approved" + (f", {len(receipts)} questions answered" if receipts else "")
    call.answer({"approved": [one.argv for one in asked], "receipts": receipts}, said)
    return 0


def _must_be_the_engineer(call: Call) -> None:
    name = who.named(call.args.get("as")) or who.ENGINEER
    if name == who.ENGINEER and not who.in_chat():
        return
    why = "from inside a chat" if who.in_chat() else f"as {name}"
    raise Refusal(
        4, "not_allowed", f"commands are approved by the engineer alone, not {why}",
        "run evt trust in a terminal of your own",
    )  # fmt: skip


def _must_be_a_terminal() -> None:
    if not (os.isatty(0) and os.isatty(1)):
        raise Usage(
            "evt trust asks a person: stdin and stdout have to be a terminal", "evt trust --list"
        )


def _asked(call: Call) -> list[Asked]:
    rest, path = call.args.rest, call.args.get("plan")
    if rest and path:
        raise Usage("give a command or --plan, not both", "evt trust --help")
    trust = store(call.log.layout)
    if path:
        from evt.cli.plans import read_plan

        plan = read_plan(path)
        found = commands_of({"acceptance": (plan.project or {}).get("acceptance", {})}, "project")
        for task in plan.tasks:
            found += commands_of(task, task["id"])
        return unapproved(trust, found)
    if rest:
        return [Asked(rest, call.args.get("cwd", ""), "the command line", [])]
    return waiting(call.log)


def _shown(asked: list[Asked]) -> list[str]:
    lines = ["the gate would run, with your rights and without a shell:"]
    for one in asked:
        lines.append(f"  {_typed(one.argv, one.cwd)}")
        lines.append(f"      asked for by {one.origin}")
    return lines


def _typed(argv: list[str], cwd: str) -> str:
    """The command as one types it, and the folder that it runs in."""
    return shlex.join(argv) + (f"  (in {cwd})" if cwd not in ("", ".") else "")


def _yes(count: int) -> bool:
    what = "it" if count == 1 else f"all {count}"
    output.write(f"approve {what} for this repository? [y/N] ".encode())
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _list(call: Call) -> int:
    trust = store(call.log.layout)
    approved: list[dict[str, Any]] = []
    lines = []
    for one in trust.approvals():
        why = trust.why_not(one["argv"], one["cwd"])
        approved.append({"argv": one["argv"], "cwd": one["cwd"], "holds": why is None})
        said = _typed(one["argv"], one["cwd"])
        lines.append(f"approved: {said}" + (f"  ({why})" if why else ""))
    waits = waiting(call.log)
    lines += [f"waits: {_typed(one.argv, one.cwd)}  ({one.origin})" for one in waits]
    call.answer(
        {"approved": approved, "waiting": [{"argv": w.argv, "cwd": w.cwd} for w in waits]},
        "\n".join(lines) or "nothing is approved, nothing waits",
    )
    return 0
