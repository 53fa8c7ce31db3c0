"""Runs one command and leaves nothing of it behind: a process of its own, run by its path.

    python -I -S supervisor.py SECONDS BYTES FOLDER ARGV...

Everything that the command starts, however often it forks or calls setsid, becomes a descendant of
this process and of no other: on Linux it is made the reaper of its orphans. When the command ends,
its time is over, it printed or forked too much, or evt goes away (standard input ends), all
descendants are stopped and killed until none is left. To standard output go the process id of the
command, and when it is over one line of JSON and what the command printed:
{"exit", "signal", "why": null|"timeout"|"flood"|"forks"|"missing"|"gone", "left"}.
On other systems than Linux, a descendant that left the process group and whose parent is gone may
escape. Imports nothing of evt.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time

_PR_SET_CHILD_SUBREAPER, _PR_SET_PDEATHSIG = 36, 1
_TERM_SECONDS = 1.0  # between asking a command to end and killing it
_KILL_SECONDS = 10.0
_LOOK_SECONDS = 0.25  # between two looks at how many processes there are
_PROCESSES_MAX = 1000  # that one command may have at a time
_BLOCK = 65536


def main() -> None:
    """Run what the arguments say and report it."""
    seconds, most, folder, argv = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    _adopt_orphans()
    read_end, write_end = os.pipe()
    ready, failed = os.pipe()
    child = os.fork()
    if child == 0:
        _become(folder, argv, write_end, failed)
    os.write(1, b"%d\n" % child)
    os.close(write_end)
    os.close(failed)
    problem = os.read(ready, 200).decode()
    said: dict[str, object] = {"exit": None, "signal": None, "why": None, "left": 0}
    output = b""
    if problem:
        os.waitpid(child, 0)
        said |= {"why": "missing", "problem": problem}
    else:
        watch = Watch(child, read_end, most, time.monotonic() + seconds)
        watch.until_it_ends()
        said["left"] = _kill_all(child)
        watch.drain()
        output = bytes(watch.output[:most])
        said |= {"exit": watch.exit, "signal": watch.signal, "why": watch.why}
    with open(1, "wb") as out:
        out.write(json.dumps(said).encode() + b"\n" + output)


def _adopt_orphans() -> None:
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _prctl(what: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(what, value, 0, 0, 0)


def _become(folder: str, argv: list[str], output: int, failed: int) -> None:
    """In the child: no input, one pipe for all output, a session of its own, then the command."""
    try:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(folder)
        _limit_processes()
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.execvp(argv[0], argv)
    except OSError as problem:
        os.write(failed, (problem.strerror or "cannot be started").encode())
    finally:
        os._exit(127)


def _limit_processes() -> None:
    """A fork bomb of an ordinary user ends at the system's own limit before it starves others."""
    if sys.platform == "linux":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
        wanted = _tasks_of_user() + 2 * _PROCESSES_MAX
        if soft == resource.RLIM_INFINITY or wanted < soft:
            resource.setrlimit(resource.RLIMIT_NPROC, (wanted, hard))


def _tasks_of_user() -> int:
    """Processes and threads of this user: what the limit counts."""
    found = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if os.stat(f"/proc/{name}").st_uid == os.getuid():
                    found += len(os.listdir(f"/proc/{name}/task"))
            except OSError:
                continue
    return found


