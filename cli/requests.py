"""From what a caller says to a command for the log; the same for shell, MCP and server."""

from __future__ import annotations

from evt.cli import who
from evt.cli.emits import FORMS, OTHER_VERBS
from evt.eventlog.checking import check
from evt.eventlog.commands import Emit
from evt.eventlog.errors import InvalidInput, Usage
from evt.eventlog.ids import valid_id
from evt.eventlog.vocabulary import DERIVED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.args import Parsed
    from evt.cli.emits import Form


class Request:
    """One event asked for: type, subject, data and what evt is told besides."""

    __slots__ = (
        "allow_secret", "cascade", "caused", "data", "drop", "id", "override", "subject", "type",
    )  # fmt: skip

    def __init__(self, type: str, subject: str | None, data: dict[str, Any]) -> None:
        self.type = type
        self.subject = subject
        self.data = data
        self.id: str | None = None
        self.caused: str | None = None
        self.override: str | None = None
        self.cascade = self.drop = self.allow_secret = False


def form_of(type: str) -> Form:
    """The form of a type; raises Usage for one that is not emitted."""
    form = FORMS.get(type)
    if form is not None:
        return form
    if type in OTHER_VERBS:
        raise Usage(f"{type} is written by {OTHER_VERBS[type]}", OTHER_VERBS[type])
    if type in DERIVED:
        raise Usage(f"{type} is written by evt itself, as a conclusion from the log", "evt emit -h")
    from evt.cli.args import nearest

    near = nearest(type, FORMS)
    said = f", did you mean {near}?" if near else f"; there are {', '.join(FORMS)}"
    raise Usage(f"there is no event type {type!r}{said}", "evt emit --help")


def from_flags(type: str, subject: str | None, args: Parsed) -> Request:
    """A request from parsed flags; flags override the keys of `--data`."""
    form = form_of(type)
    allowed = {name for name, _ in form.flags}
    for key in args.values:
        name = key.replace("_", "-")
        if name not in allowed and name not in ALWAYS:
            raise Usage(
                f"{type} has no flag --{name}; it has "
                + ", ".join(f"--{flag}" for flag, _ in form.flags),
                f"evt emit {type} --help",
            )
    request = Request(type, subject, _given_data(args.get("data")))
    for name, path in form.flags:
        key = name.replace("-", "_")
        if key in args.values and path:
            _put(request.data, path, _converted(name, args.values[key], request.data))
    request.id, request.caused = args.get("id"), args.get("caused_by")
    request.allow_secret = args.get("allow_secret", False)
    request.cascade, request.drop = args.get("cascade", False), args.get("drop_dependency", False)
    request.override = args.get("override")
    return request


ALWAYS = ("as", "json", "help", "data", "id", "caused-by", "allow-secret", "batch", "report")


def _given_data(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    from evt.cli.files import given_json

    data = given_json(text, "--data")
    if not isinstance(data, dict):
        raise InvalidInput("--data has to be a JSON object", '--data \'{"text":"..."}\'')
    return data


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    *outer, key = path.split(".")
    for name in outer:
        inner = data.setdefault(name, {})
        if not isinstance(inner, dict):
            raise InvalidInput(f"{name} in --data is not an object")
        data = inner
    data[key] = value


def _converted(flag: str, value: Any, data: dict[str, Any]) -> Any:
    if flag == "final":
        return False
    if flag == "attest":
        return [_attested(text) for text in value]
    if flag == "propose":
        from evt.cli.files import proposal

        return proposal(value, data.get("details"))
    return value


def _attested(text: str) -> dict[str, Any]:
    number, equals, how = text.partition("=")
    if not equals or not number.isdecimal() or not how.strip():
        raise Usage(
            f"--attest {text[:40]!r} is not N=TEXT, N the number of the criterion from 1",
            "--attest 2='read it aloud twice'",
        )
    return {"criterion": int(number), "how": how.strip()}


def spoken(type: str, key: str, text: str | None) -> dict[str, Any]:
    """The data of a type with one text that may be left out, checked as all that is appended."""
    data = {} if text is None else {key: text}
    check(type, data)
    if data:
        from evt.cli.secrets import refuse_secrets

        refuse_secrets(data)
    return data


def prepared(request: Request, actor: str) -> Emit:
    """The command, its data checked; raises Usage or InvalidInput. The gate has not run yet."""
    type, data = request.type, request.data
    form = form_of(type)
    _subject_from_data(request)
    if missing := form.missing(data):
        raise Usage(f"{type} needs {missing}", f"evt emit {type} --help")
    if form.subject[:1] not in ("", "[") and not request.subject:
        raise Usage(f"{type} needs {_ONE[form.subject]}", f"evt emit {type} {form.subject} ...")
    _checked(type, data)
    if type == "Completed" and "signals" in data:
        _score(data)
    _check_ids(request)
    if not request.allow_secret:
        from evt.cli.secrets import refuse_secrets

        refuse_secrets(data)
    if request.override is not None and not request.override.strip():
        raise Usage("--override needs a reason", "--override 'checked by hand: ...'")
    return Emit(
        actor, type, request.subject, data, id=request.id, caused=request.caused,
        viachat=who.via_chat(actor), cascade=request.cascade, drop=request.drop,
        override=request.override,
    )  # fmt: skip


_ONE = {"ID": "an id", "NAME": "a name", "TASK": "a task"}


def _checked(type: str, data: dict[str, Any]) -> None:
    """Raises InvalidInput whose hint names the flags, not the schema."""
    try:
        check(type, data)
    except InvalidInput as error:
        error.hint = f"evt emit {type} --help"
        raise


def _score(data: dict[str, Any]) -> None:
    """The score that the signals stand for; one that was given counts, and this stands beside."""
    from evt.projections.score import score

    key = "rubricScore" if "contextEfficiencyScore" in data else "contextEfficiencyScore"
    data[key] = score(data["signals"])["score"]


def _subject_from_data(request: Request) -> None:
    """A task JSON carries its id, a project its name."""
    key = {"TaskCreated": "id", "ProjectStarted": "name"}.get(request.type)
    inner = request.data.get(key) if key else None
    if inner is None or not isinstance(inner, str):
        return
    if request.subject not in (None, inner):
        raise InvalidInput(
            f"{request.type} is about {request.subject}, but its data says {key} {inner}",
            f"evt emit {request.type} {inner} ...",
        )
    request.subject = inner


def _check_ids(request: Request) -> None:
    for flag, text in (("--id", request.id), ("--caused-by", request.caused)):
        if text is not None and not valid_id(text):
            raise InvalidInput(f"{flag} is 1-128 characters of [A-Za-z0-9._:-], not {text[:40]!r}")
    subject = request.subject
    if subject is not None and (not subject or len(subject) > 256 or not subject.isprintable()):
        raise InvalidInput("a subject is 1-256 printable characters")
