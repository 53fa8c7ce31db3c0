"""`evt doctor`: each trouble is found and comes with its remedy; only what stops a chat counts."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from evt.cli.hosts.ignoring import hiding
from tests.conftest import EVT_BIN, Evt
from tests.hosts.host import NewChat

FOUND = {"PATH": f"{EVT_BIN.parent}{os.pathsep}/usr/bin:/bin"}


def look(evt: Evt, check: int = 0, **env: str) -> dict[str, dict[str, Any]]:
    """Return the findings by their code."""
    document = evt("doctor", "--json", check=check, env=FOUND | env).json
    assert document["schema"] == "evt.doctor/1"
    assert document["ok"] == (check == 0)
    for item in document["findings"]:
        assert set(item) == {"level", "code", "message", "remedy"}
        assert bool(item["remedy"]) == (item["level"] != "ok")
    return {item["code"]: item for item in document["findings"]}


def test_without_a_log_it_says_how_to_begin(evt: Evt) -> None:
    found = look(evt, check=1)
    assert found["no_log"]["remedy"].startswith("evt init")
    assert "no_host" in found


def test_all_is_well_after_init_and_a_chat(evt: Evt, chat: NewChat) -> None:
    """Given Cursor set up, when a chat has joined, then its hooks were seen firing."""
    evt("init", "--project", "demo", "--cursor")
    assert look(evt)["not_fired"]["level"] == "warning"
    chat("worker").join()
    found = look(evt)
    assert found["fired"]["level"] == "ok" and "worker-A" in found["fired"]["message"]
    assert found["files"]["level"] == found["sync"]["level"] == found["log"]["level"] == "ok"


def test_words_for_people_name_the_remedy(evt: Evt, repo: Path) -> None:
    evt("init", "--project", "demo")
    (repo / ".evt" / "poisoned").write_text("{}")
    said = evt("doctor", check=1)
    assert "error: a write was not synced" in said.out and "\n    evt repair\n" in said.out


def break_log(repo: Path) -> None:
    segment = next((repo / ".evt" / "log").glob("*.jsonl"))
    segment.write_bytes(segment.read_bytes().replace(b'"demo"', b'"dema"', 1))


def uncommit(repo: Path) -> None:
    (repo / ".evt" / ".gitignore").unlink()


def track(repo: Path) -> None:
    subprocess.run(["git", "add", "-f", ".evt/config.json"], cwd=repo, check=True)


def hide(repo: Path) -> None:
    (repo / ".cursorignore").write_text("node_modules\n/.evt/\n")


def lose_lock(repo: Path) -> None:
    (repo / ".evt" / "lock").unlink()


def garble_hooks(repo: Path) -> None:
    (repo / ".cursor" / "hooks.json").write_text("{")


def not_executable(repo: Path) -> None:
    (repo / ".cursor" / "scripts" / "evt-run.sh").chmod(0o644)


def allow_clean(repo: Path) -> None:
    (repo / ".cursor" / "permissions.json").write_text('{"terminalAllowlist":["evt","git clean"]}')


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (break_log, "damaged"), (uncommit, "not_ignored"), (track, "tracked"), (hide, "hidden"),
        (lose_lock, "not_writable"), (garble_hooks, "not_json"),
        (not_executable, "not_executable"), (allow_clean, "git_clean"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_would_stop_a_chat_is_an_error(trouble: Any, code: str, evt: Evt, repo: Path) -> None:
    evt("init", "--project", "demo", "--cursor")
    evt("emit", "Noted", "--text", "x")
    trouble(repo)
    assert look(evt, check=1)[code]["level"] == "error"


def test_hooks_that_find_no_evt_are_an_error(evt: Evt, repo: Path, tmp_path: Path) -> None:
    evt("init", "--project", "demo", "--cursor")
    assert look(evt)["evt_not_found"]["level"] == "warning"  # only by the PATH of this shell
    nowhere = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    assert look(evt, check=1, **nowhere)["evt_not_found"]["level"] == "error"


def forget_a_hook(repo: Path) -> None:
    path = repo / ".cursor" / "hooks.json"
    hooks = json.loads(path.read_text())
    del hooks["hooks"]["stop"]
    path.write_text(json.dumps(hooks))


def add_a_strange_hook(repo: Path) -> None:
    path = repo / ".cursor" / "hooks.json"
    hooks = json.loads(path.read_text())
    hooks["hooks"]["onFullMoon"] = [{"command": "howl"}]
    path.write_text(json.dumps(hooks))


def age_a_rule(repo: Path) -> None:
    path = repo / ".cursor" / "rules" / "worker-chat.mdc"
    path.write_text(path.read_text().replace("evt 0.", "evt 0.0."))


def remove_a_skill(repo: Path) -> None:
    (repo / ".cursor" / "skills" / "evt-worker" / "SKILL.md").unlink()


def open_to_all(repo: Path) -> None:
    (repo / ".evt").chmod(0o755)


@pytest.mark.parametrize(
    ("trouble", "code", "says"),
    [
        (forget_a_hook, "old", ".cursor/hooks.json"),
        (add_a_strange_hook, "unknown_event", "onFullMoon"),
        (age_a_rule, "old", "evt 0.0."),
        (remove_a_skill, "missing", "SKILL.md"),
        (open_to_all, "permissions", ".evt"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_merely_not_as_it_should_be_is_a_warning(
    trouble: Any, code: str, says: str, evt: Evt, repo: Path
) -> None:
    evt("init", "--project", "demo", "--cursor")
    trouble(repo)
    found = look(evt)
    assert found[code]["level"] == "warning" and says in found[code]["message"]


def test_allowlists_of_claude_are_looked_at_too(evt: Evt, repo: Path) -> None:
    evt("init", "--project", "demo", "--claude")
    assert "asks" in look(evt)
    path = repo / ".claude" / "settings.json"
    settings = json.loads(path.read_text())
    settings["permissions"] = {"allow": ["Bash(evt *)", "Bash(git clean:*)"]}
    path.write_text(json.dumps(settings))
    found = look(evt, check=1)
    assert "git clean" in found["git_clean"]["message"] and "asks" not in found


@pytest.mark.parametrize(
    "line",
    [".evt", "/.evt/", ".evt/log", "**/.evt/**", ".evt/**/*.jsonl", "*.jsonl", ".e*", "*", ".*/log",
     ".evt/lock", "!keep\n.evt", ".ev[st]", ".ev?/log/0*", "log"],
)  # fmt: skip
def test_whatever_line_hides_the_log_is_found(line: str, evt: Evt, repo: Path) -> None:
    evt("init", "--project", "demo", "--cursor")
    (repo / ".cursorignore").write_text(f"# ours\n{line}\n")
    found = look(evt, check=1)["hidden"]
    assert found["level"] == "error" and line.split("\n")[-1] in found["message"]


@pytest.mark.parametrize(
    "text",
    ["", "# .evt", "*.json", "evt",
     ".evt.bak", "logs", "docs/*.jsonl", ".evt/quarantine", "*.jsonl/",
     ".e*\n!.evt", "[", "\\"],
)  # fmt: skip
def test_lines_that_hide_something_else_are_not(text: str) -> None:
    for path in (".evt/log/0000000000000001.jsonl", ".evt/lock"):
        assert hiding(text, path) is None


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".claude/settings.json", '{"permissions":{"allow":["Bash"]}}'),
        (".claude/settings.json", '{"permissions":{"allow":["Bash(*)"]}}'),
        (".claude/settings.json", '{"permissions":{"allow":["Bash(git cl*)"]}}'),
        (".claude/settings.local.json", '{"permissions":{"allow":["Bash(git:*)"]}}'),
        (".claude/settings.json", '{"permissions":{"allow":["Bash(git clean *)"]}}'),
        (".cursor/permissions.json", '{"terminalAllowlist":["*"]}'),
        (".cursor/permissions.json", '{"terminalAllowlist":["evt","git cl"]}'),
        (".cursor/permissions.json", '{"terminalAllowlist":["git"]}'),
    ],
)
def test_a_list_that_lets_chats_delete_the_log_is_an_error(
    path: str, text: str, evt: Evt, repo: Path
) -> None:
    """Given such a list of any host, even one that evt is not set up for, then it is found."""
    evt("init", "--project", "demo", "--cursor")
    (repo / path).parent.mkdir(exist_ok=True)
    (repo / path).write_text(text)
    assert look(evt, check=1)["git_clean"]["level"] == "error"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".claude/settings.json", '{"permissions":{"allow":["Bash(git status*)","Read(*)"]}}'),
        (".claude/settings.json", '{"permissions":{"deny":["Bash(git clean:*)"]}}'),
        (".cursor/permissions.json", '{"terminalAllowlist":["evt","git cl0ne","git commit",""]}'),
    ],
)
def test_other_lists_are_none_of_evt_s_business(path: str, text: str, evt: Evt, repo: Path) -> None:
    evt("init", "--project", "demo", "--cursor")
    (repo / path).parent.mkdir(exist_ok=True)
    (repo / path).write_text(text)
    assert "git_clean" not in look(evt)


def misspell_an_event(repo: Path) -> None:
    path = repo / ".cursor" / "hooks.json"
    path.write_text(path.read_text().replace('"stop"', '"stopp"'))


def empty_hooks(repo: Path) -> None:
    (repo / ".cursor" / "hooks.json").write_text("")


def remove_hooks(repo: Path) -> None:
    (repo / ".cursor" / "hooks.json").unlink()


@pytest.mark.parametrize(
    ("trouble", "code"),
    [(misspell_an_event, "unknown_event"), (empty_hooks, "no_hooks"), (remove_hooks, "no_hooks")],
)
def test_hooks_of_which_none_can_fire_stop_a_chat(
    trouble: Any, code: str, evt: Evt, repo: Path
) -> None:
    evt("init", "--project", "demo", "--cursor")
    trouble(repo)
    assert look(evt, check=1)[code]["level"] == "error"


def test_a_linked_work_tree_is_told_where_the_log_is(evt: Evt, repo: Path, tmp_path: Path) -> None:
    evt("init", "--project", "demo")
    linked = tmp_path / "linked"
    subprocess.run(["git", "worktree", "add", "-q", linked], cwd=repo, check=True)
    found = evt("doctor", "--json", cwd=linked, env=FOUND).json["findings"]
    assert any(item["code"] == "worktree" and str(repo) in item["message"] for item in found)
