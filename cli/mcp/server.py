"""The server: few tools with short definitions, read-only resources, a prompt per role."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import monotonic
from typing import Annotated, Any, Literal, ParamSpec, TypeVar

import anyio.lowlevel
import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp_types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import Field, ValidationError

from evt.cli.hosts import texts
from evt.cli.hosts.version import VERSION
from evt.cli.mcp import tools
from evt.cli.mcp.calls import words
from evt.cli.output import error_words
from evt.cli.verbs import inbox as asking
from evt.cli.waiting import Presence, gives_work, until
from evt.eventlog.commands import Next
from evt.eventlog.errors import EvtError, Refusal
from evt.eventlog.log.filelog import FileLog

STEP = 5.0  # seconds of waiting after which it is looked whether anybody still wants the answer
WAIT_MAX = 600.0
LOOKS = ToolAnnotations(read_only_hint=True)
INSTRUCTIONS = "Tasks that several chats share. First join, then use that name in every call."
P = ParamSpec("P")
T = TypeVar("T")

Name = Annotated[str, Field(description="your name, from join")]
Wait = Annotated[float, Field(description="seconds to wait for it", ge=0, le=WAIT_MAX)]


class Server(MCPServer):
    """The one of the SDK, with words of evt for arguments that do not fit a tool."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Any = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; what it does not know is refused and not left out in silence."""
        for tool in await self.list_tools():
            known = tool.input_schema.get("properties", {})
            strange = [key for key in arguments if key not in known]
            if tool.name == name and strange:
                has = ", ".join(known) or "none"
                raise ToolError(f"{name} has no argument {strange[0][:40]!r}; it has: {has}")
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError(_needs(name, error.__cause__)) from None
            raise


def _needs(tool: str, error: ValidationError) -> str:
    """What a tool needs instead of the arguments that its schema refuses, a line each."""
    lines = []
    for found in error.errors(include_url=False, include_input=False):
        key, said = found["loc"][0] if found["loc"] else "arguments", found["msg"]
        missing = found["type"] == "missing"
        more = "" if missing else f": {said.replace('Input should', 'it should', 1)}"
        lines.append(f"{tool} needs {'' if missing else 'another '}{key}{more}")
    return "\n".join(dict.fromkeys(lines))


def build(run_commands: bool = False) -> MCPServer:
    """The server with everything on it; its gate runs approved commands only if it may."""
    server = Server("evt", version=VERSION, instructions=INSTRUCTIONS, log_level="WARNING")
    _working(server, run_commands)
    _looking(server)
    _steering(server)
    _reading(server)
    return server


def _said(tool: Callable[P, str]) -> Callable[P, str]:
    """The tool, its refusals raised as a chat has to hear them: what, the state, the next call."""

    @wraps(tool)
    def run(*args: P.args, **kwargs: P.kwargs) -> str:
        try:
            return tool(*args, **kwargs)
        except EvtError as error:
            raise ToolError(words(error, str(kwargs.get("name") or ""))) from None

    return run


def _read(resource: Callable[P, str]) -> Callable[P, str]:
    """The resource; that there is no log, say, is told and not taken for a defect of the server."""

    @wraps(resource)
    def read(*args: P.args, **kwargs: P.kwargs) -> str:
        try:
            return resource(*args, **kwargs)
        except EvtError as error:
            raise ResourceError(error_words(error)) from None

    return read


