"""The cases of the corpus that text cannot hold: bytes, links, secrets, other people's changes.

Each builds its work tree and returns what the gate is asked to judge. Secrets are put together here
so that no file of this repository holds one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evt.validators import baseline
from evt.validators.trust import Trust
from evt.validators.work import Other, Runner, Work
from tests.validators.cases import good

Build = Callable[[Path], Work]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
A, B = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789", "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
SECRETS = {
    "an AWS key": "AKIA" + "QWERTYUIOPASDFGH",
    "a GitHub token": "ghp_" + A,
    "a fine-grained GitHub token": "github_pat_" + "11AAAABBB0" + A + "_" + A,
    "a GitLab token": "glpat-" + A[:20],
    "a Slack token": "xoxb-" + "123456789012-1234567890123-" + A[:24],
    "a Stripe key": "sk_live_" + A[:24],
    "a Google key": "AIza" + A[:35],
    "an OpenAI key": "sk-proj-" + A + A[:12],
    "an Anthropic key": "sk-ant-api03-" + A + A,
    "an npm token": "npm_" + A,
    "a Hugging Face token": "hf_" + A[:34],
    "a SendGrid key": "SG." + A[:22] + "." + A + A[:7],
    "a private key": "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEowIBAAKCAQEA7b" + A + "\n-----END",
    "a Twilio key": "SK" + B,
}


def work(folder: Path, files: dict[str, str | bytes], **task: Any) -> Work:
    """Write files and return the work of a task whose outputs they are, unless it names others."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    more = {key: task.pop(key) for key in list(task) if key in Work.__slots__}
    return Work(str(folder), task_of(list(files), **task), manual_ok=True, **more)


def task_of(outputs: list[str], **given: Any) -> dict[str, Any]:
    """A task with these outputs; `given` replaces parts of context and acceptance."""
    context = {"outputFiles": outputs, "targetFiles": [], "deletedFiles": []}
    acceptance = {
        key: given.pop(key) for key in ("checks", "criteria", "validation") if key in given
    }
    return {
        "id": "task-001", "type": "task", "description": given.pop("description", "Do it."),
        "context": context | given, "acceptance": acceptance,
    }  # fmt: skip


def repository(folder: Path, files: dict[str, str]) -> None:
    """Make a git repository with one commit of these files."""
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    for args in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "start"]):
        subprocess.run(["git", *args], cwd=folder, check=True, capture_output=True)


def shared(
    folder: Path, changes: dict[str, str], checks: list[dict[str, Any]], **more: Any
) -> Work:
    """A tree in which these files changed since our task, whose output is out.md, was assigned."""
    repository(folder, {"src/a.py": "A = 1\n", "tests/test_a.py": "def test_a():\n    assert 1\n"})
    before = baseline.take(str(folder), baseline.protected(checks))
    for path, text in {"out.md": "# Out\n\nIt is done.\n", **changes}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    task = task_of(["out.md"], checks=checks)
    return Work(str(folder), task, attempt=1, worker="worker-A", baseline=before, **more)


def runner(folder: Path, *approved: list[str]) -> Runner:
    """May run these commands; its state lies beside the tree."""
    trust = Trust(str(folder.parent / f"{folder.name}.state"), str(folder), os.environ["PATH"])
    for argv in approved:
        trust.approve(argv)
    lock = str(folder.parent / f"{folder.name}.state" / "gate.lock")
    return Runner(str(folder), trust, os.environ, lock, lambda _: None)


def running(folder: Path, code: str, files: dict[str, str | bytes] | None = None) -> Work:
    """Work whose validation is a Python program that the engineer approved."""
    argv = [sys.executable, "-c", code]
    built = work(
        folder, files or {"out.txt": "done\n"}, checks=[{"check": "command", "argv": argv}]
    )
    built.runner = runner(folder, argv)
    return built


def _other(live: bool = True) -> Other:
    return Other("task-002", "worker-B", 1, live, ["src/*.py"], ["notes.md"])


def _with_link(folder: Path, target: str) -> Work:
    (folder.parent / f"{folder.name}.outside").write_text("not ours\n", "utf-8")
    (folder / "real.md").write_text("# Real\n\nIt is here.\n", "utf-8")
    (folder / "out.md").symlink_to(target.replace("{name}", folder.name))
    return work(folder, {}, outputFiles=["out.md"])


