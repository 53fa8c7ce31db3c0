"""Many processes at once, and killed ones: what real chats do to one log."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.cli.support import at_once, documents, environment, last, opened, stored
from tests.conftest import EVT_BIN, Evt
from tests.eventlog.log.logs import assert_sound

pytestmark = pytest.mark.slow

WORKERS = [f"worker-{one}" for one in "ABCDEFGH"]


def batch(*events: dict[str, object]) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


def race(evt: Evt, repo: Path, rounds: int) -> None:
    """Let eight workers claim five tasks, again and again."""
    for name in WORKERS:
        evt("join", name)
    for number in range(rounds):
        names = {f"r{number}-{task}" for task in range(5)}
        evt("emit", "--batch", "-", input=batch(*(
            {"type": "TaskCreated", "subject": name, "data": {"description": "d"}}
            for name in sorted(names)
        )))  # fmt: skip
        ended = at_once([["next", "--json", "--as", name] for name in WORKERS], repo)
        codes = [code for code, _, _ in ended]
        assert codes.count(0) == 5 and set(codes) <= {0, 3, 4}, ended
        given = [json.loads(out)["task"]["id"] for code, out, _ in ended if code == 0]
        assert set(given) == names
        held = {json.loads(out)["task"]["id"]: WORKERS[n]
                for n, (code, out, _) in enumerate(ended) if code == 0}  # fmt: skip
        for name, worker in held.items():
            assert [
                event["data"]["worker"]
                for event in stored(repo)
                if event["type"] == "Assigned" and event["subject"] == name
            ] == [worker]
        evt("emit", "--batch", "-", input=batch(*(
            {"type": "TaskCancelled", "subject": name, "data": {"reason": "r"}} for name in names
        )))  # fmt: skip
    assert_sound(repo)


def test_of_racing_claims_one_wins(demo: Evt, repo: Path) -> None:
    race(demo, repo, 20)


@pytest.mark.soak
def test_of_racing_claims_one_wins_for_long(demo: Evt, repo: Path) -> None:
    race(demo, repo, 200)


def test_of_racing_assignments_one_wins(demo: Evt, repo: Path) -> None:
    """Given one task, when it is given to five workers at once, then four hear that it is taken."""
    demo("emit", "TaskCreated", "a", "--description", "d")
    for name in WORKERS[:5]:
        demo("join", name)
    calls = [["emit", "Assigned", "a", "--worker", name, "--json"] for name in WORKERS[:5]]
    ended = at_once(calls, repo)
    assert Counter(code for code, _, _ in ended) == {0: 1, 4: 4}
    lost = [json.loads(out)["error"] for code, out, _ in ended if code == 4]
    winner = last(repo)["data"]["worker"]
    assert {(error["code"], error.get("holder")) for error in lost} == {("lost_claim", winner)}


def test_one_name_is_handed_to_one_chat(demo: Evt, repo: Path) -> None:
    ended = at_once([["join", "--json"]] * 8, repo)
    assert sorted(json.loads(out)["name"] for _, out, _ in ended) == WORKERS
    ended = at_once([["join", "worker-Z", "--json"]] * 5, repo)
    assert Counter(code for code, _, _ in ended) == {0: 1, 4: 4}


APPEND = """
import json, subprocess, sys
evt, name, batches, size, single = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
line = json.dumps({"type": "Noted", "data": {"text": name}}) + "\\n"
def run(args, text=""):
    done = subprocess.run([evt, "emit", *args, "--json", "--as", name],
                          input=text, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done
    sys.stdout.write(done.stdout)
for _ in range(batches):
    run(["--batch", "-"], line * size)
for _ in range(single):
    run(["Noted", "--text", name])
"""


def appended(repo: Path, batches: int, size: int, single: int) -> None:
    """Let five processes append batches and single events; every receipt is a line."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", APPEND, EVT_BIN, name, str(batches), str(size), str(single)],
            cwd=repo, env=environment(repo.parent), stdout=subprocess.PIPE, encoding="utf-8",
        )
        for name in "abcde"
    ]  # fmt: skip
    receipts = [one for process in processes for one in documents(process.communicate()[0])]
    assert [process.returncode for process in processes] == [0] * 5
    total = 5 * (batches * size + single)
    assert len(receipts) == total
    lines = {line.event.sequence: line.hash for line in opened(repo).read()}
    assert len(lines) == total + 1 and set(lines) == set(range(1, total + 2))
    assert all(lines[one["sequence"]] == one["hash"] for one in receipts)
    assert_sound(repo)


