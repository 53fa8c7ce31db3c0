"""The live view of `evt watch`: one screen, from 80x24 on, made anew after every change."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.text import Text

from evt.eventlog.catalog import SECOND
from evt.eventlog.decide.draft import log_now
from evt.eventlog.evolve.ready import ranked
from evt.eventlog.line import Event
from evt.eventlog.rows import TaskRow
from evt.eventlog.state import State
from evt.eventlog.waits import waits_for
from evt.projections.inbox import for_caller, inbox
from evt.projections.status import counts, verdict
from evt.projections.story import words
from evt.projections.text import cut, pad, visible, width

# Told apart without colour as well: every verdict is a word of its own.
STYLE = {
    "working": "green", "waiting": "yellow", "quiet": "yellow", "dead": "bold red", "idle": "dim",
}  # fmt: skip
SHOWN_FIRST = tuple(STYLE)  # workers of whom something may be expected come before idle ones
ENGINEER = "engineer"
SMALL = 500  # up to so many tasks those that wait and those that are done are listed as well
FIXED = 8  # lines that are there whatever happens: head, bar, blanks, hint, last event
VERDICT, AGE = 7, 7  # columns
GAP = "  "


class Frame:
    """What the screen shows: a state at a clock reading, the last event, (columns, lines)."""

    def __init__(
        self, state: State, now_us: int, last: Event | None, size: tuple[int, int]
    ) -> None:
        self.state = state
        self.now_us = now_us
        self.log_us = log_now(state, now_us)
        self.last = last
        self.width, self.height = size

    def render(self) -> RenderableType:
        """The whole screen."""
        if self.state.head["last"] is None:
            return Text("no project yet: evt init --project NAME")
        bar = ProgressBar(
            total=max(1, self.total()), completed=counts(self.state)["completed"], width=self.width
        )
        return Group(self.head(), bar, *self.body()[: max(0, self.height - 2)])

    def body(self) -> list[Text]:
        """Everything below the bar, parted by blank lines; what has no room is counted."""
        room = max(3, self.height - FIXED)
        questions = self.questions(max(1, room // 4))
        workers = self.workers(max(1, (room - len(questions)) // 2))
        tasks = self.tasks(max(1, room - len(questions) - len(workers)))
        parts = [workers, tasks, questions]
        if self.last is not None:
            said = f"{self.last.time[11:19]}{GAP}{visible(words(self.last))}"
            parts.append([self.line(said, "dim")])
        return [line for part in parts if part for line in (Text(""), *part)]

    def line(self, text: str, style: str = "") -> Text:
        """One line, cut to the screen."""
        return Text(cut(text, self.width), style=style, no_wrap=True)

    def total(self) -> int:
        """How many tasks there are."""
        return counts(self.state)["total"]

    def head(self) -> Text:
        """Project, how much is done, how many hands are busy."""
        found, head = counts(self.state), self.state.head
        busy = len({live["worker"] for live in head["live"].values()})
        there = sum(
            1
            for name in head["seen"]
            if self.state.get(f"w/{name}")["role"] == "worker" and self.verdict(name) != "dead"
        )
        said = [
            f"{found['completed']}/{found['total']} done",
            f"{busy}/{there} busy",
            f"{found['ready']} ready",
            f"{found['pending'] - found['ready']} waiting",
        ]
        for key, what in (("escalated", "parked"), ("failed", "failed"), ("cancelled", "dropped")):
            said += [f"{found[key]} {what}"] if found[key] else []
        how = " (paused)" if head["paused"] else "" if head["project"] else " (ended)"
        name = cut(visible(f"{head['last']}{how}"), self.width // 3)
        line = Text(name, style="bold", no_wrap=True)
        return line.append(cut(GAP + ", ".join(said), self.width - width(name)), style="not bold")

    def verdict(self, name: str) -> str:
        """How a worker is doing."""
        return verdict(self.state, name, self.log_us)

    def workers(self, most: int) -> list[Text]:
        """One line per joined name: verdict, how long it has been silent, task."""
        names = [name for name in self.state.head["workers"] if name in self.state.head["seen"]]
        if not names:
            return [self.line("nobody has joined yet: evt join", "dim")]
        found = [(self.verdict(name), name) for name in names]
        found.sort(key=lambda one: SHOWN_FIRST.index(one[0]))
        if len(found) > most:
            kept = found[: most - 1]
            lines = self.table(kept)
            return [*lines, self.line(f"and {len(found) - len(kept)} more: evt status", "dim")]
        return self.table(found)

    def table(self, found: list[tuple[str, str]]) -> list[Text]:
        """The lines of (verdict, name), in columns."""
        wide = min(max((len(name) for _, name in found), default=0), self.width // 4)
        lines = []
        for what, name in found:
            age = age_of(self.log_us - self.state.head["seen"][name][0])
            line = Text(named(name, wide) + GAP, no_wrap=True)
            line.append(pad(what, VERDICT), style=STYLE[what]).append(f"{GAP}{age:>{AGE}}{GAP}")
            left = self.width - wide - VERDICT - AGE - 3 * len(GAP)
            lines.append(line.append(cut(self.doing(name), max(4, left))))
        return lines

    def doing(self, name: str) -> str:
        """What a worker holds, for how long, with its last note; else its role."""
        live = self.state.head["live"]
        held = [task for task, entry in live.items() if entry["worker"] == name]
        task = self.state.task(held[0]) if held else None
        if task is None:
            role: str = self.state.get(f"w/{name}")["role"]
            return role
        attempt = task["attempts"][-1]
        progress = attempt["progress"]
        done = "" if progress is None else f" {round(progress * 100)} %"
        note = f"{GAP}{visible(attempt['note'])}" if attempt["note"] else ""
        return f"{task['id']} for {age_of(self.log_us - attempt['begin'])}{done}{note}"

    def tasks(self, most: int) -> list[Text]:
        """Some that are ready, that wait and that are done: of each as many as there is room."""
        state = self.state
        ready: list[TaskRow] = []
        for entry in ranked(state):
            row = state.task(entry[3])
            ready += [row] if row is not None else []
            if len(ready) == most:
                break
        groups = [ready]
        if self.total() <= SMALL:
            rows = [row for row in map(state.task, state.task_ids()) if row is not None]
            done = [r for r in rows if r["status"] == "completed" and r["attempts"]]
            groups.append([r for r in rows if r["status"] == "pending" and r["rank"] is None])
            groups.append(sorted(done, key=lambda r: -r["completed"]))
        found = shared(groups, most)
        wide = min(max((len(row["id"]) for row in found), default=0), self.width // 4)
        lines = [self.task(row, wide) for row in found]
        return lines or [self.line("no task is ready, waiting or done", "dim")]

    def task(self, row: TaskRow, wide: int) -> Text:
        """One line of a task that is not under way."""
        reasons = waits_for(self.state, row, self.log_us)
        what = "waits for " + "; ".join(reasons) if reasons else "ready"
        style = "dim" if reasons else ""
        if row["status"] == "completed":
            what, style = f"done by {row['attempts'][-1]['worker']}, score {row['score']}", "dim"
        said = (named(row["id"], wide), visible(what), visible(row["data"]["description"]))
        return self.line(GAP.join(said), style)

    def questions(self, most: int) -> list[Text]:
        """Open questions: those for the engineer first, then the dearest."""
        found = inbox(self.state, self.now_us)
        found.sort(key=lambda item: not for_caller(self.state, ENGINEER, item))
        lines = []
        for item in found[:most]:
            to = "/".join(item["addressed"])
            held = f", {item['heldUpMinutes']} min held up" if item["heldUpMinutes"] else ""
            task = named(item["task"], min(len(item["task"]), self.width // 4))
            said = f"? {task} to {to}{held}: {visible(item['question'])}"
            lines.append(self.line(said, "bold yellow"))
        if found:
            rest = f"{len(found) - most} more, " if found[most:] else ""
            lines.append(self.line(f"{GAP}{rest}answer with: evt inbox", "dim"))
        return lines


def shared(groups: list[list[TaskRow]], most: int) -> list[TaskRow]:
    """So many of all groups, each in its turn getting one more place, in the order of groups."""
    sizes = [0] * len(groups)
    while sum(sizes) < most and any(n < len(g) for n, g in zip(sizes, groups, strict=True)):
        for number, group in enumerate(groups):
            if sizes[number] < len(group) and sum(sizes) < most:
                sizes[number] += 1
    return [row for n, group in zip(sizes, groups, strict=True) for row in group[:n]]


def named(name: str, columns: int) -> str:
    """A name in a column: of a long one the end stays, which tells it from others."""
    end = max(1, columns // 2 - 3)
    if len(name) <= columns:
        return name.ljust(columns)
    return f"{name[: columns - end - 3]}...{name[-end:]}"


def age_of(us: int) -> str:
    """Microseconds as a short age: 12 s, 3 min, 2 h."""
    seconds = max(0, us) // SECOND
    if seconds < 100:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 6000 else f"{seconds // 3600} h"
