"""`evt plan`: what is wrong with a plan before anyone starts; `--apply` appends it as one batch."""

from __future__ import annotations

import os

from evt.cli import who
from evt.cli.args import Flag, Verb, Word
from evt.cli.plans import read_plan
from evt.cli.service import submit
from evt.eventlog.commands import Plan
from evt.projections import plan as judged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call

VERB = Verb(
    "plan",
    "check a plan; --apply appends it",
    words=(Word("PATH", "a JSON file, or a folder of them", needed=True),),
    flags=(
        Flag("apply", "switch", "append it to the log as one batch, if it has no errors"),
        Flag("workers", "integer", "predict for up to N workers (default 5)", "N"),
    ),
    examples=(
        ("evt plan tasks/", "findings, and what applying would change"),
        ("evt plan tasks/ --apply --as coordinator", "applying twice is as once"),
    ),
    notes="exit 2 if the plan has errors; warnings do not stop it",
)
ERRORS = 2


def run(call: Call) -> int:
    """Print the findings; apply the plan if that was asked for and nothing is wrong."""
    path = call.args.word(0) or ""
    actor = call.actor() if call.args.get("apply") else call.reader() or "engineer"
    plan = read_plan(path)
    root = call.log.layout.root
    state = call.log.state()
    findings = plan.findings
    if not findings:
        findings = [
            *judged.against_log(state, plan.project, plan.tasks),
            *judged.findings(plan.tasks, state, lambda name: _size(root, name)),
        ]
    ok = not any(item["level"] == "error" for item in findings)
    document: dict[str, Any] = {
        "schema": "evt.plan/1", "ok": ok, "findings": findings,
        "criteria": judged.criteria(plan.tasks) if not plan.findings else [], "prediction": [],
        "applied": [],
    }  # fmt: skip
    changes = judged.changes(state, plan.project, plan.tasks) if ok else []
    if ok and call.args.get("apply"):
        command = Plan(actor, plan.project, plan.tasks, who.via_chat(actor))
        document["applied"] = submit(call.log, command).receipts
    call.answer(document, _text(call, document, changes, path))
    return 0 if ok else ERRORS


def _size(root: str, path: str) -> int | None:
    """Bytes of a file of the repository, None if there is none."""
    try:
        return os.stat(os.path.join(root, path)).st_size
    except OSError:
        return None


def _text(call: Call, document: dict[str, Any], changes: list[str], path: str) -> str:
    lines = [
        f"{item['level']}: " + (f"{item['task']}: " if item["task"] else "") + item["message"]
        for item in document["findings"]
    ]
    for item in document["criteria"]:
        how = "checked by machine" if item["check"] else "manual, to be attested"
        lines.append(f"{item['task']}: {item['text']}  ({how})")
    if not document["ok"]:
        return "\n".join([*lines, f"next: mend {path}, then: evt plan {path}"])
    if call.args.get("apply"):
        done = document["applied"]
        lines.append(f"applied: {len(done)} events" if done else "applied before: nothing to do")
        lines.append("next: evt inbox --wait 540")
        return "\n".join(lines)
    lines += [f"would {change}" for change in changes] or ["everything is in the log already"]
    return "\n".join([*lines, f"next: evt plan {path} --apply"])
