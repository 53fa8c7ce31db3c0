"""`evt init --cursor` and the like: say what changes, change it, say what is left to do by hand."""

from __future__ import annotations

import os
from typing import Any

from evt.cli import output
from evt.cli.hosts import install, undo
from evt.cli.hosts.files import PERMISSIONS, File, files
from evt.cli.hosts.install import Change
from evt.eventlog.errors import LogIO
from evt.eventlog.log.discovery import work_tree

NEXT = {
    "cursor": "reload the window, open a chat and say: Act as coordinator",
    "claude": "start claude and say: Act as coordinator",
    "codex": "start codex, trust the hooks (/hooks) and say: Act as coordinator",
}


def root_of(evt_folder: str) -> str:
    """The work tree that the files belong into: this one, else that of the log."""
    return work_tree(os.getcwd()) or os.path.dirname(evt_folder)


def install_hosts(evt_folder: str, hosts: list[str], quiet: bool) -> dict[str, Any]:
    """Write what is missing; the document that `--json` prints."""
    root = root_of(evt_folder)
    memory = undo.Memory(evt_folder, root)
    plan = [(file, install.planned(root, file)) for host in hosts for file in files(host)]
    _say([change for _, change in plan], quiet)
    for file, change in plan:
        if change.what in ("made", "changed"):
            memory.keep(file, change)
    _save(memory)
    _write(root, [change for _, change in plan])
    notes = [PERMISSIONS[host] for host in hosts]
    if not quiet:
        output.say("\n".join(["to be added by you, if you want it:", *notes]))
        output.say("\n".join(f"next: {NEXT[host]}" for host in hosts))
        output.say("then: evt doctor  (have the hooks been seen firing?)")
    return {"changes": [_document(change) for _, change in plan], "permissions": notes}


def undo_hosts(evt_folder: str, hosts: list[str], quiet: bool) -> dict[str, Any]:
    """Give back what was there before."""
    root = root_of(evt_folder)
    memory = undo.Memory(evt_folder, root)
    plan = [undo.planned(memory, root, file) for host in hosts for file in _once(host)]
    _say(plan, quiet)
    _write(root, plan)
    for change in plan:
        if change.what != "kept":
            undo.clear(memory, change.path)
    _save(memory)
    return {"changes": [_document(change) for change in plan]}


def _once(host: str) -> tuple[File, ...]:
    """The files in the order in which their folders can be removed."""
    return tuple(reversed(files(host)))


def _say(changes: list[Change], quiet: bool) -> None:
    if quiet:
        return
    lines = [change.shown() for change in changes if change.what != "same"]
    output.say("\n".join(lines) or "nothing to change: everything is as it should be")


def _write(root: str, changes: list[Change]) -> None:
    for change in changes:
        try:
            install.write(root, change)
        except OSError as error:
            raise LogIO(
                f"{change.path} cannot be written: {error.strerror}; what was written before it "
                "stays", "evt init --undo",
            ) from None  # fmt: skip


def _save(memory: undo.Memory) -> None:
    try:
        memory.save()
    except OSError as error:
        raise LogIO(f"{memory.path} cannot be written: {error.strerror}; nothing changed") from None


def _document(change: Change) -> dict[str, Any]:
    found = {"path": change.path, "what": change.what}
    return {**found, "why": change.why} if change.why else found
