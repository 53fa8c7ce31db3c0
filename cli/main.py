"""Where every call begins: look at the verb before anything else is imported, end in one place.

Exit codes are decided here and in `errors.py`: a verb returns 0, 3, 5 or 7, or raises.
"""

from __future__ import annotations

import os
import sys

from evt.cli import output
from evt.cli.registry import VERBS
from evt.eventlog.errors import EvtError, LogIO, NoLog, Unexpected, Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

INTERRUPTED = 130
_COMPLETION = ("--install-completion", "--show-completion")
_HELP = ("--help", "-h", "help")
_VERSION = ("--version", "-V")
# They change nothing: when nobody reads them any more (`evt log | head`), there is nothing to say.
_READERS = (*_HELP, *_VERSION, "log", "replay", "status", "schema", "verify", "anchor")


def entry() -> NoReturn:
    """The console script: run, then leave without the interpreter's own clean-up, which is slow."""
    _occupy_streams()
    code = main(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass  # what evt says itself is not buffered; this is for what a library printed
    os._exit(code)


def _occupy_streams() -> None:
    """Open /dev/null where a caller closed a stream: a file of the log must not take its number.

    What is written to a stdout that was closed still fails, as nobody would read it.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY)


def main(args: list[str]) -> int:
    """Run one call; a failure is said on stderr, with `--json` as a document on stdout too."""
    try:
        return _run(args)
    except EvtError as error:
        return _failed(error, args)
    except output.OutputGone as gone:
        return _unheard(gone, args)
    except KeyboardInterrupt:
        return INTERRUPTED
    except FileNotFoundError as error:
        return _failed(_vanished(error), args)
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        return _failed(LogIO(f"{error.strerror or error}{where}; nothing stored"), args)
    except Exception as error:  # noqa: BLE001  a chat gets a sentence and exit 1, never a traceback
        return _failed(_defect(error), args)


def _run(args: list[str]) -> int:
    name = args[0] if args else "--help"
    if name in VERBS:
        from evt.cli.call import run

        return run(name, args[1:])
    if "_EVT_COMPLETE" in os.environ or name in _COMPLETION:
        from evt.cli.completion import complete

        return complete(args)
    if name in _HELP:
        return _help(args[1:] if name == "help" else [])
    if name in _VERSION:
        from importlib.metadata import version

        output.say(f"evt {version('evtlog')}")
        return 0
    raise _no_verb(name)


def _help(words: list[str]) -> int:
    from evt.cli.helping import overview, verb_help

    if words and words[0] not in VERBS:
        raise _no_verb(words[0])
    output.say(verb_help(words[0], words[1] if words[1:] else None) if words else overview())
    return 0


def _no_verb(name: str) -> Usage:
    from evt.cli.args import nearest

    if name[:1] == "-":
        return Usage(f"the verb comes first, not {name}", "evt --help")
    near = nearest(name, VERBS)
    said = f", did you mean {near}?" if near else ""
    return Usage(
        f"there is no command {name[:40]!r}{said}", f"evt {near} --help" if near else "evt --help"
    )


def _unheard(gone: output.OutputGone, args: list[str]) -> int:
    reads = not args or args[0] in _READERS
    if reads and gone.broken:
        return LogIO.exit
    done, hint = ("", "") if reads else (f"; {gone.done}", "evt log -n 5")
    return _failed(LogIO(f"stdout cannot be written: {gone.why}{done}", hint), [])


def _failed(error: EvtError, args: list[str]) -> int:
    if "--json" in (args[: args.index("--")] if "--" in args else args):
        try:
            output.say_json(output.error_document(error))
        except output.OutputGone:
            pass
    output.tell_error(error)
    return error.exit


def _vanished(error: FileNotFoundError) -> EvtError:
    from evt.eventlog.log.discovery import find

    try:
        path = os.path.abspath(str(error.filename or os.curdir))
        if path.startswith(find() + os.sep):
            return NoLog(f"{path} went away during this call", "evt status")
    except FileNotFoundError:
        return Usage("the current folder is gone", "cd into the repository")
    except EvtError:
        pass
    return Usage(f"there is no file {path}")


def _defect(error: Exception) -> Unexpected:
    if os.environ.get("EVT_TRACEBACK"):
        import traceback

        traceback.print_exc()
    what = f"{type(error).__name__}: {error}"
    return Unexpected(
        f"a defect of evt: {what}", "set EVT_TRACEBACK=1, run again, report what it says"
    )
