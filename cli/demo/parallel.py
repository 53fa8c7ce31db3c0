"""`evt demo --scenario parallel`: the same work by one worker and by three, on a clock outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evt.cli import output
from evt.cli.demo.crew import Crew, pages, scratch
from evt.projections.figuretext import PHASES, WORDS, criterion_text

TASKS = 6  # both rounds of three workers are full
PHASE = "3"


def run(folder: str | None, into: str | None) -> Path:
    """Run it; raises Findings if the phase is not met."""
    files, where = pages(folder)[:TASKS], scratch(into)
    output.say(f"{len(files)} pages in {where}")
    serial = _took(Crew(files, where / "one"), 1)
    output.say(f"one worker: {serial:.1f} s")
    crew = Crew(files, where / "three")
    parallel = _took(crew, 3, serial)
    output.say(f"three workers: {parallel:.1f} s, {serial / parallel:.1f} times as fast\n")
    found = judged(crew, PHASE)
    crew.must_hold(
        (crew.done_once(), "not every task was done once"),
        (found == "met", f"phase {PHASE} is not met"),
    )
    return where


def _took(crew: Crew, workers: int, baseline: float | None = None) -> float:
    """Seconds from starting the workers to the last task done; then the project ends."""
    crew.prepare()
    crew.evt("plan", "plan/tasks.json", "--apply")
    if baseline is not None:
        crew.evt("emit", "ProjectRevised", "--baseline-serial", f"{baseline:.3f}")
    began, done = crew.seconds(), 0
    try:
        for letter in "ABC"[:workers]:
            crew.worker(f"worker-{letter}")
        for event in crew.events():
            done += event.type == "Completed"
            if done == len(crew.files):
                break
        took = crew.seconds() - began
        for chat in crew.chats.values():
            chat.wait()
    finally:
        crew.end()
    crew.evt("emit", "ProjectEnded", "--outcome", "done")
    return took


def judged(crew: Crew, phase: str) -> str:
    """Print what `evt metrics` says of a phase; its verdict."""
    document: dict[str, Any] = json.loads(crew.evt("metrics", "--json"))
    found = document["phases"][phase]
    lines = [f"phase {phase}, {PHASES[phase]}: {WORDS[found['verdict']]}"]
    lines += [f"  {WORDS[one['verdict']]:<9}{criterion_text(one)}" for one in found["criteria"]]
    output.say("\n".join(lines))
    return str(found["verdict"])
