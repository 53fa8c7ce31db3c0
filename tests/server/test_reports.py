"""Report files: dropped or changed on disk, each content is taken once."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from pathlib import Path
from typing import Any

import pytest

from evt.cli.server import work
from evt.eventlog.clock import now_us
from tests.cli.support import opened
from tests.conftest import Evt
from tests.eventlog.log.logs import note
from tests.server.conftest import Serve
from tests.server.serving import Served, peer, report, write

FOLDER = Path("tmp/coordination/reports")


@pytest.fixture
def task(evt: Evt, log: Path) -> Path:
    """Return the repository with one task that worker-A holds; its output is there."""
    evt("init", "--project", "p")
    evt("emit", "TaskCreated", "task-001", "--description", "d", "--output", "task-001.md")
    write(log, "task-001")
    return log


def drop(repo: Path, content: Any, name: str = "task-001-report.json") -> Path:
    path = repo / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def types(evt: Evt) -> list[str]:
    return [json.loads(line)["type"] for line in evt("log", "--json").out.splitlines()]


def test_a_report_of_a_chat_without_connection_is_announced_and_taken(
    task: Path, serve: Serve, evt: Evt
) -> None:
    served = serve()
    evt("join", "worker-A")
    evt("next", "--as", "worker-A")

    async def play() -> None:
        async with peer(served, "coordinator") as coordinator:
            said = report("task-001", "worker-A")
            path = drop(task, said)
            assert await coordinator.hear() == {
                "type": "report_detected", "taskId": "task-001", "workerId": "worker-A",
                "reportPath": str(path), "report": said,
            }  # fmt: skip
            assert await coordinator.hear() == {
                "type": "task_complete", "taskId": "task-001", "workerId": "worker-A",
                "report": said,
            }  # fmt: skip
            drop(task, said)  # the same again
            drop(task, said, "task-001-copy-report.json")
            drop(task, {**said, "notes": "more"}, "other.json")
            other = report("task-002", "worker-A")
            drop(task, other, "task-002-report.json")
            assert (await coordinator.hear())["taskId"] == "task-002"
            assert "task-002" in (await coordinator.hear())["error"]

    asyncio.run(play())
    assert types(evt).count("Completed") == 1


def test_a_changed_report_is_taken_again_and_its_worker_hears_of_it(
    task: Path, serve: Serve, evt: Evt
) -> None:
    """Given a refused report, when the file changes, then it is taken anew; the worker goes on."""
    served = serve()

    async def play() -> None:
        async with (
            peer(served, "coordinator") as coordinator,
            peer(served, "worker", workerId="worker-A") as worker,
        ):
            await worker.until("task_assigned")
            (task / "task-001.md").unlink()
            drop(task, report("task-001", "worker-A", notes="first"))
            refused = await worker.hear()
            assert refused["error"].startswith("task-001-report.json: task-001 is not accepted")
            assert (await coordinator.until("error"))["code"] == "gate"
            write(task, "task-001")
            drop(task, report("task-001", "worker-A", notes="second"))
            assert await worker.types(2) == ["task_complete_ack", "no_tasks"]
            assert (await coordinator.until("task_complete"))["report"]["notes"] == "second"

    asyncio.run(play())
    assert types(evt)[-2:] == ["Rejected", "Completed"]


def test_a_report_by_both_ways_is_one(task: Path, serve: Serve, evt: Evt) -> None:
    """Given a client that writes the file and sends the message, then the task is done once."""
    served = serve()

    async def play() -> None:
        async with peer(served, "worker", workerId="worker-A") as worker:
            await worker.until("task_assigned")
            said = report("task-001", "worker-A")
            drop(task, said)
            await worker.say("task_complete", taskId="task-001", report=said)
            assert sorted(await worker.types(4)) == [
                "no_tasks", "no_tasks", "task_complete_ack", "task_complete_ack"
            ]  # fmt: skip

    asyncio.run(play())
    assert types(evt).count("Completed") == 1
    assert "LateResult" not in types(evt)


def test_a_report_that_came_while_the_log_was_locked_is_taken_when_it_is_free(
    task: Path, serve: Serve, evt: Evt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a lock that somebody holds too long, then that is said, and the report not lost."""
    evt("join", "worker-A")
    evt("next", "--as", "worker-A")
    monkeypatch.setenv("EVT_LOCK_TIMEOUT", "0.1")
    served = serve()

    async def play() -> None:
        async with peer(served, "coordinator") as coordinator:
            with (task / ".evt/lock").open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                drop(task, report("task-001", "worker-A"))
                await coordinator.until("report_detected")
                assert (await coordinator.until("error"))["code"] == "locked"
            await coordinator.until("task_complete")

    asyncio.run(play())
    assert types(evt).count("Completed") == 1


