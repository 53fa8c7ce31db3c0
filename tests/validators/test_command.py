"""Commands: what they see, how they end, and that nothing of them is left, whatever they do."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest

from evt.validators.command import OUTPUT_BYTES, Ran, alone, run
from evt.validators.gate import Judgement, judge
from evt.validators.work import Other, Work
from tests.validators.builders import runner as a_runner
from tests.validators.builders import running, task_of, work

SECONDS = 1
# Each leaves processes that note their ids in the file `pids`, and does what it can to keep them.
STAY = """
import os, signal, sys, time
def stay():
    with open("pids", "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(60)
    os._exit(0)
"""
HOSTILE = {
    "sleeps": "stay()",
    "ignores SIGTERM": "signal.signal(signal.SIGTERM, signal.SIG_IGN); stay()",
    "forks": "[os.fork() or stay() for _ in range(20)]; stay()",
    "calls setsid": "os.fork() or (os.setsid(), stay()); stay()",
    "double-forks": "os.fork() or (os.setsid(), os.fork() and os._exit(0), stay()); stay()",
    "becomes a daemon and ends": """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        [os.close(number) for number in range(3)]
        stay()
    os._exit(0)
while not os.path.exists("pids"):
    time.sleep(0.01)
""",
    "forks in sessions of their own": """
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
stay()
""",
    "stops itself": "os.kill(os.getpid(), signal.SIGSTOP)",
}


def python(code: str, folder: Path, seconds: int = SECONDS) -> Ran:
    return run([sys.executable, "-c", code], str(folder), seconds, os.environ)


def alive(folder: Path) -> list[int]:
    noted = folder / "pids"
    pids = [int(line) for line in noted.read_text().split()] if noted.exists() else []
    return [pid for pid in pids if is_running(pid)]


def is_running(pid: int) -> bool:
    """Whether the process does anything: a dead one that nobody has reaped yet does not."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False)
    return bool(listed.stdout.strip()) and not listed.stdout.startswith(b"Z")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_command_ends_in_time_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    """Given a command that will not go, when its second is over, then all of it is gone."""
    begun = time.monotonic()
    ran = python(STAY + HOSTILE[name], tmp_path)
    assert time.monotonic() - begun < SECONDS + 10
    assert ran.why == "timeout" or (ran.exit == 0 and "ends" in name)
    assert ran.left == 0
    assert alive(tmp_path) == []


def test_a_flood_is_cut_at_a_mebibyte(tmp_path: Path) -> None:
    ran = python("while True: print('x' * 1000)", tmp_path, 60)
    assert ran.why == "flood"
    assert len(ran.output) == OUTPUT_BYTES


def test_a_command_that_kills_its_supervisor_is_noticed(tmp_path: Path) -> None:
    ran = python(STAY + "os.kill(os.getppid(), signal.SIGKILL); stay()", tmp_path)
    assert ran.why == "lost"
    wait_for(lambda: alive(tmp_path) == [])


def test_when_evt_dies_the_command_dies(tmp_path: Path) -> None:
    """Given a gate that is killed while its command runs, then the command does not go on."""
    code = (
        "import os, sys\nfrom evt.validators.command import run\n"
        f"run([sys.executable, '-c', {STAY + 'stay()'!r}], {str(tmp_path)!r}, 60, os.environ)\n"
    )
    root = Path(__file__).parents[2] / ".namespace"
    gate = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(root)}
    )
    wait_for(lambda: (tmp_path / "pids").exists() and alive(tmp_path) != [])
    gate.kill()
    gate.wait()
    wait_for(lambda: alive(tmp_path) == [])


