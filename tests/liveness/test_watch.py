"""The live view: whatever the project is, it fits the screen, and a program can read it too."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from evt.cli.watching import Frame, named
from evt.projections.text import width
from tests.cli.support import background, task
from tests.conftest import Evt
from tests.eventlog.world import World
from tests.liveness.screens import Heard, Terminal

WIDE = "日本語の文書をすべて読み、要点をまとめる。"
NASTY = "evil \x1b[31m \u202e text"
SIZES = [(80, 24), (40, 24), (40, 12), (46, 18), (200, 60), (20, 5)]


def drawn(world: World, size: tuple[int, int], color: bool = False) -> list[str]:
    """The lines of the screen as a terminal gets them."""
    out = io.StringIO()
    console = Console(
        file=out, width=size[0], height=size[1], force_terminal=True, no_color=not color,
        color_system="standard" if color else None, soft_wrap=False, legacy_windows=False,
    )  # fmt: skip
    console.print(Frame(world.state, world.now, world.events[-1], size).render())
    return out.getvalue().splitlines()


@pytest.fixture
def world() -> World:
    """Three workers, of whom one is dead and one waits for an answer; five tasks."""
    world = World().project(goal="g")
    for name, output in (("t1", "a"), ("t2", "b"), ("t3", "c"), ("t4", "d")):
        world.task(name, description=f"do {name}", context={"outputFiles": [output]})
    world.task("t5", description="do t5", dependencies=["t1"])
    for name in ("worker-A", "worker-B", "worker-C"):
        world.join(name)
    world.next("worker-A")
    world.wait(91)
    world.next("worker-B")
    world.emit("worker-B", "Heartbeat", "t1", note="half is done", progress=0.5)
    world.next("worker-C")
    world.emit("worker-C", "Escalated", "t2", kind="conflict", question="Which of the two?")
    world.next("worker-C")
    world.emit("worker-C", "Completed", "t3")
    world.wait(30)
    return world


def test_what_an_engineer_wants_to_see_is_there(world: World) -> None:
    lines = drawn(world, (80, 24))
    text = "\n".join(line.rstrip() for line in lines)
    assert lines[0].startswith("p  1/5 done, 1/2 busy, 1 ready, 1 waiting, 1 parked")
    for row in (
        r"worker-A  dead +(2 min|\d+ s)",
        r"worker-B  working +30 s  t1 for 30 s 50 %  half is done",
        r"worker-C  idle +30 s  worker",
        r"t4  ready  do t4",
        r"t5  waits for t1: in-progress by worker-B  do t5",
        r"t3  done by worker-C, score 5  do t3",
        r"\? t2 to engineer, 0.5 min held up: Which of the two\?",
        r"answer with: evt inbox",
        r"worker-C completed t3, score 5",
    ):
        assert re.search(row, text), (row, text)


def test_who_may_be_expected_to_do_something_comes_first(world: World) -> None:
    text = "\n".join(drawn(world, (80, 24)))
    assert text.index("worker-B") < text.index("worker-A  dead") < text.index("worker-C  idle")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("color", [True, False], ids=["color", "plain"])
def test_it_fits_whatever_there_is(size: tuple[int, int], color: bool) -> None:
    """Given long names, wide and nasty characters, many tasks and questions, then it fits."""
    world = World()
    world.project()
    for number in range(60):
        world.task(
            f"task-{number:03d}-with-quite-a-long-identifier", description=(WIDE + NASTY) * 3,
            context={"outputFiles": [str(number)]},
        )  # fmt: skip
    for number in range(20):
        name = f"worker-with-a-long-name-{number}"
        world.join(name)
        held = world.next(name)
        if number % 2:
            world.emit(name, "Escalated", held, kind="conflict", question=WIDE + NASTY)
        else:
            world.emit(name, "Heartbeat", held, note=WIDE + NASTY)
    lines = drawn(world, size, color)
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    assert len(lines) <= size[1]
    assert max(map(width, plain)) <= size[0]
    assert not any(c in line for line in plain for c in "\x1b\u202e")
    if 12 <= size[1] <= 24:
        assert any("more: evt status" in line for line in plain)


def test_a_long_name_keeps_the_end_that_tells_it_from_others() -> None:
    assert named("worker-with-a-long-name-12", 20) == "worker-wit...name-12"
    assert named("short", 8) == "short   "


def test_without_a_project_it_says_what_to_do() -> None:
    out = io.StringIO()
    Console(file=out, width=80).print(Frame(World().state, 0, None, (80, 24)).render())
    assert "evt init --project NAME" in out.getvalue()


def test_a_program_reads_one_line_per_change_and_rings_for_questions(evt: Evt, repo: Path) -> None:
    """Given `evt watch` without a terminal, when things happen, then each is a JSON line."""
    evt("init", "--project", "p", "--policy", '{"heartbeatTimeoutSeconds":1}')
    task(evt)
    evt("join")
    with background("watch", repo=repo) as process:
        assert process.stdout is not None
        watch = Heard(process.stdout.fileno())
        while not watch.more(0):  # it tells what comes from now on, once it has begun
            evt("emit", "Noted", "--text", "is anybody there?")
        evt("next", "--as", "worker-A")
        timed_out = watch.line("TimedOut")
        assert timed_out["words"].startswith("worker-A timed out on task-001 after")
        assert timed_out["counts"]["ready"] == 1
        evt("next", "--as", "worker-A")
        evt("emit", "Escalated", "task-001", "--kind", "conflict", "--question", "Who?", "--as",
            "worker-A")  # fmt: skip
        assert watch.line("bell")["bell"] == "task-001: Who?"


@pytest.fixture
def terminal(repo: Path, evt: Evt) -> Iterator[Terminal]:
    evt("init", "--project", "p", "--policy", '{"heartbeatTimeoutSeconds":1}')
    task(evt)
    evt("join")
    found = Terminal(repo, (80, 24), "watch")
    yield found
    found.end()


def test_on_a_terminal_it_draws_sweeps_and_rings(terminal: Terminal, evt: Evt) -> None:
    terminal.until("worker-A")
    evt("next", "--as", "worker-A")
    terminal.until("timed out on task-001")
    terminal.until("dead")
    evt("next", "--as", "worker-A")
    evt("emit", "Escalated", "task-001", "--kind", "conflict", "--question", "Who?", "--as",
        "worker-A")  # fmt: skip
    terminal.until("\x07")
    terminal.until("? task-001 to engineer: Who?")
