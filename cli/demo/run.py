"""`evt demo`: makes a scratch repository, starts the chats, kills one, tells the story."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic
from typing import Any

from evt.cli import output
from evt.cli.demo.summary import LEAST, MOST, summary
from evt.eventlog.errors import Findings, Usage
from evt.eventlog.line import Event
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout
from evt.projections.story import words

TASKS_LEAST, TASKS_MOST = 3, 8
SECONDS_MAX = 120.0
EXPECTED = frozenset({"Rejected", "TimedOut", "Escalated", "Resolved"})
SIZE_MAX = 1 << 20  # bytes of a page
HALF = 0.5  # progress at which a worker reports for the first time
LEASE = 3  # seconds: a dead worker is found this soon; chats have 90
PACE = 1.0  # seconds that a worker takes for a task at least
WORKERS = {"worker-A": ["hasty"], "worker-B": [], "worker-C": ["asks"]}
VICTIM = "worker-B"
SHOWN = frozenset({
    "ProjectStarted", "WorkerJoined", "WorkerLeft", "Assigned", "Completed", "Rejected", "Failed",
    "TimedOut", "Escalated", "Resolved", "ConflictDetected", "ProjectEnded", "LateResult",
})  # fmt: skip
OWN_DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


class Demo:
    """One run; `folder` is the scratch repository, which stays to be looked at."""

    def __init__(self, files: list[Path], folder: Path) -> None:
        self.files = files
        self.folder = folder
        self.began = monotonic()
        self.chats: dict[str, subprocess.Popen[bytes]] = {}
        self.killed: str | None = None
        self.done = 0
        self.total = 0

    def run(self) -> None:
        """From the empty repository to the last word; raises EvtError if a promise did not hold."""
        self.prepare()
        log = FileLog(Layout(str(self.folder / ".evt")))
        try:
            self.start()
            self.follow(log)
        finally:
            for chat in self.chats.values():
                if chat.poll() is None:
                    chat.kill()
                chat.wait()

    # before

    def prepare(self) -> None:
        """A git repository with the pages, a log in it, and three plan files."""
        self.evt_environment()
        _command(["git", "init", "-q"], self.folder)
        plan = self.folder / "plan"
        plan.mkdir()
        (self.folder / "pages").mkdir()
        tasks = []
        for number, file in enumerate(self.files, 1):
            shutil.copyfile(file, self.folder / "pages" / file.name)
            tasks.append(_task(number, file.name))
        extra = {**_task(len(tasks) + 1, self.files[0].name), "description": "Sum it up once more"}
        self.total = len(tasks) + 1
        _write(plan / "tasks.json", {"tasks": tasks})
        _write(plan / "pair.json", {"tasks": [tasks[0], extra]})
        _write(plan / "extra.json", extra)
        policy = json.dumps({"heartbeatTimeoutSeconds": LEASE})
        evt = [os.environ["EVT_BIN"], "init", "--project", "demo", "--phase", "3"]
        _command([*evt, "--policy", policy], self.folder)

    def evt_environment(self) -> None:
        """The chats find this evt; no chat host's marker and no other log reaches them."""
        from evt.cli.who import MARKERS

        for name in (*MARKERS, "EVT_DIR", "EVT_AS"):
            os.environ.pop(name, None)
        os.environ.setdefault("EVT_BIN", this_evt())

    # during

    def start(self) -> None:
        """One coordinator and three workers, each a process of its own."""
        plan = [f"plan/{name}.json" for name in ("tasks", "pair", "extra")]
        self.chats["coordinator"] = self.chat("coordinator", *plan)
        for name, habits in WORKERS.items():
            self.chats[name] = self.chat("worker", name, str(PACE), *habits)

    def chat(self, role: str, *args: str) -> subprocess.Popen[bytes]:
        """Start one; what it has to say on stderr goes to a file of the scratch repository."""
        with (self.folder / f"{role}.stderr").open("ab") as errors:
            return subprocess.Popen(
                [sys.executable, "-m", f"evt.cli.demo.{role}", *args],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    def follow(self, log: FileLog) -> None:
        """Tell every event as it comes, kill one worker in the middle, until the project ends."""
        seen = 0
        while monotonic() - self.began < SECONDS_MAX:
            for line in log.read(seen):
                seen = line.event.sequence
                self.tell(line.event)
                self.maybe_kill(line.event)
                if line.event.type == "ProjectEnded":
                    return
            if self.chats["coordinator"].poll() not in (None, 0):
                raise Findings("the coordinator gave up", f"cat {self.folder}/coordinator.stderr")
            log.wait(seen, 1.0)
        raise Findings(f"the demo took longer than {SECONDS_MAX:.0f} s", f"cd {self.folder}")

    def tell(self, event: Event) -> None:
        """One line with the progress in front."""
        self.done += event.type == "Completed"
        if event.type in SHOWN:
            seconds = monotonic() - self.began
            progress = f"{self.done}/{self.total} done {seconds:5.1f} s"
            output.say(f"{progress}  {output.one_line(words(event), 76)}")

    def maybe_kill(self, event: Event) -> None:
        """SIGKILL for one worker when it is half way through its first task."""
        if self.killed or event.actor != VICTIM or event.data.get("progress") != HALF:
            return
        self.killed = event.subject
        self.chats[VICTIM].kill()
        output.say(f"{'':>17}  SIGKILL for {VICTIM}, in the middle of {event.subject}")

    # after

    def report(self) -> None:
        """Hold the run against what was promised, then say what to look at."""
        for args in (("verify", "--files"), ("status",)):
            output.say(f"\n$ evt {' '.join(args)}")
            output.say(self.evt(*args))
        output.say("\n" + self.figures())
        self.must_hold(FileLog(Layout(str(self.folder / ".evt"))))
        output.say(
            f"\n{len(self.files)} summaries of 100 to 200 words, every task done once, "
            f"{monotonic() - self.began:.1f} s\n\nlook at it:\n  cd {self.folder}\n"
            f"  cat summaries/{self.files[0].name}\n  evt log {self.killed}\n"
            "  evt review --brief\n  evt metrics\n  evt replay --speed 5\n"
            "  jq -r .type .evt/log/*.jsonl | sort | uniq -c"
        )

    def figures(self) -> str:
        """What `evt metrics` says of the run, in three lines."""
        found = json.loads(self.evt("metrics", "--json"))["values"]
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

    def evt(self, *args: str) -> str:
        """What a call printed; it must exit 0."""
        return _command([os.environ["EVT_BIN"], *args], self.folder).rstrip()

    def must_hold(self, log: FileLog) -> None:
        """Raise Findings naming the first promise that did not hold."""
        completed = [line.event.subject for line in log.read(0) if line.event.type == "Completed"]
        seen = {line.event.type for line in log.read(0)}
        for holds, what in (
            (self.killed is not None, f"{VICTIM} was never killed"),
            (len(completed) == len(set(completed)) == self.total, "not every task was done once"),
            (seen >= EXPECTED, f"these never happened: {', '.join(sorted(EXPECTED - seen))}"),
            (all(map(self.is_summed_up, self.files)), "a summary is not 100 to 200 words long"),
        ):
            if not holds:
                raise Findings(f"the demo failed: {what}", f"cd {self.folder} && evt log")

    def is_summed_up(self, file: Path) -> bool:
        """Whether the summary of a page is there, of the right length."""
        words = (self.folder / "summaries" / file.name).read_text("utf-8").split()
        return LEAST <= len(words) <= MOST


def _task(number: int, page: str) -> dict[str, Any]:
    return {
        "id": f"task-{number:03d}",
        "type": "summary",
        "description": f"Sum up {page}",
        "context": {
            "targetFiles": [f"pages/{page}"],
            "outputFiles": [f"summaries/{page}"],
            "requirements": ["prose only", "sentences of the page itself"],
        },
        "acceptance": {"checks": [{"check": "word_count", "min": LEAST, "max": MOST}]},
        "estimateSeconds": PACE,
    }


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", "utf-8")


def _command(args: list[str], folder: Path) -> str:
    done = subprocess.run(args, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Findings(f"{' '.join(args[:2])} exited {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def this_evt() -> str:
    """The `evt` beside this interpreter, else the one on the PATH."""
    beside = Path(sys.executable).parent / "evt"
    found = str(beside) if beside.exists() else shutil.which("evt")
    if found is None:
        raise Usage("there is no evt beside this Python and none on the PATH", "EVT_BIN=/path/evt")
    return found


def pages(folder: str | None) -> list[Path]:
    """Markdown files with enough prose to be summed up; raises Usage if there are too few."""
    roots = [Path(folder)] if folder is not None else [OWN_DOCS, Path.cwd()]
    for root in roots:
        found = [path for path in sorted(root.rglob("*.md")) if ".venv" not in path.parts]
        unique = {path.name: path for path in found if fits(path)}
        if len(unique) >= TASKS_LEAST:
            return list(unique.values())[:TASKS_MOST]
    raise Usage(
        f"{' and '.join(map(str, roots))}: fewer than {TASKS_LEAST} Markdown files with prose for "
        "100 words", "evt demo --files DIR",
    )  # fmt: skip


def fits(path: Path) -> bool:
    """Whether a page has enough prose."""
    try:
        return path.stat().st_size < SIZE_MAX and summary(path.read_text("utf-8")) is not None
    except (OSError, UnicodeDecodeError):
        return False


def run(folder: str | None, into: str | None) -> Path:
    """Run the whole demonstration; returns the scratch repository."""
    files = pages(folder)
    scratch = Path(into) if into else Path(tempfile.mkdtemp(prefix="evt-demo-"))
    if into:
        scratch.mkdir(parents=True, exist_ok=True)
        if any(scratch.iterdir()):
            raise Usage(f"{scratch} is not empty", "evt demo --into NEW_FOLDER")
    output.say(f"{len(files)} pages, one coordinator, three workers in {scratch}")
    demo = Demo(files, scratch)
    demo.run()
    demo.report()
    return scratch
