"""Hooks run hundreds of times per task: what one costs, and that nothing heavy comes with it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import EVT_BIN, evt_environment
from tests.hosts.host import Chat, just_heard
from tests.project.test_cold_cost import instructions, nothing
from tests.project.test_hot_imports import HEAVY, SHOW_MODULES

EVENTS = {"edit": "afterFileEdit", "pre": "preToolUse", "post": "postToolUse", "stop": "stop"}


def payload(one: Chat, kind: str, name: str = "") -> str:
    more = {"file_path": str(one.repo / "b.md")} if kind == "edit" else {}
    found = one.payload(kind, **more)
    return json.dumps({**found, "conversation_id": name or one.session})


@pytest.mark.parametrize("kind", EVENTS)
def test_no_hook_loads_a_heavy_module(kind: str, busy: Chat, tmp_path: Path) -> None:
    shown = tmp_path / "modules"
    args = ["hook", "cursor", EVENTS[kind]]
    done = subprocess.run(
        [sys.executable, "-S", "-c", SHOW_MODULES.format(file=str(shown), args=args)],
        cwd=busy.repo, env=evt_environment(tmp_path) | {"EVT_HOOK_WAIT": "0"},
        input=payload(busy, kind), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not set(shown.read_text().split()) & HEAVY


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("valgrind") is None, reason="needs valgrind to count")
@pytest.mark.parametrize(
    ("kind", "name", "times_max"),
    [
        pytest.param("edit", "", 1.5, id="throttled"),
        pytest.param("post", "", 1.5, id="throttled-tool"),
        pytest.param("post", "nobody", 1.5, id="never-joined"),
        pytest.param("pre", "", 3.0, id="with-a-sign-of-life"),
        pytest.param("stop", "", 3.0, id="stop"),
    ],
)
def test_a_hook_stays_within_its_multiple_of_doing_nothing(
    kind: str, name: str, times_max: float, busy: Chat, tmp_path: Path
) -> None:
    """Given compiled files at hand, then a hook costs little more than an interpreter."""
    args = (EVT_BIN, "hook", "cursor", EVENTS[kind])
    env = evt_environment(tmp_path) | {"EVT_HOOK_WAIT": "0"}
    del env["PYTHONPATH"]
    given = payload(busy, kind, name)
    for _ in range(2):  # compiles what was not yet; has heard what there is
        subprocess.run(args, cwd=busy.repo, env=env, input=given, text=True, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
    for _ in range(3):  # on a very slow machine a throttled one becomes due meanwhile
        just_heard(busy.repo)
        (busy.repo / ".evt/cache/chats/worker/waiting").unlink(missing_ok=True)
        times = instructions(args, busy.repo, env, given) / nothing()
        if times <= times_max:
            break
    assert times <= times_max, f"evt hook {kind}: {times:.2f} times python -c pass"