def wait_for(happened: object, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not happened():  # type: ignore[operator]  # any callable
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_a_command_sees_four_variables_no_input_and_its_folder(tmp_path: Path) -> None:
    code = "import os, sys; print(sorted(os.environ), sys.stdin.read() == '', os.getcwd())"
    given = {"PATH": os.environ["PATH"], "HOME": "/h", "LANG": "C", "TMPDIR": "/t", "SECRET": "x"}
    ran = run([sys.executable, "-c", code], str(tmp_path), 10, given)
    names = ran.output.split("]")[0]
    assert [n in names for n in ("PATH", "HOME", "LANG", "TMPDIR", "SECRET")] == [True] * 4 + [
        False
    ]
    assert ran.output.strip().endswith(f"True {os.path.realpath(tmp_path)}")


def test_arguments_are_no_shell(tmp_path: Path) -> None:
    ran = run(["echo", "$HOME; touch", "*"], str(tmp_path), 10, os.environ)
    assert ran.output == "$HOME; touch *\n"


# -- as a check ----------------------------------------------------------------------------------


def command(judgement: Judgement) -> dict[str, object]:
    (result,) = [one for one in judgement.results if one["check"] == "command"]
    return result


def test_a_failure_shows_the_last_lines(tmp_path: Path) -> None:
    judgement = judge(running(tmp_path, "print('x\\n' * 5000, 'the reason'); raise SystemExit(3)"))
    result = command(judgement)
    assert judgement.verdict == "refused"
    assert "exited 3, not 0" in str(result["message"])
    assert str(result["tail"]).endswith("the reason")
    assert len(str(result["tail"]).encode()) <= 4096


def test_a_secret_in_the_output_is_blanked(tmp_path: Path) -> None:
    code = "print('token ' + 'ghp_' + 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789'); raise SystemExit(1)"
    assert command(judge(running(tmp_path, code)))["tail"] == "token [GitHub token]"


def test_a_program_that_is_not_there_is_no_refusal(tmp_path: Path) -> None:
    built = work(tmp_path, {"a.txt": "x\n"}, validation="no-such-program --at-all")
    built.runner = a_runner(tmp_path, ["no-such-program", "--at-all"])
    judgement = judge(built)
    assert judgement.verdict == "error"
    assert "cannot be started" in str(command(judgement)["message"])


def test_what_nobody_approved_does_not_run(tmp_path: Path) -> None:
    """Given a command in a task, when the engineer has not approved it, then it is not run."""
    argv = [sys.executable, "-c", "open('ran', 'w')"]
    built = work(tmp_path, {"a.txt": "x\n"}, checks=[{"check": "command", "argv": argv}])
    built.runner = a_runner(tmp_path)
    judgement = judge(built)
    assert judgement.verdict == "untrusted"
    assert "evt trust -- " in str(command(judgement)["message"])
    assert not (tmp_path / "ran").exists()


def test_without_a_runner_nothing_runs(tmp_path: Path) -> None:
    built = running(tmp_path, "open('ran', 'w')")
    built.runner = None
    assert judge(built).verdict == "untrusted"
    assert not (tmp_path / "ran").exists()


def test_the_path_placeholder_runs_once_for_each_own_file(tmp_path: Path) -> None:
    code = "import sys; open('seen', 'a').write(sys.argv[1] + '\\n')"
    argv = [sys.executable, "-c", code, "{path}"]
    files = {"a.py": "A = 1\n", "b.py": "B = 1\n", "-c": "x\n"}
    built = work(tmp_path, files, checks=[{"check": "command", "argv": argv}])
    built.runner = a_runner(tmp_path, argv)
    assert judge(built).verdict == "passed"
    assert (tmp_path / "seen").read_text() == "a.py\nb.py\n"


def test_a_failure_is_tried_again_when_files_of_others_moved(tmp_path: Path) -> None:
    """Given a command that fails only while another's file is half written, then it passes."""
    code = (
        "import os, sys\nif not os.path.exists('other.txt'):\n"
        "    open('other.txt', 'w').write('now it is there')\n    sys.exit(1)\n"
    )
    assert judge(running(tmp_path, code)).verdict == "passed"


def test_a_failure_alone_is_not_tried_again(tmp_path: Path) -> None:
    code = "import sys; open('out.txt', 'a').write('again\\n'); sys.exit(1)"
    judgement = judge(running(tmp_path, code))
    assert judgement.verdict == "error"  # it writes what is judged: files are changing
    assert (tmp_path / "out.txt").read_text().count("again") == 2  # once in each round


def test_a_failure_that_names_files_of_another_is_no_refusal(tmp_path: Path) -> None:
    built = running(tmp_path, "print('src/b.py:3: SyntaxError'); raise SystemExit(2)")
    built.others = [Other("task-007", "worker-B", 1, True, ["src/b.py"])]
    judgement = judge(built)
    assert judgement.verdict == "error"
    message = str(command(judgement)["message"])
    assert "these belong to task-007 (worker-B, live); report again later" in message


def test_a_failure_that_names_own_files_is_a_refusal(tmp_path: Path) -> None:
    built = running(tmp_path, "print('./out.txt: wrong'); raise SystemExit(2)")
    built.others = [Other("task-007", "worker-B", 1, True, ["**"])]
    assert judge(built).verdict == "refused"


def test_exclusive_commands_wait_for_each_other_and_show_life(tmp_path: Path) -> None:
    """Given the lock of the tree in other hands, when a command waits, then it says it is alive."""
    lock, signs = tmp_path / "locks" / "tree", []
    with alone(str(lock), lambda: None):
        waiting = Thread(target=hold_once, args=(lock, signs))
        waiting.start()
        wait_for(lambda: signs)
        assert "in" not in signs
    waiting.join()
    assert signs[-1] == "in"


def hold_once(lock: Path, signs: list[str]) -> None:
    with alone(str(lock), lambda: signs.append("alive")):
        signs.append("in")


def test_the_lock_is_not_inherited_by_what_a_command_leaves(tmp_path: Path) -> None:
    built = running(tmp_path, "pass")
    assert judge(built).verdict == "passed"
    assert built.runner is not None
    descriptor = os.open(built.runner.lock, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(descriptor)


def test_the_gate_asks_for_a_lease_before_its_commands(tmp_path: Path) -> None:
    asked: list[int] = []
    argv = [sys.executable, "-c", "pass"]
    check = {"check": "command", "argv": argv, "timeoutSeconds": 7}
    (tmp_path / "a.txt").write_text("x\n")
    runner = a_runner(tmp_path, argv)
    runner.alive = asked.append
    judge(Work(str(tmp_path), task_of(["a.txt"], checks=[check]), runner=runner))
    assert asked[0] >= 7 + 60