class Watch:
    """Reads what the command prints until it ends or has to be ended."""

    def __init__(self, child: int, pipe: int, most: int, end: float) -> None:
        self.child, self.pipe, self.most, self.end = child, pipe, most, end
        self.output = bytearray()
        self.exit: int | None = None
        self.signal: int | None = None
        self.why: str | None = None
        self._before = _count()
        os.set_blocking(pipe, False)
        self._wake, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def until_it_ends(self) -> None:
        """Return once the command has ended, asked to or not."""
        open_pipe = True
        while not self._ended():
            left = min(self.end - time.monotonic(), _LOOK_SECONDS)
            if left <= 0:
                self.why = "timeout"
            elif _count() - self._before > _PROCESSES_MAX < len(_descendants()):
                self.why = "forks"
            watched = [self._wake, 0] + ([self.pipe] if open_pipe else [])
            able = select.select(watched, [], [], max(0.0, left))[0] if not self.why else []
            if self._wake in able:
                os.read(self._wake, 4096)
            if self.pipe in able:
                open_pipe = self._read()
            if 0 in able and not os.read(0, 1):
                self.why = self.why or "gone"
            if self.why:
                self._ask_to_end()
                return

    def _read(self) -> bool:
        """Take what there is; False at the end of the pipe."""
        try:
            block = os.read(self.pipe, _BLOCK)
        except BlockingIOError:
            return True
        self.output += block
        if len(self.output) > self.most:
            self.why = "flood"
        return bool(block)

    def drain(self) -> None:
        """What is still in the pipe, now that nobody writes to it."""
        while len(self.output) <= self.most and select.select([self.pipe], [], [], 0)[0]:
            if not self._read():
                return

    def _ended(self) -> bool:
        done, status = os.waitpid(self.child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            self.exit, self.signal = (code, None) if code >= 0 else (None, -code)
        return bool(done)

    def _ask_to_end(self) -> None:
        """Let the command clean up: it has a second, unless it floods or nobody waits for it."""
        _signal_group(self.child, signal.SIGTERM)
        end = time.monotonic() + (_TERM_SECONDS if self.why == "timeout" else 0.0)
        while not self._ended() and time.monotonic() < end:
            select.select([self._wake], [], [], 0.05)


def _signal_group(child: int, number: int) -> None:
    try:
        os.killpg(child, number)
    except (ProcessLookupError, PermissionError):
        pass


def _count() -> int:
    """About how many processes the system has: cheap, to know when to count properly."""
    return len(os.listdir("/proc")) if sys.platform == "linux" else 0


def _kill_all(child: int) -> int:
    """Kill every descendant until none is left; how many could not be killed.

    All are stopped first, so that none forks while the list is read again.
    """
    end = time.monotonic() + _KILL_SECONDS
    try:
        os.nice(-20)  # where it is allowed: not to be starved by what is to be killed
    except OSError:
        pass
    _signal_group(child, signal.SIGKILL)
    while True:
        stopped: set[int] = set()
        while new := _descendants() - stopped:
            for pid in new:
                _send(pid, signal.SIGSTOP)
            stopped |= new
        for pid in stopped:
            _send(pid, signal.SIGKILL)
        _reap()
        left = _descendants()
        if not left or time.monotonic() > end:
            return len(left)
        select.select([], [], [], 0.005)


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _descendants() -> set[int]:
    """Every process below this one."""
    children: dict[int, list[int]] = {}
    for pid, parent in _processes():
        children.setdefault(parent, []).append(pid)
    found: set[int] = set()
    todo = [os.getpid()]
    while todo:
        for pid in children.get(todo.pop(), ()):
            if pid not in found:
                found.add(pid)
                todo.append(pid)
    return found


def _processes() -> list[tuple[int, int]]:
    """(pid, parent) of every process of the system; zombies are dead and do not count on Linux."""
    if sys.platform != "linux":
        return _listed_by_ps()
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    state, parent = file.read().rpartition(b") ")[2].split()[:2]
            except (OSError, ValueError):
                continue
            if state != b"Z":
                found.append((int(name), int(parent)))
    return found


def _listed_by_ps() -> list[tuple[int, int]]:
    import subprocess

    listed = subprocess.run(["ps", "-Ao", "pid=,ppid=,comm="], capture_output=True, check=False)
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return [(int(row[0]), int(row[1])) for row in rows if len(row) == 3 and row[2] != b"ps"]


if __name__ == "__main__":
    main()
