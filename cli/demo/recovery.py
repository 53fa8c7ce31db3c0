"""`evt demo --scenario recovery`: workers are killed, stopped and hang; the others finish the work.

Nobody steps in: the two that are left notice the others by their silence and take their tasks over.
"""

from __future__ import annotations

import signal
from pathlib import Path

from evt.cli import output
from evt.cli.demo.crew import HALF, Crew, pages, scratch
from evt.cli.demo.parallel import judged
from evt.eventlog.line import Event

PHASE = "4"
WORKERS = {"worker-A": "hasty", "worker-B": "", "worker-C": "", "worker-D": "", "worker-E": "hangs"}
HAPPENS = {
    "worker-C": ("was killed", signal.SIGKILL),
    "worker-D": ("was stopped", signal.SIGSTOP),
    "worker-E": ("hung", None),
}


class Recovery:
    """What became of each victim: the task it had, when it was noticed, who finished the task."""

    def __init__(self, files: list[Path], folder: Path) -> None:
        self.crew = Crew(files, folder, int(PHASE))
        self.had: dict[str, str] = {}
        self.noticed: dict[str, float] = {}
        self.finished: dict[str, str] = {}
        self.late: set[str] = set()

    def run(self) -> None:
        """From the empty repository to the end of the project."""
        crew = self.crew
        crew.prepare()
        crew.evt("plan", "plan/tasks.json", "--apply")
        try:
            for name, habit in WORKERS.items():
                crew.worker(name, *filter(None, [habit]))
            for event in crew.events():
                self.see(event)
                if len(self.finished) == len(crew.files) and self.late:
                    break
        finally:
            crew.end()
        changed = crew.folder / "summaries" / crew.files[0].name
        changed.write_text(changed.read_text("utf-8") + "A line too many.\n", "utf-8")
        crew.evt("emit", "ProjectEnded", "--outcome", "done")

    def see(self, event: Event) -> None:
        """Strike a victim in the middle of its first task; remember what follows."""
        name, task = event.actor, event.subject or ""
        if name in HAPPENS and name not in self.had and event.data.get("progress") == HALF:
            self.had[name] = task
            self.strike(name)
        elif event.type == "TimedOut":
            self.noticed[event.data["worker"]] = event.data["silentSeconds"]
        elif event.type == "Completed":
            self.finished[task] = name
            if self.had.get("worker-D") == task:
                self.crew.chats["worker-D"].send_signal(signal.SIGCONT)
        elif event.type == "LateResult":
            self.late.add(task)

    def strike(self, name: str) -> None:
        """Do to a worker what is to happen to it; one hangs by itself."""
        number = HAPPENS[name][1]
        if number is not None:
            self.crew.chats[name].send_signal(number)

    def told(self) -> list[str]:
        """A line per victim."""
        lines = []
        for name, (what, _) in HAPPENS.items():
            task = self.had[name]
            by = self.finished[task]
            line = f"{name} {what}: noticed after {self.noticed[name]:.1f} s, {by} did {task}"
            kept = ", its own late report was kept and changed nothing" if task in self.late else ""
            lines.append(line + kept)
        return lines


def run(folder: str | None, into: str | None) -> Path:
    """Run it; raises Findings if a promise did not hold."""
    files, where = pages(folder), scratch(into)
    output.say(f"{len(files)} pages, five workers in {where}")
    story = Recovery(files, where)
    story.run()
    crew = story.crew
    output.say("\n".join([*story.told(), ""]))
    found = judged(crew, PHASE)
    by = set(story.finished.values())
    crew.must_hold(
        (crew.done_once(), "not every task was done once"),
        (not by & {"worker-C", "worker-E"}, "a worker that was gone finished a task"),
        (found == "met", f"phase {PHASE} is not met"),
    )
    output.say(f"\n{len(files)} tasks, each done once, nobody stepped in: cd {where} && evt log")
    return where