def _fifo(folder: Path) -> Work:
    os.mkfifo(folder / "out.md")
    return work(folder, {}, outputFiles=["out.md"])


def _folder(folder: Path) -> Work:
    (folder / "out.md").mkdir()
    return work(folder, {}, outputFiles=["out.md"])


def _sparse(folder: Path) -> Work:
    with (folder / "out.bin").open("wb") as file:
        file.truncate(10 << 30)
    return work(folder, {}, outputFiles=["out.bin"])


def _left(folder: Path) -> Work:
    files = {"new.md": "# New\n\nMoved.\n", "old.md": "# Old\n"}
    return work(folder, files, outputFiles=["new.md"], deletedFiles=["old.md"])


def _diff(path: str, head: str) -> Build:
    return lambda folder: work(folder, {path: f"{head}+++ b/{path}\n@@ -1 +1 @@\n-Ten.\n+Two.\n"})


def _repeated(text: str, times: int, sep: str = " ") -> Build:
    return lambda folder: work(folder, {"out.md": "# Out\n\n" + sep.join([text] * times) + "\n"})


def _secret(value: str) -> Build:
    return lambda folder: work(folder, {"config.py": f'KEY = """{value}"""\n'})


def _cut(path: str, text: str) -> Build:
    """The first three fifths of a good file."""
    return lambda folder: work(folder, {path: text[: len(text) * 3 // 5]})


def cut_data() -> list[tuple[str, str, Build]]:
    """Good structured files of the corpus that end too early to be whole."""
    wanted = (".json", ".geojson", ".ipynb", ".svg", ".xml")
    return [
        ("cut data", f"{case.title}, {path}", _cut(path, text))
        for case in good()
        for path, text in case.files.items()
        if path.endswith(wanted) and len(text) > 40 and not case.task
    ]


SCOPE = [{"check": "in_scope"}]
TESTS = [{"check": "unchanged", "paths": ["tests/**"]}]


def bad() -> list[tuple[str, str, Build]]:
    """(kind, title, builder) of work that must be refused."""
    one = {"out.md": "# Out\n\nIt is done.\n"}
    return [
        ("missing", "one of two", lambda f: work(f, one, outputFiles=["out.md", "more.md"])),
        (
            "missing",
            "another suffix",
            lambda f: work(f, {"out.txt": "x\n"}, outputFiles=["out.md"]),
        ),
        ("missing", "another case", lambda f: work(f, {"Out.md": "x\n"}, outputFiles=["out.md"])),
        (
            "missing",
            "another folder",
            lambda f: work(f, {"a/out.md": "x\n"}, outputFiles=["out.md"]),
        ),
        ("missing", "no match", lambda f: work(f, one, outputFiles=["pages/*.md"])),
        ("missing", "handed in", lambda f: work(f, one, deliverables=["out.md", "none.md"])),
        ("missing", "not deleted", _left),
        ("empty", "no byte", lambda f: work(f, {"out.md": ""})),
        ("empty", "white space", lambda f: work(f, {"out.md": " \n\t\n"})),
        ("empty", "a byte order mark", lambda f: work(f, {"out.md": "\ufeff\n"})),
        ("empty", "one of two", lambda f: work(f, {**one, "a.py": "\n"})),
        *_wrong_files(),
        ("repetition", "15 times", _repeated("The system is robust and fast.", 15)),
        ("chat", "a diff", _diff("a.md", "--- a/a.md\n")),
        (
            "chat",
            "a diff with its head",
            _diff("a.txt", "diff --git a/a.txt b/a.txt\n--- a/a.txt\n"),
        ),
        ("repetition", "60 times", _repeated("Quality is our first priority.", 60)),
        ("repetition", "as paragraphs", _repeated("We care about every user.", 20, "\n\n")),
        ("repetition", "as a list", _repeated("- The design is simple.", 18, "\n")),
        ("repetition", "three in turn", _repeated("It works well. It is fast. Nobody waits.", 15)),
        ("repetition", "one word", _repeated("excellent", 120)),
        ("repetition", "five words in turn", _repeated("the fast and simple tool", 40)),
        ("repetition", "in Chinese", _repeated("这个系统非常可靠。", 16, "")),
        *(("secrets", title, _secret(value)) for title, value in SECRETS.items()),
        *cut_data(),
        *_bad_changes(),
    ]


def _wrong_files() -> list[tuple[str, str, Build]]:
    return [
        ("wrong file", "text as a picture", lambda f: work(f, {"logo.png": "a logo\n"})),
        ("wrong file", "text as a PDF", lambda f: work(f, {"paper.pdf": "# Paper\n"})),
        ("wrong file", "a picture as text", lambda f: work(f, {"out.md": PNG})),
        ("wrong file", "UTF-16", lambda f: work(f, {"out.txt": "a text".encode("utf-16")})),
        ("wrong file", "Latin-1", lambda f: work(f, {"out.txt": "für".encode("latin-1")})),
        ("wrong file", "HTML as JSON", lambda f: work(f, {"a.json": "<html>404</html>\n"})),
        ("wrong file", "a folder", _folder),
        ("wrong file", "a FIFO", _fifo),
        ("wrong file", "10 GB of nothing", _sparse),
        ("wrong file", "a link that leaves", lambda f: _with_link(f, "../{name}.outside")),
        ("wrong file", "a link to a device", lambda f: _with_link(f, "/dev/zero")),
        ("wrong file", "a link to nothing", lambda f: _with_link(f, "nowhere.md")),
    ]


def _bad_changes() -> list[tuple[str, str, Build]]:
    edited = {"tests/test_a.py": "def test_a():\n    pass\n"}
    beyond = {"src/a.py": "A = 2\n"}
    touched = {"touched": ["src/a.py"], "others": [_other()]}
    return [
        ("out of scope", "nobody else is there", lambda f: shared(f, beyond, SCOPE)),
        ("out of scope", "touched, another's", lambda f: shared(f, beyond, SCOPE, **touched)),
        ("out of scope", "a new file", lambda f: shared(f, {"extra.py": "X = 1\n"}, SCOPE)),
        ("out of scope", "a test", lambda f: shared(f, edited, SCOPE)),
        ("edited tests", "changed", lambda f: shared(f, edited, TESTS)),
        ("edited tests", "with others", lambda f: shared(f, edited, TESTS, others=[_other()])),
        ("edited tests", "a new conftest", lambda f: shared(f, {"tests/conftest.py": "\n"}, TESTS)),
        ("failing tests", "an exit", lambda f: running(f, "raise SystemExit(1)")),
        ("failing tests", "an assertion", lambda f: running(f, "assert 1 == 2")),
        ("failing tests", "a signal", lambda f: running(f, "import os; os.abort()")),
    ]  # fmt: skip


def fine() -> list[tuple[str, str, Build]]:
    """(kind, title, builder) of work that must pass."""
    theirs = {"src/a.py": "A = 2\n", "notes.md": "theirs\n"}
    return [
        ("bytes", "a picture", lambda f: work(f, {"logo.png": PNG})),
        ("bytes", "Windows line ends", lambda f: work(f, {"a.md": "# A\r\n\r\nA text.\r\n"})),
        ("bytes", "a byte order mark", lambda f: work(f, {"a.csv": "\ufeffname;tons\n"})),
        ("bytes", "a large table", lambda f: work(f, {"a.csv": "name,tons\nAurora,12\n" * 60_000})),
        ("bytes", "HTML in the encoding that it declares", lambda f: work(f, {"a.html":
            "<meta charset=latin-1>\n<p>für den Hafen.</p>\n".encode("latin-1")})),
        ("bytes", "no end of line", lambda f: work(f, {"a.md": "# A\n\nA text."})),
        ("links", "inside", lambda f: _with_link(f, "real.md")),
        ("shared", "alone", lambda f: shared(f, {}, SCOPE + TESTS)),
        ("shared", "another's change", lambda f: shared(f, theirs, SCOPE, others=[_other()])),
        ("shared", "after it ended", lambda f: shared(f, theirs, SCOPE, others=[_other(False)])),
        ("shared", "nobody's change", lambda f: shared(f, {"x.py": "X = 1\n"}, SCOPE,
                                                       others=[_other()])),
        ("shared", "a lock file", lambda f: shared(f, {"poetry.lock": "x\n"}, SCOPE)),
        ("shared", "a cache", lambda f: shared(f, {"src/__pycache__/a.pyc": "x"}, SCOPE)),
        ("shared", "ignored", lambda f: shared(f, {"dist/x.js": "x\n"}, SCOPE, ignore=["dist/"])),
        ("commands", "green", lambda f: running(f, "print('ok')")),
    ]  # fmt: skip
