"""What chats read: one source per role, short enough, true, and the same in this repository."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from mcp import Client

from evt.cli.hosts import texts
from evt.cli.hosts.files import Block, Merged, Whole, files
from evt.cli.hosts.install import with_entries
from evt.cli.hosts.shapes import HOSTS, KINDS
from evt.cli.hosts.version import VERSION
from evt.cli.mcp.server import build
from evt.cli.registry import VERBS
from tests.conftest import EVT_BIN, ROOT, Evt, evt_environment
from tests.project.pages import Shells, complaints, steps

BUDGET = {"worker": 3500, "coordinator": 4500}  # tokens, counted as bytes / 4
PHRASES = {
    "coordinator": [
        "Act as coordinator", "Coordinate: ", "Create tasks for: ",
        "generate summaries of files A, B, C", "status", "check", "stop",
    ],
    "worker": [
        "Connect as worker", "Connect as worker and start task loop", "status", "check", "stop",
    ],
}  # fmt: skip


def tokens(text: str) -> float:
    return len(text.encode()) / 4


def written(file: Whole | Block | Merged) -> str:
    """Return the file as an empty repository gets it."""
    return with_entries(None, file.entries) if isinstance(file, Merged) else file.text


def definitions() -> str:
    """Return what a chat is told about the tools."""

    async def listed() -> str:
        async with Client(build()) as client:
            found = (await client.list_tools()).tools
        parts = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in found]
        return json.dumps(parts, separators=(",", ":"))

    return asyncio.run(listed())


def frontmatter(text: str) -> dict[str, object]:
    _, head, _ = text.split("---\n", 2)
    found: dict[str, object] = yaml.safe_load(head)
    return found


def test_the_version_is_the_project_s() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


@pytest.mark.parametrize("file", files("cursor"), ids=lambda file: file.path)
def test_this_repository_has_the_files_that_evt_writes_elsewhere(
    file: Whole | Block | Merged,
) -> None:
    """Given the source, then .cursor/ holds the same bytes (else: evt init --cursor)."""
    path = ROOT / file.path
    assert path.read_text("utf-8") == written(file)
    if isinstance(file, Whole):
        assert stat.S_IMODE(path.stat().st_mode) & 0o111 == file.mode & 0o111


@pytest.mark.parametrize("host", HOSTS)
def test_no_file_names_a_path_of_somebody_s_machine(host: str) -> None:
    for file in files(host):
        text = written(file)
        assert not any(f"{place}/" in text for place in ("/home", "/Users", "/root", str(ROOT)))


@pytest.mark.parametrize("host", HOSTS)
def test_every_text_carries_the_version(host: str) -> None:
    for file in files(host):
        assert isinstance(file, Merged) or f"evt {VERSION}, written by evt init" in file.text


@pytest.mark.parametrize("role", texts.ROLES)
def test_a_rule_is_short_and_attached_only_when_it_fits(role: str) -> None:
    text = texts.rule(role)
    assert text.count("\n") < 120
    head = frontmatter(text)
    assert head["alwaysApply"] is False
    assert head["globs"] is None
    for phrase in PHRASES[role]:
        assert phrase in str(head["description"])
    assert "```console" in text


@pytest.mark.parametrize("role", texts.ROLES)
@pytest.mark.parametrize("whole", [True, False])
def test_a_skill_is_named_as_its_folder(role: str, whole: bool) -> None:
    head = frontmatter(texts.skill(role, whole=whole))
    assert head["name"] == f"evt-{role}"
    assert 0 < len(str(head["description"])) <= 1024
    assert (texts.parts(role)["loop"] in texts.skill(role, whole=whole)) == whole


def test_the_block_for_agents_is_at_most_twenty_lines() -> None:
    assert texts.block().count("\n") <= 20


def test_hooks_name_only_events_that_evt_answers() -> None:
    """Given one unknown name, Cursor would ignore the whole file."""
    for host in HOSTS:
        for file in files(host):
            if isinstance(file, Merged) and file.path != ".mcp.json":
                for entry in file.entries:
                    if entry.at[:1] == ("hooks",):
                        assert entry.at[1].lower() in KINDS


@pytest.mark.parametrize("role", texts.ROLES)
def test_a_chat_reads_no_more_than_its_budget(role: str, evt: Evt, repo: Path) -> None:
    """Given rule, skill, tool definitions and one answer of `next`, then they stay small."""
    tools = definitions()
    assert tokens(tools) < 1500
    prepare(evt, repo, apply=True)
    evt("join", "worker-A")
    answer = evt("next", "--as", "worker-A").out
    assert tokens(answer) < 600
    read = texts.rule(role) + texts.skill(role, whole=False) + tools + answer
    assert tokens(read) <= BUDGET[role]


def prepare(evt: Evt, repo: Path, apply: bool) -> None:
    """Make what the rules' examples are about."""
    source = repo / "docs" / "parser.md"
    source.parent.mkdir(exist_ok=True)
    source.write_text("# Parser\n\n" + "It reads the text twice and keeps nothing. " * 20 + "\n")
    shown = texts.parts("coordinator")["loop"].split("```json\n")[1].split("```")[0]
    (repo / "tasks").mkdir()
    (repo / "tasks" / "task-001.json").write_text(shown)
    evt("init", "--project", "demo")
    if apply:
        evt("plan", "tasks/", "--apply", as_="engineer")


@pytest.mark.parametrize("role", texts.ROLES)
def test_what_a_rule_shows_is_what_comes_out(
    role: str, evt: Evt, repo: Path, tmp_path: Path
) -> None:
    """Given a repository as the rule tells of, when its commands are run, then it is true."""
    prepare(evt, repo, apply=role == "worker")
    summary = repo / "docs" / "summaries" / "parser.md"
    summary.parent.mkdir()
    summary.write_text("# Parser\n\n" + "\n\n".join(
        f"Section {n} of the parser is about step {n}: what goes in, what comes out, and why."
        for n in range(1, 9)) + "\n")  # fmt: skip
    env = evt_environment(tmp_path)
    env["PATH"] = f"{EVT_BIN.parent}{os.pathsep}{env['PATH']}"
    text = texts.rule(role)
    assert len(steps(text)) >= 3
    assert complaints(text, Shells(repo, tmp_path, env), {}) == []


@pytest.mark.parametrize("role", texts.ROLES)
def test_every_command_that_a_text_names_is_one(role: str) -> None:
    """Given `evt VERB` in a text, then there is such a verb."""
    whole = "".join(texts.parts(role).values())
    named = {rest.split()[0].strip("`'.,;:)") for rest in whole.split("`evt ")[1:]}
    assert named <= set(VERBS)


def test_the_scripts_are_posix_and_need_no_jq() -> None:
    for name in ("evt-run.sh", "task-schema-validate.sh"):
        text = texts.script(name)
        assert "jq " not in text.replace("no jq", "")
        shell = "sh" if text.startswith("#!/bin/sh") else "bash"
        subprocess.run([shell, "-n"], input=text, text=True, check=True)
