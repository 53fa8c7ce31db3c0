"""Reads a page as a stranger would: copies its commands into shells, compares what comes out.

A page's ```console and ```sh blocks are its promises. In a block with prompts, a line `$ command`
is run (`> ` continues it) and the lines behind it are what must come out; `worker-A$ command` is
typed into a shell of that name, which keeps its own folder and variables. In a block without
prompts every line is a command and nothing is said about output. A command must exit 0 unless it
ends in `# exit N` or the next one of that shell asks `echo $?`. In expected output a line `...`
stands for any lines and `...` inside a line for any text.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^```(sh|console)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMPT = re.compile(r"^([A-Za-z0-9_-]*)\$ (.*)$")
EXPECTED_EXIT = re.compile(r"#\s*exit (\d+)\b")
COMMAND_SECONDS_MAX = 60

# What differs from run to run, in the order in which it is replaced.
VARIABLE = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"\b[0-9a-f]{12,64}\b"), "<hash>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?"), "<time>"),
    (re.compile(r"\b\d\d:\d\d(:\d\d(\.\d+)?)?\b"), "<clock>"),
    (re.compile(r"\b\d+(\.\d+)? ?(ms|s|seconds?|min|minutes?|h)\b"), "<duration>"),
    (re.compile(r"[ \t]+"), " "),
)


@dataclass
class Step:
    """One command of a page and what the page says about it."""

    line: int
    shell: str
    command: str
    output: list[str] = field(default_factory=list)
    compared: bool = False


def steps(page: str) -> list[Step]:
    """Return the commands of a page in order."""
    found: list[Step] = []
    for block in FENCE.finditer(page):
        first = page[: block.start(2)].count("\n") + 1
        lines = block[2].splitlines()
        prompted = any(PROMPT.match(line) for line in lines)
        found += _prompted(lines, first) if prompted else _plain(lines, first)
    return found


def _prompted(lines: list[str], first: int) -> list[Step]:
    found: list[Step] = []
    for number, line in enumerate(lines, first):
        if prompt := PROMPT.match(line):
            found.append(Step(number, prompt[1], prompt[2]))
        elif found and line.startswith("> ") and not found[-1].output:
            found[-1].command += "\n" + line[2:]
        elif found:
            found[-1].output.append(line)
            found[-1].compared = True
    return found


def _plain(lines: list[str], first: int) -> list[Step]:
    found: list[Step] = []
    for number, line in enumerate(lines, first):
        if found and found[-1].command.endswith("\\"):
            found[-1].command += "\n" + line
        elif line.strip() and not line.lstrip().startswith("#"):
            found.append(Step(number, "", line))
    return found


def expected_exit(step: Step, following: Step | None) -> int | None:
    """Return the exit code that the page promises; None when its next command asks for it."""
    if said := EXPECTED_EXIT.search(step.command):
        return int(said[1])
    asks = following is not None and following.command.startswith("echo $?")
    return None if asks else 0


class Shells:
    """Named shells that start in one folder; each remembers its folder, variables and `$?`."""

    def __init__(self, folder: Path, state: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self.state = state
        self.env = env
        self.last: dict[str, int] = {}

    def run(self, step: Step) -> tuple[int, str]:
        """Run one command; return its exit code and everything that it printed."""
        memory = self.state / f"shell-{step.shell or 'main'}"
        script = (
            f'set -a\ncd "{self.folder}"\n[ -e "{memory}" ] && . "{memory}"\n'
            f"(exit {self.last.get(step.shell, 0)})\n{step.command}\n"
            f'page_exit=$?\n{{ export -p; echo "cd \\"$PWD\\""; }} >"{memory}"\nexit $page_exit'
        )
        with (self.state / "output").open("w+", encoding="utf-8") as output:
            # A file, not a pipe: a command that the page leaves in the background must not hold us.
            done = subprocess.run(
                ["bash", "-c", script],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=COMMAND_SECONDS_MAX,
                check=False,
            )
            output.seek(0)
            self.last[step.shell] = done.returncode
            return done.returncode, output.read()


def normal(text: str, folder: Path) -> list[str]:
    """Return lines with ids, hashes, times and the scratch folder replaced, blank ends cut."""
    text = text.replace(os.path.realpath(folder), "<repo>").replace(str(folder), "<repo>")
    for pattern, name in VARIABLE:
        text = pattern.sub(name, text)
    return [line.rstrip() for line in text.strip().splitlines()]


def agrees(expected: list[str], actual: list[str]) -> bool:
    """Return whether the lines match, `...` standing for any lines or any part of a line."""
    pattern = ""
    for line in expected:
        if line.strip() == "...":
            pattern += r"(?:[^\n]*\n)*?"
        else:
            pattern += "[^\n]*?".join(map(re.escape, line.split("..."))) + r"\n"
    return re.fullmatch(pattern, "".join(line + "\n" for line in actual)) is not None


def complaints(page: str, shells: Shells, stand_ins: dict[str, str]) -> list[str]:
    """Run a page from top to bottom; return every promise that did not hold.

    `stand_ins` maps a command that a test cannot run (it would run this test again) to one that
    proves as much as possible instead.
    """
    found: list[str] = []
    todo = steps(page)
    for index, step in enumerate(todo):
        following = next((s for s in todo[index + 1 :] if s.shell == step.shell), None)
        command = step.command.split("#")[0].strip()
        run = Step(step.line, step.shell, stand_ins.get(command, step.command))
        code, output = shells.run(run)
        wanted = expected_exit(step, following)
        if wanted is not None and code != wanted:
            found.append(f"line {step.line}: {step.command}\nexit {code}, not {wanted}\n{output}")
        expected = normal("\n".join(step.output), shells.folder)
        actual = normal(output, shells.folder)
        if step.compared and command not in stand_ins and not agrees(expected, actual):
            found.append(
                f"line {step.line}: {step.command}\n"
                + "\n".join(["--- the page says", *expected, "--- it printed", *actual])
            )
    return found
