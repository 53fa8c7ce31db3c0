"""A secret in the caller's own text is refused by the name of its form, and the value is not said.

The values are put together here, so that this file holds none.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import claimed, last, raw
from tests.conftest import Evt, evt_environment
from tests.project.test_hot_imports import HEAVY, SHOW_MODULES

SECRETS = {
    "AWS access key": "AKIA" + "Q7RZ3MBN5TWXKP2L",
    "GitHub token": "ghp" + "_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "Slack token": "xoxb" + "-123456789012-123456789012-" + "AbCdEfGhIjKlMnOpQrStUvWx",
    "private key": "-----BEGIN " + "PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" * 3,
}
AWS = SECRETS["AWS access key"]


@pytest.mark.parametrize("form", SECRETS)
def test_a_secret_is_refused_by_the_name_of_its_form(form: str, demo: Evt, repo: Path) -> None:
    before = raw(repo)
    refused = demo("emit", "Noted", "--text", f"use {SECRETS[form]} here", "--json", check=2)
    error = refused.json["error"]
    assert error["code"] == "secret" and form in error["message"]
    assert SECRETS[form][:20] not in refused.out + refused.err
    assert raw(repo) == before


@pytest.mark.parametrize(
    "call",
    [
        ["emit", "TaskCreated", "a", "--description", f"use {AWS}"],
        ["emit", "Noted", "--text", "x", "--extra", json.dumps({"deep": [{AWS: 1}]})],
        ["emit", "ProjectRevised", "--goal", f"use {AWS}"],
        ["emit", "Heartbeat", "task-001", "--note", f"use {AWS}", "--as", "worker-A"],
        ["emit", "Completed", "task-001", "--score", "5", "--notes", f"{AWS}", "--as", "worker-A"],
        ["pause", "--reason", f"use {AWS}"],
        ["leave", "--note", f"use {AWS}", "--as", "worker-A"],
        ["init", "--project", f"use-{AWS}"],
    ],
    ids=lambda call: " ".join(call[:2]),
)
def test_it_is_looked_for_wherever_text_is_stored(call: list[str], demo: Evt, repo: Path) -> None:
    claimed(demo)
    before = raw(repo)
    assert demo(*call, "--json", check=2).json["error"]["code"] == "secret"
    assert raw(repo) == before


def test_in_a_batch_the_line_is_named(demo: Evt, repo: Path) -> None:
    lines = "".join(
        json.dumps({"type": "Noted", "data": {"text": text}}) + "\n" for text in ("x", f"use {AWS}")
    )
    before = raw(repo)
    refused = demo("emit", "--batch", "-", input=lines, check=2)
    assert refused.err.startswith("evt: line 2: the text has what looks like a secret")
    assert raw(repo) == before
    demo("emit", "--batch", "-", "--allow-secret", input=lines)


def test_in_a_plan_it_is_a_finding(demo: Evt, repo: Path) -> None:
    plan = {"project": {"name": "demo", "goal": AWS}, "tasks": []}
    found = demo("plan", "-", "--json", input=json.dumps(plan), check=2).json
    assert [one["code"] for one in found["findings"]] == ["secret"]


def test_who_insists_may_store_it(demo: Evt, repo: Path) -> None:
    demo("emit", "Noted", "--text", AWS, "--allow-secret")
    assert last(repo)["data"]["text"] == AWS


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("AKIA" + "EXAMPLE" * 2 + "AB", id="an example"),
        pytest.param("ghp_" + "x" * 36, id="one character"),
        pytest.param("the key is in the vault of the team", id="words"),
    ],
)
def test_what_only_looks_a_little_like_one_is_stored(text: str, demo: Evt, repo: Path) -> None:
    demo("emit", "Noted", "--text", text)
    assert last(repo)["data"]["text"] == text


def test_looking_loads_nothing_heavy(demo: Evt, repo: Path, tmp_path: Path) -> None:
    """Given a long text without a tell-tale beginning, when it is stored, `re` is not loaded."""
    shown = tmp_path / "modules"
    args = ["emit", "Noted", "--text", "an ordinary text about work, long enough to be looked at"]
    subprocess.run(
        [sys.executable, "-S", "-c", SHOW_MODULES.format(file=str(shown), args=args)],
        cwd=repo,
        env=evt_environment(tmp_path),
        check=True,
        capture_output=True,
    )
    loaded = set(shown.read_text().split())
    assert "evt.validators.secret_patterns" in loaded and not loaded & HEAVY
