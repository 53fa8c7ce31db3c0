"""Parsers that are programs of their own: node for JavaScript, bash for shell scripts.

They only parse: node compiles the text and runs nothing of it, bash reads it with `-n`. A program
inside the work tree is not used, so that a repository cannot bring its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evt.validators.file import File

_SECONDS = 20
# Reads [text, ...] and prints [problem or null, ...]. A text may be a script or a module.
_NODE = """
const vm = require('node:vm');
const texts = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const attempt = (make) => { try { make(); return null; } catch (e) {
  const line = /^file:(\\d+)/.exec(e.stack || '');
  return {message: String(e.message), line: line ? Number(line[1]) : null}; } };
const head = '(function (exports, require, module, __filename, __dirname) {';
console.log(JSON.stringify(texts.map((raw) => {
  const text = raw.replace(/^#!.*/, '');
  const script = attempt(() => new vm.Script(head + text + '\\n})', {filename: 'file'}));
  if (!script) return null;
  const module = attempt(() => new vm.SourceTextModule(text, {identifier: 'file'}));
  return module && (/^\\s*(import|export)\\b/m.test(text) ? module : script);
})));
"""


def javascript(root: str, files: list[File]) -> list[tuple[str, int | None] | None] | None:
    """For each file what is wrong and where, or None; None for all without node."""
    node = _outside("node", root)
    if node is None:
        return None
    words = [node, "--experimental-vm-modules", "--no-warnings", "-e", _NODE]
    try:
        done = _run(words, json.dumps([file.text for file in files]).encode())
        found = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return [None if one is None else (one["message"], one["line"]) for one in found]


def shell(root: str, file: File) -> tuple[str, int | None] | bool | None:
    """What is wrong and where, None if nothing is, False without bash."""
    bash = _outside("bash", root)
    if bash is None:
        return False
    try:
        done = _run([bash, "--norc", "--noprofile", "-n"], file.data)
    except (OSError, subprocess.TimeoutExpired):
        return False
    if done.returncode == 0:
        return None
    first = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
    _, _, rest = first.partition("line ")
    number, _, words = rest.partition(": ")
    return words or first or "syntax error", int(number) if number.isdigit() else None


def _outside(name: str, root: str) -> str | None:
    """The program of that name on the PATH, unless it lies in the work tree."""
    found = shutil.which(name)
    if found is None:
        return None
    top = os.path.realpath(root) + "/"
    return None if os.path.realpath(found).startswith(top) else found


def _run(words: list[str], text: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        words, input=text, capture_output=True, timeout=_SECONDS, check=False, cwd="/",
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
    )  # fmt: skip