def test_reports_dropped_while_no_server_ran_are_taken_once(
    task: Path, serve: Serve, evt: Evt
) -> None:
    evt("join", "worker-A")
    evt("next", "--as", "worker-A")
    drop(task, report("task-001", "worker-A", "blocked", notes="no key"))
    for _ in range(2):
        served = serve()

        async def play(served: Served = served) -> None:
            async with peer(served) as client:
                await client.say("subscribe")
                while (await client.hear()).get("event", {}).get("type") != "Escalated":
                    pass

        asyncio.run(play())
        assert served.stop() == 0
    assert types(evt).count("Escalated") == 1


def test_a_report_counts_by_when_it_was_dropped(task: Path, serve: Serve, evt: Evt) -> None:
    """Given a file that says it is old, as `cp -p` and `tar` leave it, then it is taken."""
    served = serve()
    evt("join", "worker-A")
    evt("next", "--as", "worker-A")

    async def play() -> None:
        async with peer(served, "coordinator") as coordinator:
            made = drop(task, report("task-001", "worker-A"), "made.json")
            os.utime(made, (1, 1))
            made.rename(made.with_name("task-001-report.json"))
            assert await coordinator.types(2) == ["report_detected", "task_complete"]

    asyncio.run(play())


def test_a_report_from_before_the_attempt_is_refused_with_the_reason_until_it_is_written_anew(
    task: Path, serve: Serve, evt: Evt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an attempt that began later than the file changed, then coordinators hear why it is not
    taken; the same text written again is."""
    served = serve()
    soon = now_us() + 3_000_000
    with monkeypatch.context() as patch:
        patch.setattr("evt.eventlog.log.filelog.now_us", lambda: soon)
        opened(task).transact(note())  # the next events have this time or a later one
    evt("join", "worker-A")
    evt("next", "--as", "worker-A")

    async def play() -> None:
        async with peer(served, "coordinator") as coordinator:
            said = report("task-001", "worker-A")
            drop(task, said)
            answer = await coordinator.hear()
            assert answer["type"] == "error"
            assert "before attempt 1 of task-001 began" in answer["error"]
            while answer["type"] == "error":
                drop(task, said)
                answer = await coordinator.hear()
            assert answer["type"] == "report_detected"
            assert now_us() > soon - work.SLACK
            assert (await coordinator.hear())["type"] == "task_complete"

    asyncio.run(play())
    assert types(evt).count("Completed") == 1


def test_a_report_that_is_too_large_is_refused_aloud(task: Path, serve: Serve, evt: Evt) -> None:
    served = serve()
    evt("join", "worker-A")
    evt("next", "--as", "worker-A")

    async def play() -> None:
        async with peer(served, "coordinator") as coordinator:
            drop(task, report("task-001", "worker-A", notes="x" * (1 << 20)))
            answer = await coordinator.hear()
            assert answer["type"] == "error"
            assert answer["error"].startswith("task-001-report.json: a report has at most 1 MiB")

    asyncio.run(play())


def test_half_written_foreign_and_linked_files_do_no_harm(
    task: Path, serve: Serve, evt: Evt, tmp_path: Path
) -> None:
    served = serve()

    async def play() -> None:
        async with peer(served, "coordinator") as coordinator:
            path = drop(task, "")
            path.unlink()
            (tmp_path / "secret.json").write_text(json.dumps(report("task-001", "worker-A")))
            path.symlink_to(tmp_path / "secret.json")
            os.mkfifo(task / FOLDER / "task-002-report.json")
            (task / FOLDER / "task-003-report.json").mkdir()
            drop(task, '{"taskId": "task-004', "task-004-report.json")
            answer = await coordinator.hear()
            assert answer["type"] == "error"
            assert answer["error"].startswith("task-004-report.json: ")
            drop(task, {"taskId": "task-005"}, "task-005-report.json")
            assert "workerId" in (await coordinator.hear())["error"]

    asyncio.run(play())
    assert types(evt)[-1] == "ServerStarted"
