"""`evt init --cursor` and the like: the user keeps everything, twice is as once, undo is exact."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from evt.cli.hosts.files import files
from evt.cli.hosts.shapes import HOSTS
from tests.conftest import Evt

OWN_HOOKS = """\
{
  // our hooks
  "version": 1,
  "hooks": {
    "stop": [
      { "command": "./ours.sh" } // keep
    ],
    "beforeReadFile": [{ "command": "./guard.sh" }]
  }
}
"""
OWN_SETTINGS = """\
{
\t"permissions": {"allow": ["Bash(ls *)"]},
\t"hooks": {
\t\t"Stop": [{"hooks": [{"type": "command", "command": "say done"}]}]
\t}
}"""
OWN_SERVERS = '{"mcpServers":{"ours":{"command":"ours","args":[]}}}'


def tree(repo: Path) -> dict[str, bytes | None]:
    """Return every file and folder outside .git and .evt."""
    found: dict[str, bytes | None] = {}
    for path in sorted(repo.rglob("*")):
        name = path.relative_to(repo).as_posix()
        if name.split("/")[0] not in (".git", ".evt"):
            found[name] = path.read_bytes() if path.is_file() else None
    return found


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("host", HOSTS)
def test_an_empty_repository_gets_all_and_gives_all_back(host: str, evt: Evt, repo: Path) -> None:
    before = tree(repo)
    said = evt("init", f"--{host}").out
    for file in files(host):
        assert (repo / file.path).is_file()
        assert f"made: {file.path}" in said
    after = tree(repo)
    assert "nothing to change" in evt("init", f"--{host}").out
    assert tree(repo) == after
    evt("init", f"--{host}", "--undo")
    assert tree(repo) == before
    assert not (repo / ".evt" / "hosts.json").exists()


def test_hooks_servers_and_comments_of_the_user_stay(evt: Evt, repo: Path) -> None:
    """Given files of the user's own, when evt adds its values, then every byte of theirs stays."""
    hooks = put(repo / ".cursor" / "hooks.json", OWN_HOOKS)
    servers = put(repo / ".cursor" / "mcp.json", OWN_SERVERS)
    rule = put(repo / ".cursor" / "rules" / "worker-chat.mdc", "my own worker rule\n")
    settings = put(repo / ".claude" / "settings.json", OWN_SETTINGS)
    agents = put(repo / "AGENTS.md", "# Ours\n\nBe kind.")
    before = tree(repo)
    said = evt("init", "--cursor", "--claude", "--codex").out
    assert "+++ .cursor/hooks.json" in said
    assert "kept: .cursor/rules/worker-chat.mdc" in said
    assert rule.read_text() == "my own worker rule\n"
    text = hooks.read_text()
    for line in OWN_HOOKS.splitlines():
        assert line.replace(",", "") in text.replace(",", "")
    merged = json.loads("\n".join(line.split(" //")[0] for line in text.splitlines()
                                  if not line.strip().startswith("//")))  # fmt: skip
    assert [hook["command"].split("/")[-1] for hook in merged["hooks"]["stop"]] == [
        "ours.sh", "evt-run.sh hook cursor stop"
    ]  # fmt: skip
    assert set(json.loads(servers.read_text())["mcpServers"]) == {"ours", "evt"}
    found = json.loads(settings.read_text())
    assert found["permissions"] == {"allow": ["Bash(ls *)"]}
    assert len(found["hooks"]["Stop"]) == 2
    assert agents.read_text().startswith("# Ours\n\nBe kind.\n\n<!-- evt ")

    again = tree(repo)
    evt("init", "--cursor", "--claude", "--codex")
    assert tree(repo) == again
    evt("init", "--undo")
    assert tree(repo) == before


@pytest.mark.parametrize(
    "own",
    [
        pytest.param(OWN_HOOKS, id="comments"),
        pytest.param(OWN_HOOKS.replace("\n", "\r\n"), id="crlf"),
        pytest.param(OWN_HOOKS.rstrip("\n"), id="no-newline-at-the-end"),
        pytest.param("\ufeff" + OWN_HOOKS, id="bom"),
        pytest.param('{"version":1,"hooks":{}}', id="one-line"),
        pytest.param('{ "hooks": { "stop": [ ] } }\n', id="empty-list"),
        pytest.param("{}\n", id="nothing-in-it"),
        pytest.param("", id="empty"),
        pytest.param('{"version":1,"hooks":{"stop":[{"command":"x"},],},}\n', id="trailing-commas"),
    ],
)
def test_undo_gives_the_bytes_back(own: str, evt: Evt, repo: Path) -> None:
    path = put(repo / ".cursor" / "hooks.json", own)
    evt("init", "--cursor")
    assert path.read_bytes() != own.encode()
    if "\r\n" in own:
        assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")
    if own.strip() and not own.endswith("\n"):
        assert not path.read_bytes().endswith(b"\n")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf") == own.startswith("\ufeff")
    evt("init", "--undo")
    assert path.read_bytes() == own.encode()


