"""`evt demo`: starts the chats, kills one, tells the story, holds it against what was promised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evt.cli import output
from evt.cli.demo.crew import HALF, Crew, pages, scratch, task_of, write
from evt.cli.demo.summary import LEAST, MOST
from evt.eventlog.line import Event
from evt.projections.story import words

EXPECTED = frozenset({"Rejected", "TimedOut", "Escalated", "Resolved"})
WORKERS = {"worker-A": ["hasty"], "worker-B": [], "worker-C": ["asks"]}
VICTIM = "worker-B"
SHOWN = frozenset({
    "ProjectStarted", "WorkerJoined", "WorkerLeft", "Assigned", "Completed", "Rejected", "Failed",
    "TimedOut", "Escalated", "Resolved", "ConflictDetected", "ProjectEnded", "LateResult",
})  # fmt: skip


class Demo:
    """One run: a coordinator and three workers, of which one dies in the middle."""

    def __init__(self, files: list[Path], folder: Path) -> None:
        self.crew = Crew(files, folder)
        self.killed: str | None = None
        self.done = 0
        self.total = 0

    def run(self) -> None:
        """From the empty repository to the last word; raises EvtError if a promise did not hold."""
        self.prepare()
        try:
            self.start()
            for event in self.crew.events():
                self.tell(event)
                self.maybe_kill(event)
                if event.type == "ProjectEnded":
                    return
        finally:
            self.crew.end()

    def prepare(self) -> None:
        """The plan, another with two tasks for one file, and that second task alone."""
        tasks = self.crew.prepare()
        extra = task_of(len(tasks) + 1, self.crew.files[0].name)
        extra |= {"description": "Sum it up once more"}
        self.total = len(tasks) + 1
        plan = self.crew.folder / "plan"
        write(plan / "pair.json", {"tasks": [tasks[0], extra]})
        write(plan / "extra.json", extra)

    def start(self) -> None:
        """One coordinator and three workers, each a process of its own."""
        plans = [f"plan/{name}.json" for name in ("tasks", "pair", "extra")]
        self.crew.start("coordinator", "coordinator", *plans)
        for name, habits in WORKERS.items():
            self.crew.worker(name, *habits)

    def tell(self, event: Event) -> None:
        """One line with the progress in front."""
        self.done += event.type == "Completed"
        if event.type in SHOWN:
            progress = f"{self.done}/{self.total} done {self.crew.seconds():5.1f} s"
            output.say(f"{progress}  {output.one_line(words(event), 76)}")

    def maybe_kill(self, event: Event) -> None:
        """SIGKILL for one worker when it is half way through its first task."""
        if self.killed or event.actor != VICTIM or event.data.get("progress") != HALF:
            return
        self.killed = event.subject
        self.crew.chats[VICTIM].kill()
        output.say(f"{'':>17}  SIGKILL for {VICTIM}, in the middle of {event.subject}")

    def report(self) -> None:
        """Hold the run against what was promised, then say what to look at."""
        crew = self.crew
        for args in (("verify", "--files"), ("status",)):
            output.say(f"\n$ evt {' '.join(args)}")
            output.say(crew.evt(*args))
        output.say("\n" + self.figures())
        seen = {line.event.type for line in crew.log().read(0)}
        crew.must_hold(
            (self.killed is not None, f"{VICTIM} was never killed"),
            (crew.done_once(), "not every task was done once"),
            (seen >= EXPECTED, f"these never happened: {', '.join(sorted(EXPECTED - seen))}"),
            (all(map(self.is_summed_up, crew.files)), "a summary is not 100 to 200 words long"),
        )
        output.say(
            f"\n{len(crew.files)} summaries of 100 to 200 words, every task done once, "
            f"{crew.seconds():.1f} s\n\nlook at it:\n  cd {crew.folder}\n"
            f"  cat summaries/{crew.files[0].name}\n  evt log {self.killed}\n"
            "  evt review --brief\n  evt metrics\n  evt replay --speed 5\n"
            "  jq -r .type .evt/log/*.jsonl | sort | uniq -c"
        )

    def figures(self) -> str:
        """What `evt metrics` says of the run, in four lines."""
        found: dict[str, Any] = json.loads(self.crew.evt("metrics", "--json"))["values"]
        serial, took = found["speedup.serial_s"], found["speedup.makespan_s"]
        noticed, caught = found["recovery.detection_s.max"], found["gate.catch_rate"]
        stepped_in = found["intervention_ratio"]
        lines = (
            f"{serial:.1f} s of work in {took:.1f} s: {serial / took:.1f} times as fast",
            f"the dead worker was noticed after {noticed:.1f} s, its task went on with another",
            f"the engineer stepped in on {stepped_in:.0%} of the handoffs",
            f"the gate caught {caught:.0%} of the bad work",
        )
        return "\n".join(lines)

    def is_summed_up(self, file: Path) -> bool:
        """Whether the summary of a page is there, of the right length."""
        text = (self.crew.folder / "summaries" / file.name).read_text("utf-8")
        return LEAST <= len(text.split()) <= MOST


def run(folder: str | None, into: str | None) -> Path:
    """Run the whole demonstration; returns the scratch repository."""
    files = pages(folder)
    where = scratch(into)
    output.say(f"{len(files)} pages, one coordinator, three workers in {where}")
    demo = Demo(files, where)
    demo.run()
    demo.report()
    return where
