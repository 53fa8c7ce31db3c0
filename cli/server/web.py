"""The HTTP side: the page, documents to look at, and commands; every request passes `Access`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from evt.cli.output import error_document, json_bytes, tell
from evt.cli.requests import Request, form_of, prepared
from evt.cli.server.access import OWN_SITE, Access, Asked
from evt.cli.server.desk import Desk
from evt.cli.server.icon import icon
from evt.cli.server.streams import MESSAGE_MAX, Streams
from evt.cli.server.views import Figures, glance, state_then, status_now
from evt.cli.who import ENGINEER
from evt.eventlog.commands import Emit
from evt.eventlog.errors import EvtError, InvalidInput, Usage
from evt.eventlog.rawjson import loads

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PAGE = Path(__file__).parent / "page"
TYPES = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}  # fmt: skip
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
STATUS_OF_EXIT = {2: 400, 4: 409, 5: 422}
COMMAND_KEYS = ("type", "subject", "data", "id", "override")
OFFERED = ("Resolved",)  # what the page can do; all else is for the shell
# Following a link on another site, a browser keeps our cookie back until a page of ours asks.
ONWARD = (
    b'<!doctype html><html lang="en"><meta charset="utf-8"><title>evt</title>'
    b'<link rel="icon" href="/icon.svg"><meta http-equiv="refresh" content="0; url=/">'
    b'<p><a href="/">Open the page</a></p></html>'
)


class Web:
    """The routes of one server; `facts` are shown to the page (pid, what the server may do)."""

    def __init__(self, access: Access, desk: Desk, streams: Streams, facts: dict[str, Any]) -> None:
        self.access = access
        self.desk = desk
        self.streams = streams
        self.facts = facts
        self._figures = Figures(desk.layout)
        self._files = {
            path.name: (path.read_bytes(), TYPES[path.suffix])
            for path in PAGE.iterdir()
            if path.suffix in TYPES
        }

    def application(self) -> web.Application:
        """The application, for aiohttp to run."""
        app = web.Application(middlewares=[self._guard], client_max_size=MESSAGE_MAX)
        app.on_response_prepare.append(_secure)
        app.router.add_get("/", self._root)
        app.router.add_get("/icon.svg", self._icon)
        app.router.add_get("/api/status", self._status)
        app.router.add_get("/api/now", self._now)
        app.router.add_get("/api/state", self._state)
        app.router.add_get("/api/metrics", self._metrics)
        app.router.add_get("/api/events", self.streams.events, allow_head=False)
        app.router.add_post("/api/commands", self._command)
        app.router.add_post("/api/link", self._link)
        app.router.add_get("/{name}", self._file)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse what may not ask, and say in one form what went wrong."""
        denied = self.access.refusal(self._asked(request))
        try:
            if denied is not None and not self._opens_link(request, denied):
                over = denied[0] == 401 and request.path == "/" and _comes_over(request)
                return _onward() if over else _sentence(*denied)
            return await handler(request)
        except EvtError as error:
            status = STATUS_OF_EXIT.get(error.exit, 503)
            return _json(error_document(error), status)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return _sentence(error.status, error.text or error.reason)
        except Exception as error:  # noqa: BLE001  one request must not end the server
            tell(f"evt serve: {request.path}: {error!r}")
            return _sentence(500, f"a defect of evt: {error!r}")

    def _asked(self, request: web.Request) -> Asked:
        return Asked(
            request.method,
            request.headers,
            request.headers.getall("Host", []),
            request.cookies.get(self.access.cookie_name),
            page=not request.path.startswith("/api/") and "Upgrade" not in request.headers,
        )

    def _opens_link(self, request: web.Request, denied: tuple[int, str]) -> bool:
        """The one-time link is how a browser gets what it lacks."""
        return denied[0] == 401 and request.path == "/" and "key" in request.query

    # the page

    async def _root(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self.streams.socket(request)
        key = request.query.get("key")
        if key is None:
            return self._page("index.html")
        over = _comes_over(request)
        answer = _onward() if over else web.Response(status=303, headers={"Location": "/"})
        if self.access.redeem(key):
            answer.set_cookie(
                self.access.cookie_name, self.access.cookie, httponly=True, samesite="Strict"
            )
        elif not self.access.knows(self._asked(request)) and not over:
            return _sentence(403, "this link was used before: evt serve --detach prints a new one")
        return answer

    async def _file(self, request: web.Request) -> web.Response:
        return self._page(request.match_info["name"])

    def _page(self, name: str) -> web.Response:
        found = self._files.get(name)
        if found is None:
            raise web.HTTPNotFound(text="there is no such page")
        return web.Response(body=found[0], headers={"Content-Type": found[1]})

    async def _icon(self, request: web.Request) -> web.Response:
        body = icon(request.query.get("n", "0"))
        return web.Response(body=body, headers={"Content-Type": TYPES[".svg"]})

    # documents

    async def _status(self, _: web.Request) -> web.Response:
        return _json(await self.desk.look(status_now))

    async def _now(self, request: web.Request) -> web.Response:
        found = await self.desk.look(glance)
        found["server"] = {
            **self.facts, "trouble": self.desk.trouble,
            "mayAct": self.access.knows(self._asked(request)),
        }  # fmt: skip
        return _json(found)

    async def _state(self, request: web.Request) -> web.Response:
        at = request.query.get("at")
        if not at:
            raise web.HTTPBadRequest(text="say at which sequence or time: /api/state?at=17")
        return _json(await self.desk.look(lambda log: state_then(log, at)))

    async def _metrics(self, request: web.Request) -> web.Response:
        at, project = request.query.get("at"), request.query.get("project")
        if at is None:
            return _json(await self.desk.look(lambda _: self._figures.now(project)))
        if not at.isascii() or not at.isdecimal() or len(at) > 16:
            raise web.HTTPBadRequest(text="at is a sequence: /api/metrics?at=17")
        return _json(await self.desk.look(lambda log: self._figures.then(log, int(at))))

    # commands

    async def _command(self, request: web.Request) -> web.Response:
        asked = loads(await _json_body(request))
        command = await self.desk.judged(requested(asked))
        reply = await self.desk.submit(command)
        return _json({"receipts": reply.receipts, **reply.result})

    async def _link(self, request: web.Request) -> web.Response:
        await _json_body(request)
        return _json({"link": f"http://127.0.0.1:{self.access.port}/?key={self.access.link()}"})


def requested(asked: Any) -> Emit:
    """The engineer's command in a body {type, subject, data}; raises InvalidInput or Usage."""
    if not isinstance(asked, dict) or not isinstance(asked.get("type"), str):
        raise InvalidInput('a command is an object with a "type"')
    for key, value in asked.items():
        if key not in COMMAND_KEYS:
            raise InvalidInput(f"there is no key {key!r}, only {', '.join(COMMAND_KEYS)}")
        if key != "data" and value is not None and not isinstance(value, str):
            raise InvalidInput(f"{key} is a text")
    data = asked.get("data", {})
    if not isinstance(data, dict):
        raise InvalidInput("data is an object")
    kind = asked["type"]
    form_of(kind)
    if kind not in OFFERED:
        raise Usage(f"{kind} is nothing that the page does", f"evt emit {kind} --help")
    request = Request(kind, asked.get("subject"), data)
    request.id, request.override = asked.get("id"), asked.get("override")
    return prepared(request, ENGINEER)


async def _json_body(request: web.Request) -> bytes:
    """The body of a request that says it is JSON, and nothing else."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="only application/json is taken")
    if "Content-Encoding" in request.headers:
        raise web.HTTPUnsupportedMediaType(text="a body is taken as it is, without an encoding")
    return await request.read()


async def _secure(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update({k: v for k, v in HEADERS.items() if k not in response.headers})
    response.headers.pop("Server", None)


def _json(document: Any, status: int = 200) -> web.Response:
    return web.Response(
        body=json_bytes(document), status=status, headers={"Content-Type": "application/json"}
    )


def _comes_over(request: web.Request) -> bool:
    """Somebody follows a link on another site, so that the cookie is not sent."""
    headers = request.headers
    follows = headers.get("Sec-Fetch-Mode") == "navigate"
    return follows and headers.get("Sec-Fetch-Site", "none") not in OWN_SITE


def _onward() -> web.Response:
    return web.Response(body=ONWARD, headers={"Content-Type": TYPES[".html"]})


def _sentence(status: int, text: str) -> web.Response:
    return _json({"error": {"message": text}}, status)