def test_undo_keeps_what_was_edited_since(evt: Evt, repo: Path) -> None:
    """Given edits in other places after init, then undo takes out evt's part and nothing else."""
    hooks = put(repo / ".cursor" / "hooks.json", OWN_HOOKS)
    agents = put(repo / "AGENTS.md", "# Ours\n\nBe kind.\n")
    evt("init", "--cursor", "--codex")
    for path, old, new in (
        (hooks, "// our hooks", "// our hooks, since spring"),
        (hooks, "./guard.sh", "./watch.sh"),
        (agents, "Be kind.", "Be kind and brief."),
    ):
        path.write_text(path.read_text().replace(old, new))
    agents.write_text(agents.read_text() + "\nOne more.\n")
    evt("init", "--undo")
    edited = OWN_HOOKS.replace("our hooks", "our hooks, since spring").replace("guard", "watch")
    assert hooks.read_text() == edited
    assert agents.read_text() == "# Ours\n\nBe kind and brief.\n\nOne more.\n"


def test_undo_takes_its_values_out_of_a_file_that_became_the_user_s(evt: Evt, repo: Path) -> None:
    """Given hooks added right behind evt's in a file that evt made, then those are what is left."""
    evt("init", "--cursor")
    path = repo / ".cursor" / "hooks.json"
    found = json.loads(path.read_text())
    found["hooks"]["stop"].append({"command": "./mine.sh"})
    found["hooks"]["stop"].insert(0, {"command": "./first.sh"})
    path.write_text(json.dumps(found, indent=4))
    rule = repo / ".cursor" / "rules" / "worker-chat.mdc"
    rule.write_text(rule.read_text() + "\nAnd always in French.\n")
    said = evt("init", "--undo").out
    assert json.loads(path.read_text()) == {
        "version": 1,
        "hooks": {"stop": [{"command": "./first.sh"}, {"command": "./mine.sh"}]},
    }
    assert "kept: .cursor/rules/worker-chat.mdc" in said and rule.exists()


def test_undo_without_its_memory_takes_out_what_it_knows(evt: Evt, repo: Path) -> None:
    """Given a clone with committed files and no .evt, then undo still finds all that is evt's."""
    put(repo / ".cursor" / "mcp.json", OWN_SERVERS)
    evt("init", "--cursor", "--codex")
    (repo / ".evt" / "hosts.json").unlink()
    evt("init", "--undo")
    left = {name for name, text in tree(repo).items() if text is not None}
    assert left == {"README.md", ".cursor/mcp.json"}
    assert json.loads((repo / ".cursor" / "mcp.json").read_text()) == json.loads(OWN_SERVERS)


def test_links_and_modes_stay(evt: Evt, repo: Path, tmp_path: Path) -> None:
    shared = put(repo / "config" / "hooks.json", OWN_HOOKS)
    shared.chmod(0o444)
    (repo / ".cursor").mkdir()
    (repo / ".cursor" / "hooks.json").symlink_to("../config/hooks.json")
    elsewhere = put(tmp_path / "dotfiles" / "mcp.json", OWN_SERVERS)
    (repo / ".cursor" / "mcp.json").symlink_to(elsewhere)
    said = evt("init", "--cursor").out
    assert (repo / ".cursor" / "hooks.json").is_symlink()
    assert stat.S_IMODE(shared.stat().st_mode) == 0o444
    assert "evt-run.sh" in shared.read_text()
    assert "kept: .cursor/mcp.json: it is a link that leads out of the repository" in said
    assert elsewhere.read_text() == OWN_SERVERS
    assert os.access(repo / ".cursor" / "scripts" / "evt-run.sh", os.X_OK)
    evt("init", "--undo")
    assert shared.read_text() == OWN_HOOKS
    assert (repo / ".cursor" / "hooks.json").is_symlink()
    assert stat.S_IMODE(shared.stat().st_mode) == 0o444


