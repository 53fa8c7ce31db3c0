"""`evt demo --scenario conflict`: two chats meet in files, at four moments; every call is shown."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from shlex import join

from evt.cli import output
from evt.cli.demo.crew import command, evt_environment, scratch
from evt.eventlog.errors import Findings

A, B = ("--as", "worker-A"), ("--as", "worker-B")
RESUME = ("--action", "resume", "--answer")


class Scene:
    """A repository in which calls are shown as they are typed, with what they print."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        evt_environment()
        command(["git", "init", "-q"], folder)
        self.write("a.md", "Alpha.\n")
        self.write("b.md", "Beta.\n")
        who = ["-c", "user.name=evt", "-c", "user.email=evt@example.org"]
        command(["git", "add", "."], folder)
        command(["git", *who, "commit", "-q", "--no-gpg-sign", "-m", "two pages"], folder)
        self.said("init", "--project", "handbook")

    def write(self, name: str, text: str) -> None:
        """A file, as a chat writes it."""
        (self.folder / name).write_text(text, "utf-8")

    def said(self, *args: str) -> str:
        """What a call prints, on both streams; raises Findings if it does not exit 0."""
        done = subprocess.run(
            [os.environ["EVT_BIN"], *args],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Findings(f"evt {args[0]} exited {done.returncode}: {done.stdout.strip()}")
        return done.stdout.rstrip()

    def show(self, *args: str, first: int | None = None) -> None:
        """A call and what it prints, or the first lines of that."""
        said, head = self.said(*args), f" | head -n {first}" if first else ""
        lines = said.splitlines()[:first]
        output.say("\n".join([f"% {join(['evt', *args])}{head}", *lines]))

    def at_work(self, name: str, path: str, worker: str) -> None:
        """A task with one output, and a worker that has it."""
        self.said("emit", "TaskCreated", name, "--description", f"Revise {path}", "--output", path)
        self.said("join", worker)
        self.said("next", "--as", worker)


def run(folder: str | None, into: str | None) -> Path:
    """Run it; the pages are its own, so that `folder` is not asked for."""
    scene = Scene(scratch(into))
    output.say(f"two pages, three workers in {scene.folder}")
    scene.at_work("task-001", "a.md", "worker-A")
    scene.at_work("task-002", "b.md", "worker-B")
    for moment in (_assigned, _edited, _completed, _drifted):
        moment(scene)
    output.say("")
    scene.show("log", "--type", "ConflictDetected")
    return scene.folder


def _assigned(scene: Scene) -> None:
    output.say("\n# assigned: a task is pushed although another has its files")
    outputs = ("--output", "a.md", "--output", "links.md")
    scene.said("emit", "TaskCreated", "task-003", "--description", "Mend all links", *outputs)
    scene.said("join", "worker-C")
    scene.show("emit", "Assigned", "task-003", "--worker", "worker-C")
    scene.show("inbox")
    scene.said("emit", "Resolved", "task-003", *RESUME, "links only")
    scene.said("emit", "TaskCancelled", "task-003", "--reason", "done by hand")


def _edited(scene: Scene) -> None:
    output.say("\n# edited: worker-A touches a file of worker-B, is warned, and does it again")
    scene.write("b.md", "Beta, as A sees it.\nAnd more.\n")
    touch = ("emit", "Heartbeat", "task-001", "--touched", "b.md", *A)
    scene.show(*touch)
    scene.show(*touch)
    scene.show("inbox")
    scene.show("emit", "Resolved", "task-001", *RESUME, "leave b.md to worker-B")
    scene.show("next", *A, first=1)


def _completed(scene: Scene) -> None:
    output.say("\n# completed: worker-B was in a.md while worker-A worked on it")
    scene.write("a.md", "Alpha.\nBy A and B.\n")
    scene.said("emit", "Heartbeat", "task-002", "--touched", "a.md", *B)
    scene.show("emit", "Completed", "task-001", "--score", "5", *A)
    scene.show("inbox")
    scene.said("emit", "Resolved", "task-001", *RESUME, "it is right")


def _drifted(scene: Scene) -> None:
    output.say(
        "\n# drifted: a.md is changed after it was handed in; the end of the project shows it"
    )
    scene.said("emit", "Completed", "task-002", "--score", "5", *B)
    scene.write("a.md", "Alpha.\n")
    scene.show("emit", "ProjectEnded", "--outcome", "done")
