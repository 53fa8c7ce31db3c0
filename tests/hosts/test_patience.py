"""How long a host lets a stop hook wait: what waiting hooks leave, and doctor makes of it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from evt.cli.hosts.chats import Chat as Remembered
from evt.cli.hosts.patience import proven, waiting_for
from tests.conftest import EVT_BIN, Evt, evt_environment
from tests.hosts.host import Chat
from tests.hosts.test_doctor import look


@pytest.fixture
def memory(joined: Chat, evt: Evt) -> Remembered:
    """Return what is remembered of a chat in Cursor that has joined."""
    evt("init", "--cursor")
    return Remembered(str(joined.repo / ".evt"), "worker")


def was_killed(memory: Remembered, after: int) -> None:
    """Leave what a hook leaves that began a minute ago and was killed."""
    began = time.time() - 100
    memory.mark("waits", f"{began:.3f}")
    os.utime(memory.path("waits"), (began + after, began + after))


def test_a_wait_that_was_cut_short_is_found_and_how_to_wait_less(
    memory: Remembered, evt: Evt
) -> None:
    assert not {"hook_killed", "waited"} & set(look(evt))
    was_killed(memory, after=30)
    found = look(evt)["hook_killed"]
    assert found["level"] == "warning"
    assert found["message"] == "Cursor: a stop hook was killed after 30 s of waiting"
    assert found["remedy"] == "set EVT_HOOK_WAIT=24 where Cursor is started"


def test_the_next_wait_keeps_what_it_found_and_one_to_its_end_settles_it(
    memory: Remembered, evt: Evt
) -> None:
    was_killed(memory, after=30)
    with waiting_for(memory, 3600):
        pass  # work came at once: that proves nothing
    assert proven(memory.evt_folder, "cursor")[1] == 30
    with waiting_for(memory, 0.01):
        time.sleep(0.02)
    longest, killed = proven(memory.evt_folder, "cursor")
    assert longest > 0 and killed is None
    assert proven(memory.evt_folder, "claude") == (0.0, None)


def test_a_waiting_hook_shows_that_it_lives_and_doctor_how_long_it_did(
    joined: Chat, memory: Remembered, evt: Evt, tmp_path: Path
) -> None:
    """Given a stop hook that waits for work in vain, then its mark is touched, and goes away."""
    waiting = subprocess.Popen(
        [EVT_BIN, "hook", "cursor", "stop"], cwd=joined.repo, text=True,
        env=evt_environment(tmp_path) | {"EVT_HOOK_WAIT": "3"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert waiting.stdin is not None
    waiting.stdin.write(json.dumps(joined.payload("stop")))
    waiting.stdin.close()
    waiting.stdin = None
    began, touched = 0.0, 0.0
    while waiting.poll() is None and not 0 < began + 1 <= touched:
        try:
            began = float(memory.noted("waits") or 0)
            touched = os.stat(memory.path("waits")).st_mtime
        except OSError:
            pass
    assert waiting.poll() is None, "it ended without a sign that it waits"
    assert waiting.communicate(timeout=30)[0] == "{}\n"
    assert not memory.has("waits")
    assert look(evt)["waited"]["message"].startswith("Cursor: a stop hook was let wait 3.")


def test_a_hook_that_does_not_wait_leaves_no_mark(joined: Chat, memory: Remembered) -> None:
    before = set(os.listdir(memory.folder))
    joined.stop()
    assert not {"waits", "waited", "patient"} & (set(os.listdir(memory.folder)) - before)