def _working(server: MCPServer, run_commands: bool) -> None:
    @server.tool(structured_output=False)
    @_said
    def join(
        name: str | None = None,
        role: Literal["worker", "coordinator"] | None = None,
        takeover: bool = False,
    ) -> str:
        """Take a name: none = a free one; takeover = go on as a name after a restart."""
        return tools.join(name, role, takeover)

    @server.tool(structured_output=False)
    async def next(name: Name, wait: Wait = 0) -> str:
        """Your task with all you need, or the best ready one. Report it with emit."""
        return await _next(name, wait)

    @server.tool(structured_output=False, annotations=LOOKS)
    @_said
    def check(name: Name, task: str) -> str:
        """What the gate would say of your work now."""
        return tools.check(name, task, run_commands)

    @server.tool(structured_output=False)
    @_said
    def emit(
        name: Name,
        type: str,
        task: str | None = None,
        data: dict[str, Any] | None = None,
    ) -> str:
        """Append an event. Worker: Completed {contextEfficiencyScore 1-5, notes, attested},
        Heartbeat {note, progress 0-1}, Escalated {question}, Failed {reason}. Coordinator:
        Resolved {action resume|reassign|cancel|accept, answer}, TaskRevised {changed, reason},
        TaskCancelled {reason}, ProjectEnded {outcome done|abandoned}. Noted {text, tags}."""
        return tools.emit(name, type, task, data or {}, run_commands)

    @server.tool(structured_output=False)
    @_said
    def leave(name: Name, note: str | None = None) -> str:
        """Give name and task back; the note is for whoever goes on."""
        return tools.leave(name, note)


async def _next(name: str, seconds: float) -> str:
    """Wait, then claim in one go: a call that was given up before claims nothing."""
    try:
        log = tools.the_log()
        with Presence(log, name):
            return await _claimed(log, name, monotonic() + seconds)
    except EvtError as error:
        raise ToolError(words(error, name)) from None


async def _claimed(log: FileLog, name: str, end: float) -> str:
    while True:
        await anyio.lowlevel.checkpoint()  # whoever was cancelled while work came ends here
        try:
            return tools.claim(log, name)
        except Refusal as refusal:
            left = end - monotonic()
            if refusal.exit == tools.DONE or (refusal.exit == tools.NOTHING and left <= 0):
                return tools.nothing(refusal)
            if refusal.exit != tools.NOTHING:
                raise
        await _in_thread(until, log, Next(name), min(STEP, left), gives_work)


async def _in_thread(function: Callable[..., T], *args: object) -> T:
    """Run what only looks; a call that is given up does not wait for its end."""
    return await anyio.to_thread.run_sync(function, *args, abandon_on_cancel=True)


def _looking(server: MCPServer) -> None:
    @server.tool(structured_output=False, annotations=LOOKS)
    @_said
    def status() -> str:
        """What is going on: tasks, workers, open questions."""
        return tools.status()

    @server.tool(structured_output=False)
    async def inbox(name: Name, wait: Wait = 0) -> str:
        """Open questions with the call that answers each; with wait only what is for you."""
        if not wait:
            return _said(tools.inbox)(name=name)
        return await _inbox(name, wait)


async def _inbox(name: str, seconds: float) -> str:
    end = monotonic() + seconds
    try:
        log = tools.the_log()
        while True:
            step = min(STEP, max(0.0, end - monotonic()))
            found, code = await _in_thread(asking.look, log, name, step)
            if code != asking.NOTHING or end <= monotonic():
                return asking.in_words(found, name)
    except EvtError as error:
        raise ToolError(words(error, name)) from None


def _steering(server: MCPServer) -> None:
    @server.tool(structured_output=False)
    @_said
    def plan(name: Name, path: str, apply: bool = False) -> str:
        """Check a plan (a JSON file of tasks, or a folder of them); apply appends it."""
        return tools.plan(name, path, apply)


def _reading(server: MCPServer) -> None:
    @server.resource("evt://status", mime_type="application/json")
    @_read
    def status() -> str:
        """The state as evt status --json prints it."""
        return tools.status_json()

    @server.resource("evt://tasks/{task}", mime_type="application/json")
    @_read
    def task(task: str) -> str:
        """One task as the state has it."""
        found = tools.task_json(task)
        if found is None:
            raise ResourceNotFoundError(f"there is no task {task}; evt://status lists them")
        return found

    for role in texts.ROLES:
        server.prompt(role, description=f"Act as {role}")(_text(role))


def _text(role: str) -> Callable[[], str]:
    def prompt() -> str:
        parts = texts.parts(role)
        return parts["loop"] + "\n" + parts["more"]

    return prompt