@pytest.mark.parametrize("own", ["{broken", "[1]", '{"hooks": []}', '{"hooks": {"stop": 1}}'])
def test_a_file_that_evt_cannot_add_to_is_left_alone(own: str, evt: Evt, repo: Path) -> None:
    path = put(repo / ".cursor" / "hooks.json", own)
    said = evt("init", "--cursor").out
    (line,) = (line for line in said.splitlines() if line.startswith("kept: .cursor/hooks.json"))
    by_hand = json.loads(line.partition("add by hand: ")[2])
    assert by_hand["hooks"]["stop"][0]["loop_limit"] is None
    assert path.read_text() == own
    evt("init", "--undo")
    assert path.read_text() == own


def test_a_server_of_that_name_which_is_the_user_s_stays(evt: Evt, repo: Path) -> None:
    own = '{"mcpServers": {"evt": {"command": "my-wrapper", "args": ["mcp"]}}}\n'
    path = put(repo / ".cursor" / "mcp.json", own)
    evt("init", "--cursor")
    assert path.read_text() == own


def test_an_older_evt_is_brought_up_to_date_and_undo_goes_back_to_before_it(
    evt: Evt, repo: Path
) -> None:
    """Given files of evt 0.0.9, then init renews them, and undo leaves neither version."""
    put(repo / ".cursor" / "hooks.json", OWN_HOOKS)
    before = tree(repo)
    evt("init", "--cursor")
    fresh = tree(repo)
    rule = repo / ".cursor" / "rules" / "worker-chat.mdc"
    rule.write_text(rule.read_text().replace("evt 0.", "evt 0.0.").replace("# Worker", "# Old"))
    hooks = repo / ".cursor" / "hooks.json"
    hooks.write_text(hooks.read_text().replace('"timeout": 600', '"timeout": 60'))
    assert "evt 0.0." in evt("join").out
    assert "--- .cursor/rules/worker-chat.mdc" in evt("init", "--cursor").out
    assert tree(repo) == fresh
    evt("init", "--undo")
    assert tree(repo) == before


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_block_in_a_text_that_went_on_is_taken_out_with_the_newlines_of_the_text(
    newline: str, evt: Evt, repo: Path
) -> None:
    path = repo / "AGENTS.md"
    path.write_bytes(f"# a{newline}b".encode())
    evt("init", "--codex")
    path.write_bytes(path.read_bytes() + f"{newline}more{newline}".encode())
    evt("init", "--undo")
    assert path.read_bytes() == f"# a{newline}b{newline}more{newline}".encode()


def test_a_script_that_lost_its_mode_gets_it_back(evt: Evt, repo: Path) -> None:
    evt("init", "--cursor")
    script = repo / ".cursor" / "scripts" / "evt-run.sh"
    script.chmod(0o644)
    assert "changed: .cursor/scripts/evt-run.sh: made executable" in evt("init", "--cursor").out
    assert os.access(script, os.X_OK)
    evt("init", "--undo")
    assert not (repo / ".cursor").exists()


def test_a_permissions_file_is_never_written_but_explained(evt: Evt, repo: Path) -> None:
    said = evt("init", "--cursor", "--claude", "--codex").out
    assert "terminalAllowlist" in said and "Bash(evt *)" in said and "mcp_servers.evt" in said
    assert not (repo / ".cursor" / "permissions.json").exists()
    assert "permissions" not in json.loads((repo / ".claude" / "settings.json").read_text())


def test_a_linked_work_tree_gets_its_own_files(evt: Evt, repo: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    subprocess.run(["git", "worktree", "add", "-q", linked], cwd=repo, check=True)
    evt("init", "--project", "demo", "--cursor", cwd=linked)
    assert (linked / ".cursor" / "hooks.json").exists()
    assert not (repo / ".cursor").exists()
    assert (repo / ".evt" / "log").is_dir()
    evt("init", "--undo", cwd=linked)
    assert not (linked / ".cursor").exists()


def test_what_changes_is_a_document_for_programs(evt: Evt) -> None:
    found = evt("init", "--cursor", "--json").json
    assert {"path": ".cursor/hooks.json", "what": "made"} in found["changes"]
    assert found["permissions"]
    assert evt("init", "--undo", "--json").json["changes"][0]["what"] == "removed"


@pytest.mark.parametrize("args", [("--undo", "--project", "x"), ("--undo", "--phase", "1")])
def test_a_project_cannot_be_undone(args: tuple[str, ...], evt: Evt) -> None:
    evt("init", *args, check=2)