def test_five_processes_append_two_thousand_events_each(demo: Evt, repo: Path) -> None:
    appended(repo, batches=8, size=240, single=40)  # 1,920 in batches and 40 one by one, each


@pytest.mark.soak
def test_five_processes_append_for_long(demo: Evt, repo: Path) -> None:
    appended(repo, batches=40, size=256, single=200)


def expired(evt: Evt, repo: Path, sweepers: int) -> None:
    """Let an attempt run out, and everybody see that at once."""
    evt("init", "--project", "p", "--policy", '{"heartbeatTimeoutSeconds":1}')
    evt("emit", "TaskCreated", "a", "--description", "d")
    evt("join")
    evt("next", "--as", "worker-A")
    sleep(1.1)  # the lease, in log time: nothing can be awaited that would not sweep itself
    ended = at_once([["sweep", "--json"]] * sweepers, repo)
    assert {code for code, _, _ in ended} == {0}
    receipts = [one for _, out, _ in ended for one in json.loads(out)["receipts"]]
    assert [one["type"] for one in receipts] == ["TimedOut"]
    timed_out = [event for event in stored(repo) if event["type"] == "TimedOut"]
    assert len(timed_out) == 1 and timed_out[0]["data"]["worker"] == "worker-A"
    assert timed_out[0]["data"]["silentSeconds"] >= 1


def test_sixty_four_sweepers_write_one_timeout(evt: Evt, repo: Path) -> None:
    expired(evt, repo, 64)


def killed(evt: Evt, repo: Path, seed: int, victims: int) -> None:
    """Kill `evt emit` at random moments while others write; then find every id again."""
    dice = random.Random(seed)
    load = [
        subprocess.Popen(
            [sys.executable, "-c", APPEND, EVT_BIN, name, "0", "0", "12"],
            cwd=repo, env=environment(repo.parent), stdout=subprocess.PIPE, encoding="utf-8",
        )
        for name in "ab"
    ]  # fmt: skip
    began = monotonic()
    evt("emit", "Noted", "--text", "how long does it take here?")
    usual = monotonic() - began
    said: dict[str, dict[str, object]] = {}
    for number in range(victims):
        call = ["emit", "Noted", "--text", "x", "--id", f"k{number}", "--json"]
        victim = subprocess.Popen(
            [EVT_BIN, *call], cwd=repo, env=environment(repo.parent), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, encoding="utf-8",
        )  # fmt: skip
        sleep(dice.uniform(0.1, 2) * usual)
        victim.kill()
        out = victim.communicate()[0]
        if out.endswith("\n"):
            said[f"k{number}"] = json.loads(out)
    others = [one for process in load for one in documents(process.communicate()[0])]
    kept = Counter(event["id"] for event in stored(repo))
    lines = {line.event.sequence: line.hash for line in opened(repo).read()}
    assert max(kept.values()) == 1 and said.keys() <= kept.keys()
    assert all(lines[one["sequence"]] == one["hash"] for one in (*said.values(), *others))
    for name in (f"k{number}" for number in range(victims)):
        again = evt("emit", "Noted", "--text", "x", "--id", name, "--json").json
        assert again.get("repeated", False) == (name in kept)
        assert name not in said or again == {**said[name], "repeated": True}
    assert 0 < len(said) < victims
    assert_sound(repo)


def test_killed_at_random_moments_no_receipt_is_lost(demo: Evt, repo: Path) -> None:
    killed(demo, repo, seed=1, victims=40)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_killed_at_random_moments_for_long(seed: int, demo: Evt, repo: Path) -> None:
    killed(demo, repo, seed, victims=400)
