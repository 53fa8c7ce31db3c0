"""Who acts: `--as`, EVT_AS, the engineer; and what is asked of a chat that forgot its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.support import last, raw, stored, task
from tests.conftest import Evt

MARKERS = ("CURSOR_AGENT", "CLAUDECODE", "CODEX_THREAD_ID", "EVT_SESSION")
CHAT = {"CLAUDECODE": "1"}
WRITING = {
    "init": ["init"],
    "init a project": ["init", "--project", "x"],
    "leave": ["leave"],
    "plan --apply": ["plan", "plan.json", "--apply"],
    "emit": ["emit", "Noted", "--text", "x"],
    "emit --batch": ["emit", "--batch", "-"],
    "next": ["next"],
    "inbox --wait": ["inbox", "--wait", "0.01"],
    "pause": ["pause"],
    "resume": ["resume"],
    "sweep": ["sweep"],
    "repair": ["repair"],
}
READING = {
    "plan": ["plan", "plan.json"],
    "status": ["status"],
    "inbox": ["inbox"],
    "log": ["log"],
    "replay": ["replay"],
    "verify": ["verify"],
    "anchor": ["anchor"],
    "schema": ["schema"],
}


@pytest.fixture
def evt_plan(demo: Evt, repo: Path) -> Evt:
    (repo / "plan.json").write_text('{"id":"p","type":"t","description":"d"}')
    return demo


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("name", ["emit", "next"])
def test_each_marker_makes_a_chat(name: str, marker: str, demo: Evt, repo: Path) -> None:
    before = raw(repo)
    refused = demo(*WRITING[name], env={marker: "1"}, check=2)
    assert refused.err.startswith("evt: say who you are: --as worker-B\nnext: evt ")
    assert raw(repo) == before


@pytest.mark.parametrize("name", WRITING)
def test_a_chat_says_who_it_is_in_every_writing_verb(name: str, evt_plan: Evt, repo: Path) -> None:
    before = raw(repo)
    assert "say who you are" in evt_plan(*WRITING[name], env=CHAT, check=2).err
    assert raw(repo) == before


@pytest.mark.parametrize("name", READING)
def test_a_chat_may_read_without_a_name(name: str, evt_plan: Evt) -> None:
    evt_plan(*READING[name], env=CHAT)


def test_a_chat_without_a_name_may_join_and_report(demo: Evt, repo: Path) -> None:
    demo("join", env=CHAT)
    assert (last(repo)["actor"], last(repo)["data"]["host"]) == ("worker-A", "claude")
    task(demo)
    demo("next", "--as", "worker-A")
    report = '{"taskId":"task-001","workerId":"worker-A","status":"failed","notes":"n"}'
    demo("emit", "--report", "-", input=report, env=CHAT)
    assert (last(repo)["type"], last(repo)["actor"]) == ("Failed", "worker-A")


@pytest.mark.parametrize(
    ("marker", "host"),
    [("CURSOR_AGENT", "cursor"), ("CLAUDECODE", "claude"), ("CODEX_THREAD_ID", "codex")],
)
def test_who_joins_says_from_where(marker: str, host: str, demo: Evt, repo: Path) -> None:
    demo("join", env={marker: "1", "EVT_SESSION": "chat-7"})
    data = last(repo)["data"]
    assert (data["host"], data["session"]) == (host, "chat-7")
    assert data["workspace"] == {
        "path": str(repo.resolve()), "branch": "main", "head": data["workspace"]["head"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("args", "env", "actor"),
    [
        pytest.param([], {}, "engineer", id="nobody: the engineer"),
        pytest.param([], {"EVT_AS": "worker-A"}, "worker-A", id="EVT_AS"),
        pytest.param([], {"EVT_AS": ""}, "engineer", id="EVT_AS empty"),
        pytest.param(["--as", "b"], {"EVT_AS": "worker-A"}, "b", id="--as before EVT_AS"),
        pytest.param(["--as", "b"], CHAT, "b", id="--as in a chat"),
        pytest.param([], {**CHAT, "EVT_AS": "worker-A"}, "worker-A", id="EVT_AS in a chat"),
        pytest.param([], {"CLAUDECODE": ""}, "engineer", id="an empty marker is none"),
    ],
)
def test_who_acts(args: list[str], env: dict[str, str], actor: str, demo: Evt, repo: Path) -> None:
    demo("emit", "Noted", "--text", "x", *args, env=env)
    assert last(repo)["actor"] == actor and "viachat" not in last(repo)


@pytest.mark.parametrize("name", ["", "a\nb", "\x1b[1m", "x" * 129])
def test_a_name_is_a_name(name: str, demo: Evt, repo: Path) -> None:
    demo("emit", "Noted", "--text", "x", "--as", name, check=2)
    if name:
        demo("emit", "Noted", "--text", "x", env={"EVT_AS": name}, check=2)
    assert len(stored(repo)) == 1


VIA_CHAT = {
    "emit": ["emit", "Noted", "--text", "x"],
    "create": ["emit", "TaskCreated", "a", "--description", "d"],
    "revise": ["emit", "ProjectRevised", "--goal", "g"],
    "batch": ["emit", "--batch", "-"],
    "plan": ["plan", "plan.json", "--apply"],
    "pause": ["pause"],
}


@pytest.mark.parametrize("name", VIA_CHAT)
def test_the_engineer_inside_a_chat_is_marked(name: str, evt_plan: Evt, repo: Path) -> None:
    line = '{"type":"Noted","data":{"text":"x"}}'
    evt_plan(*VIA_CHAT[name], "--as", "engineer", env=CHAT, input=line)
    assert (last(repo)["actor"], last(repo)["viachat"]) == ("engineer", True)
    if name == "pause":
        evt_plan("resume", "--as", "engineer", env=CHAT)
        assert (last(repo)["type"], last(repo)["viachat"]) == ("ProjectResumed", True)


def test_a_project_started_inside_a_chat_is_marked(evt: Evt, repo: Path) -> None:
    evt("init", "--project", "demo", "--as", "engineer", env=CHAT)
    assert last(repo)["viachat"] is True


def test_the_engineer_inside_a_chat_decides_nothing(demo: Evt, repo: Path) -> None:
    """Given a question and a completed task, then both wait for a terminal without a chat."""
    task(demo)
    demo("emit", "Escalated", "task-001", "--question", "q")
    task(demo, "task-002")
    demo("join")
    demo("next", "--as", "worker-A")
    demo("emit", "Completed", "task-002", "--score", "5", "--as", "worker-A")
    before = raw(repo)
    for call in (
        ["emit", "Resolved", "task-001", "--action", "resume"],
        ["emit", "Resolved", "task-001", "--action", "accept", "--override", "r"],
        ["emit", "Reopened", "task-002", "--defect", "d"],
    ):
        refused = demo(*call, "--as", "engineer", "--json", env=CHAT, check=4).json["error"]
        assert refused["code"] == "not_allowed" and "chat" in refused["message"]
        line = '{"type":"Resolved","subject":"task-001","data":{"action":"cancel"}}'
        demo("emit", "--batch", "-", "--as", "engineer", env=CHAT, input=line, check=4)
    assert raw(repo) == before
    demo("emit", "Resolved", "task-001", "--action", "resume")
    demo("emit", "Reopened", "task-002", "--defect", "d")


def test_the_engineer_need_not_join(demo: Evt) -> None:
    refused = demo("join", "engineer", check=2)
    assert refused.err == (
        "evt: engineer need not join: say --as engineer\nnext: evt status --as engineer\n"
    )


def test_the_name_of_the_coordinator_is_its_role(demo: Evt, repo: Path) -> None:
    demo("emit", "TaskCreated", "a", "--description", "d", "--as", "coordinator")
    assert demo("join", "coordinator", "--json").json["role"] == "coordinator"


def test_a_coordinator_that_comes_back_is_a_coordinator(demo: Evt, repo: Path) -> None:
    name = demo("join", "--role", "coordinator", "--json").json["name"]
    assert demo("join", name, "--takeover", "--json").json["role"] == "coordinator"
    demo("emit", "TaskCreated", "a", "--description", "d", "--as", name)


def test_names_are_handed_out_once(demo: Evt) -> None:
    names = [demo("join", "--json").json["name"] for _ in range(3)]
    demo("leave", "--as", "worker-B")
    assert [*names, demo("join", "--json").json["name"]] == [f"worker-{one}" for one in "ABCD"]


def test_a_chat_that_joins_again_in_its_session_has_its_name(demo: Evt, repo: Path) -> None:
    first = demo("join", "worker-A", "--json", env={"EVT_SESSION": "s"}).json
    again = demo("join", "worker-A", "--json", env={"EVT_SESSION": "s"}).json
    assert again["receipts"] == [{**first["receipts"][0], "repeated": True}]
    demo("join", "worker-A", env={"EVT_SESSION": "other"}, check=4)


def test_leaving_says_what_is_free_again(demo: Evt, repo: Path) -> None:
    task(demo)
    demo("join")
    demo("next", "--as", "worker-A")
    left = demo("leave", "--as", "worker-A", "--note", "half is done")
    assert left.out.startswith("worker-A has left\ntask-001 is free again\n")
    assert "evt join" in left.out
    assert last(repo)["data"]["note"] == "half is done"
    demo("join", "worker-B")
    assert "half is done" in demo("next", "--as", "worker-B").out


@pytest.mark.parametrize("words", [("Noted", "--text", "x"), ("Intervened", "--kind", "edit")])
def test_nobody_signs_as_evt(demo: Evt, repo: Path, words: tuple[str, ...]) -> None:
    before = raw(repo)
    assert "how evt signs itself" in demo("emit", *words, "--as", "evt", check=2).err
    assert "how evt signs itself" in demo("emit", *words, env={"EVT_AS": "evt"}, check=2).err
    assert raw(repo) == before
