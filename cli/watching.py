"""The live view of `evt watch`: one screen, from 80x24 on, made anew after every change."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from evt.cli.output import one_line
from evt.eventlog.catalog import SECOND
from evt.eventlog.decide.draft import log_now
from evt.eventlog.evolve.ready import ranked
from evt.eventlog.line import Event
from evt.eventlog.rows import TaskRow
from evt.eventlog.state import State
from evt.eventlog.waits import waits_for
from evt.projections.inbox import inbox
from evt.projections.status import counts, verdict
from evt.projections.story import words

# Told apart without colour as well: every verdict is a word of its own.
STYLE = {
    "working": "green", "waiting": "yellow", "quiet": "yellow", "dead": "bold red", "idle": "dim",
    "left": "dim",
}  # fmt: skip
SMALL = 500  # up to so many tasks those that wait and those that are done are listed as well
FIXED = 9  # lines that are there whatever happens: head, bar, titles, blanks, last event


class Frame:
    """What the screen shows: a state at a clock reading, names inside a wait, the last event."""

    def __init__(
        self,
        state: State,
        now_us: int,
        waiting: list[str],
        last: Event | None,
        size: tuple[int, int],
    ) -> None:
        self.state = state
        self.now_us = now_us
        self.log_us = log_now(state, now_us)
        self.waiting = waiting
        self.last = last
        self.width, self.height = size

    def render(self) -> RenderableType:
        """The whole screen."""
        if self.state.head["last"] is None:
            return Text("no project yet: evt init --project NAME")
        room = self.height - FIXED
        workers = self.workers()
        questions = self.questions(max(1, min(6, room // 3)))
        tasks = self.tasks(max(2, room - workers.row_count - len(questions)))
        parts: list[RenderableType] = [self.head(), self.bar(), Text(""), workers, Text(""), *tasks]
        if questions:
            parts += [Text(""), *questions]
        if self.last is not None:
            said = f"{self.last.time[11:19]}  {one_line(words(self.last))}"
            parts += [Text(""), Text(fit(said, self.width), style="dim")]
        return Group(*parts)

    def head(self) -> Text:
        """Project, how much is done, how many hands are busy."""
        found, head = counts(self.state), self.state.head
        busy = len({live["worker"] for live in head["live"].values()})
        there = sum(1 for name in head["seen"] if self.state.get(f"w/{name}")["role"] == "worker")
        said = [
            f"{found['completed']}/{found['total']} done",
            f"{busy}/{there} busy",
            f"{found['ready']} ready",
            f"{found['pending'] - found['ready']} waiting",
        ]
        said += [f"{found[key]} {key}" for key in ("escalated", "failed") if found[key]]
        how = " (paused)" if head["paused"] else "" if head["project"] else " (ended)"
        line = Text(one_line(f"{head['last']}{how}", self.width // 3), style="bold")
        return line.append("  " + ", ".join(said), style="not bold")

    def bar(self) -> RenderableType:
        """Progress over all tasks."""
        found = counts(self.state)
        return ProgressBar(
            total=max(1, found["total"]), completed=found["completed"], width=self.width
        )

    def workers(self) -> Table:
        """One row per joined name: verdict, task, how long it has been silent."""
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, expand=False)
        for name in self.state.head["workers"]:
            seen = self.state.head["seen"].get(name)
            if seen is None:
                continue
            what = verdict(self.state, name, self.log_us, self.waiting)
            held = [
                task for task, live in self.state.head["live"].items() if live["worker"] == name
            ]
            age = age_of(self.log_us - seen[0])
            table.add_row(
                Text(name), Text(what, style=STYLE.get(what, "")), Text(f"heard {age} ago"),
                Text(self.doing(held[0]) if held else self.state.get(f"w/{name}")["role"]),
            )  # fmt: skip
        if not table.row_count:
            table.add_row(Text("nobody has joined yet: evt join", style="dim"))
        return table

    def doing(self, name: str) -> str:
        """A task with the age of its attempt and the last note."""
        task = self.state.task(name)
        if task is None:
            return name
        attempt = task["attempts"][-1]
        progress = attempt["progress"]
        done = "" if progress is None else f" {round(progress * 100)} %"
        note = f"  {one_line(attempt['note'])}" if attempt["note"] else ""
        said = f"{name} for {age_of(self.log_us - attempt['begin'])}{done}{note}"
        return fit(said, max(20, self.width - 40))

    def tasks(self, most: int) -> list[Text]:
        """Ready ones first, then those that wait, with what they wait for, then the last done."""
        state = self.state
        found: list[TaskRow] = []
        for entry in ranked(state):
            row = state.task(entry[3])
            if row is not None:
                found.append(row)
            if len(found) == most:
                break
        if sum(state.head["counts"].values()) <= SMALL:
            rows = [row for row in map(state.task, state.task_ids()) if row is not None]
            found += [r for r in rows if r["status"] == "pending" and r["rank"] is None]
            done = [r for r in rows if r["status"] == "completed" and r["attempts"]]
            found += sorted(done, key=lambda r: -r["completed"])
        lines = [self.task(row) for row in found[:most]]
        return lines or [Text("no task is waiting", style="dim")]

    def task(self, row: TaskRow) -> Text:
        """One line of a task that is not under way."""
        reasons = waits_for(self.state, row, self.log_us)
        what = "waits for " + "; ".join(reasons) if reasons else "ready"
        style = "dim" if reasons else ""
        if row["status"] == "completed":
            what, style = f"done by {row['attempts'][-1]['worker']}, score {row['score']}", "dim"
        said = f"{row['id']}  {what}  {one_line(row['data']['description'])}"
        return Text(fit(said, self.width), style=style)

    def questions(self, most: int) -> list[Text]:
        """The dearest open questions."""
        found = inbox(self.state, self.now_us)
        lines = []
        for item in found[:most]:
            to = "/".join(item["addressed"])
            said = f"? {item['task']} to {to}, {item['heldUpMinutes']} min: {item['question']}"
            lines.append(Text(one_line(said, self.width), style="bold yellow"))
        if found:
            lines.append(Text("  answer with: evt inbox", style="dim"))
        return lines


def fit(line: str, width: int) -> str:
    """The line, cut to a width."""
    return line if len(line) <= width else line[: width - 3] + "..."


def age_of(us: int) -> str:
    """Microseconds as a short age: 12 s, 3 min, 2 h."""
    seconds = max(0, us) // SECOND
    if seconds < 100:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 6000 else f"{seconds // 3600} h"
