"""`evt plan`: what is wrong with a plan before anyone starts; `--apply` appends it as one batch."""

from __future__ import annotations

import os
from shlex import join

from evt.cli import output, who
from evt.cli.args import Flag, Verb, Word
from evt.cli.plans import read_plan
from evt.cli.service import submit
from evt.cli.trusting import commands_of, store, unapproved
from evt.eventlog.commands import Plan
from evt.eventlog.errors import Usage
from evt.eventlog.forms import leaves
from evt.projections import plan as judged
from evt.validators.criteria import compile_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call
    from evt.eventlog.log.filelog import FileLog
    from evt.eventlog.log.layout import Layout

TASK = """\
  {"id": "task-001", "type": "summary", "description": "Sum up a.md",
   "context": {"targetFiles": ["a.md"], "outputFiles": ["b.md"]},
   "acceptance": {"checks": [{"check": "word_count", "min": 100, "max": 200}]},
   "estimateSeconds": 120}"""
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
    notes="exit 2 if the plan has errors; warnings do not stop it\n"
    "speedup is the work / the makespan with its handoffs; bound is what it could be at most\n"
    'a file has one task, a list of tasks, or {"project":{"name":...},"tasks":[...]}; a task:\n\n'
    + TASK
    + "\n\nmore keys: dependencies, priority, context.requirements, ...: evt schema task",
)
ERRORS = 2
WORKERS = 5


def run(call: Call) -> int:
    """Print the findings; apply the plan if that was asked for and nothing is wrong."""
    path = call.args.word(0) or ""
    applying = call.args.get("apply", False)
    actor = call.actor() if applying else call.reader() or who.ENGINEER
    if call.args.get("workers", 1) < 1:
        raise Usage("--workers is a number from 1 on", f"evt plan {path} --workers 5")
    document, text = look(
        call.log, path, actor, applying, call.args.get("as"), call.args.get("workers")
    )
    call.answer(document, text, failed=not document["ok"])
    return 0 if document["ok"] else ERRORS


def look(
    log: FileLog,
    path: str,
    actor: str,
    applying: bool,
    name: str | None,
    workers: int | None = None,
) -> tuple[dict[str, Any], str]:
    """What is wrong with a plan and what it changes, as a document and in words; applied if asked.

    `name` is what the caller says with --as; `workers` up to how many to predict for (default 5).
    """
    plan = read_plan(path)
    state = log.state()
    findings = [
        *plan.findings,
        *judged.against_log(state, plan.project, plan.tasks),
        *judged.findings(plan.tasks, state, Outside(log.layout), plan.broken),
    ]
    ok = not any(item["level"] == "error" for item in findings)
    document: dict[str, Any] = {
        "schema": "evt.plan/1", "ok": ok, "findings": findings,
        "criteria": [{"task": task["id"], **one} for task in plan.tasks
                     for one in compile_task(task)],
        "prediction": [], "applied": [],
    }  # fmt: skip
    basis = _predict(document, log, plan.tasks, workers) if ok else []
    changes = judged.changes(state, plan.project, plan.tasks) if ok else []
    if ok and applying:
        command = Plan(actor, plan.project, plan.tasks, who.via_chat(actor))
        document["applied"] = submit(log, command).receipts
    me = f" --as {name}" if name else ""
    said = [
        *_judgement(document),
        *_prediction(document, basis),
        *_outcome(document, changes, path, applying, me),
    ]
    return document, "\n".join(said)


def _predict(
    document: dict[str, Any], log: FileLog, tasks: list[dict[str, Any]], workers: int | None
) -> list[str]:
    """Put the prediction into the document; returns what it is based on, in words."""
    from evt.projections.logfold import LogFold
    from evt.projections.predict import predict

    found = predict(
        tasks, LogFold(log.layout).catch_up(), workers or WORKERS, Outside(log.layout).size,
        workers is not None,
    )  # fmt: skip
    document["prediction"] = found["prediction"]
    known = {(one["code"], one["task"]) for one in document["findings"]}
    document["findings"] += [
        one for one in found["findings"] if (one["code"], one["task"]) not in known
    ]
    basis: list[str] = found["basis"]
    return basis


def _prediction(document: dict[str, Any], basis: list[str]) -> list[str]:
    """The prediction as a small table."""
    from evt.projections.figuretext import duration

    rows = document["prediction"]
    if not rows:
        return []
    lines = ["workers  makespan  speedup  bound"]
    for row in rows:
        took = duration(row["makespanSeconds"])
        lines.append(
            f"{row['workers']:>7}  {took:>8}  {row['speedup']:>7.2f}  {row['bound']:>5.2f}"
        )
    return [*lines, *(f"  based on {one}" for one in basis)]


class Outside:
    """What a plan needs of the repository and of the checks."""

    __slots__ = ("root", "trust")

    def __init__(self, layout: Layout) -> None:
        self.root = layout.root
        self.trust = store(layout)

    def size(self, path: str) -> int | None:
        """Bytes of a file of the repository, None if there is none."""
        if leaves(path):
            return None
        try:
            return os.stat(os.path.join(self.root, path)).st_size
        except (OSError, ValueError):
            return None

    def manual(self, task: dict[str, Any]) -> list[str]:
        """Criteria that no check stands for."""
        return [one["text"] for one in compile_task(task) if one["check"] is None]

    def unapproved(self, task: dict[str, Any]) -> list[str]:
        """Commands that its checks may not run yet, each as a line of the shell."""
        return [join(one.argv) for one in unapproved(self.trust, commands_of(task, task["id"]))]


def _judgement(document: dict[str, Any]) -> list[str]:
    lines = []
    for item in document["findings"]:
        task, message = item["task"], item["message"]
        about = f"{task}: " if task and not message.startswith(f"{task} ") else ""
        lines.append(f"{item['level']}: {about}{message}")
    for item in document["criteria"]:
        if item["check"] is not None:
            facts = ", ".join(f"{key} {value}" for key, value in item["check"].items())
            lines.append(f"{item['task']}: {item['text']}  ({facts})")
    return [output.one_line(line) for line in lines]


def _outcome(
    document: dict[str, Any], changes: list[str], path: str, applying: bool, me: str
) -> list[str]:
    """What would change or has changed, and the next call."""
    if not document["ok"]:
        return [f"next: mend {path}, then: evt plan {path}"]
    if applying:
        done = document["applied"]
        said = f"applied: {len(done)} events" if done else "applied before: nothing to do"
        return [said, f"next: evt inbox --wait 540{me}"]
    if not changes:
        return ["everything is in the log already", f"next: evt inbox --wait 540{me}"]
    return [*(f"would {change}" for change in changes), f"next: evt plan {path} --apply{me}"]
