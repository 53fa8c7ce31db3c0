"""What the outside tries against a running server: refused, the log unchanged, still serving."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import stat
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.cli.support import raw
from tests.conftest import Evt
from tests.server.conftest import Serve
from tests.server.serving import Served, peer

NOTE = {"type": "Noted", "data": {"text": "x"}}
ANSWER = {"type": "Resolved", "subject": "task-001", "data": {"action": "resume"}}


@pytest.fixture
def served(serve: Serve, evt: Evt) -> Served:
    evt("init", "--project", "p")
    return serve()


def test_every_answer_carries_the_headers_that_keep_others_out(standing: Served) -> None:
    for path in ("/", "/api/status", "/nothing", "/api/state"):
        _, headers, _ = standing.ask("GET", path)
        assert headers["Content-Security-Policy"].startswith("default-src 'self';")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert not any(name.lower().startswith("access-control") for name in headers)
        assert "Server" not in headers


def test_the_token_is_private_and_long(served: Served, log: Path) -> None:
    found = (log / ".evt/cache/serve.token").stat()
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert len(bytes.fromhex(served.token)) == 32


def test_foreign_requests_change_nothing(standing: Served) -> None:
    """Given requests as a foreign page can send them, then each is refused."""
    before = raw(standing.repo)
    evil = "http://evil.example"
    for wanted, method, path, body, token, headers in (
        (403, "GET", "/api/status", None, None, {"Origin": evil}),
        (403, "GET", "/", None, None, {"Origin": evil}),
        (403, "GET", "/api/status", None, standing.token, {"Origin": "null"}),
        (403, "GET", "/api/status", None, None, {"Host": "evil.example"}),
        (403, "GET", "/api/status", None, None, {"Host": f"evil.example:{standing.port}"}),
        (403, "GET", "/api/status", None, None, {"Sec-Fetch-Site": "cross-site"}),
        (401, "POST", "/api/commands", NOTE, None, {}),
        (401, "POST", "/api/commands", NOTE, "0" * 64, {}),
        (401, "POST", "/api/link", {}, None, {}),
        (403, "POST", "/api/commands", NOTE, standing.token, {"Origin": evil}),
        (403, "POST", "/api/commands", NOTE, standing.token, {"Sec-Fetch-Site": "cross-site"}),
        (401, "OPTIONS", "/api/commands", None, None, {}),
        (405, "PUT", "/api/commands", NOTE, standing.token, {}),
        (405, "DELETE", "/api/status", None, standing.token, {}),
        (415, "POST", "/api/commands", b"{}", standing.token, {"Content-Type": "text/plain"}),
        (415, "POST", "/api/commands", b"a=b", standing.token,
         {"Content-Type": "application/x-www-form-urlencoded"}),
        (415, "POST", "/api/link", b"{}", standing.token, {"Content-Type": "text/plain"}),
        (415, "POST", "/api/commands", b"\x1f\x8bbroken", standing.token,
         {"Content-Type": "application/json", "Content-Encoding": "gzip"}),
        (413, "POST", "/api/commands", b" " * (2 << 20), standing.token,
         {"Content-Type": "application/json"}),
        (403, "GET", "/?key=guessed", None, None, {}),
    ):  # fmt: skip
        said = {name.replace("-", "_"): value for name, value in headers.items()}
        status, _, _ = standing.ask(method, path, body, token, **said)
        assert status == wanted, (method, path, headers)
    assert raw(standing.repo) == before
    assert standing.ask("GET", "/api/status")[0] == 200


@pytest.mark.parametrize(
    "path",
    ["/../.evt/cache/serve.token", "/%2e%2e/.evt/cache/serve.token", "/..%2fserve.token",
     "/.evt/cache/serve.token", "//etc/passwd", "/index.html/..", "/%00", "/a/b", "/main.js%00"],
)  # fmt: skip
def test_paths_lead_to_the_page_only(standing: Served, path: str) -> None:
    with socket.create_connection(("127.0.0.1", standing.port), timeout=10) as plain:
        plain.sendall(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{standing.port}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: plain.recv(65536), b""))
    assert answer.split(b" ", 2)[1] in (b"404", b"400")
    assert standing.token.encode() not in answer


def test_websockets_are_guarded_like_everything_else(standing: Served) -> None:
    """Given an Origin, when a socket is opened, then it needs to be ours and to have the token."""
    own = f"http://localhost:{standing.port}"
    bearer = {"Authorization": f"Bearer {standing.token}"}

    async def status(url: str, **facts: object) -> int:
        try:
            async with connect(url, **facts):  # type: ignore[arg-type]  # told apart below
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    async def play() -> None:
        url = f"ws://127.0.0.1:{standing.port}/"
        assert await status(url) == 101
        assert await status(url, origin="http://evil.example", additional_headers=bearer) == 403
        assert await status(url, origin="null") == 403
        assert await status(url, origin=own) == 401
        assert await status(url, origin=own, additional_headers=bearer) == 101
        rebound = f"ws://rebound.example:{standing.port}/"
        assert await status(rebound, host="127.0.0.1", port=standing.port) == 403

    asyncio.run(play())


def test_local_programs_need_the_token_where_it_is_required(serve: Serve, log: Path) -> None:
    served = serve("--require-token")
    assert served.ask("GET", "/api/status")[0] == 401
    assert served.ask("GET", "/")[0] == 401
    assert served.ask("GET", "/api/status", token=served.token)[0] == 200
    link = served.ready["link"].partition(f":{served.port}")[2]
    status, headers, _ = served.ask("GET", link)
    assert status == 303
    cookie = headers["Set-Cookie"].partition(";")[0]
    assert served.ask("GET", "/", Cookie=cookie)[0] == 200
    follows = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    status, _, body = served.ask("GET", "/", **follows)  # such a request carries no cookie of ours
    assert status == 200
    assert b'http-equiv="refresh"' in body and b"<script" not in body
    assert served.ask("GET", "/main.js", **follows)[0] == 401
    assert served.ask("GET", "/", Sec_Fetch_Site="same-origin", Sec_Fetch_Mode="navigate")[0] == 401

    async def play() -> None:
        with pytest.raises(InvalidStatus):
            async with connect(f"ws://127.0.0.1:{served.port}/"):
                pass
        bearer = {"Authorization": f"Bearer {served.token}"}
        async with connect(f"ws://127.0.0.1:{served.port}/", additional_headers=bearer):
            pass

    asyncio.run(play())


def test_the_link_gives_the_page_its_cookie_once(served: Served, evt: Evt) -> None:
    """Given the one-time link, when it is opened, then the browser may act, and nobody else."""
    evt("emit", "TaskCreated", "task-001", "--description", "d")
    evt("emit", "Escalated", "task-001", "--question", "Which?")
    path = served.ready["link"].partition(f":{served.port}")[2]
    status, headers, _ = served.ask("GET", path)
    cookie = headers["Set-Cookie"]
    assert (status, headers["Location"]) == (303, "/")
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert served.token not in cookie
    carried = cookie.partition(";")[0]
    assert served.ask("GET", path)[0] == 403
    follows = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    status, headers, _ = served.ask("GET", path, **follows)  # whoever has the cookie gets in
    assert status == 200 and "Set-Cookie" not in headers
    assert served.ask("GET", path, Cookie=carried)[0] == 303
    assert served.ask("GET", "/api/now")[2]["server"]["mayAct"] is False
    assert served.ask("GET", "/api/now", Cookie=carried)[2]["server"]["mayAct"] is True
    own = f"http://127.0.0.1:{served.port}"
    assert served.ask("POST", "/api/commands", ANSWER, Cookie=carried, Origin=own)[0] == 200
    status, _, answer = served.ask("POST", "/api/link", {}, served.token)
    another = answer["link"].partition(f":{served.port}")[2]
    status, headers, body = served.ask("GET", another, **follows)
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert carried in headers["Set-Cookie"]
    assert b'http-equiv="refresh" content="0; url=/"' in body


def test_oversized_and_malformed_messages_end_their_connection_at_most(
    served: Served, log: Path
) -> None:
    before = raw(log)

    async def play() -> None:
        async with peer(served) as client, peer(served) as other:
            with contextlib.suppress(ConnectionClosed):  # it may be closed while we still send
                await client.socket.send("x" * ((1 << 20) + 1))
            await client.socket.wait_closed()
            assert client.socket.close_code == 1009
            await other.socket.send(b"\xff\xfe\x00")
            assert (await other.hear())["error"].startswith("Invalid JSON message")
            await other.socket.send(b'{"type":"status"}')
            assert (await other.hear())["type"] == "status_response"

    asyncio.run(play())
    for broken in (b"\x00" * 100, b"GET / HTTP/9.9\r\n\r\n", b"POST / HTTP/1.1\r\n" * 1000,
                   b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                   b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n"):  # fmt: skip
        plain = socket.create_connection(("127.0.0.1", served.port), timeout=10)
        with plain, contextlib.suppress(ConnectionError):
            plain.sendall(broken)
            plain.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: plain.recv(65536), b""))  # noqa: B023  used at once
            assert not answer.startswith(b"HTTP/1.1 200")
    assert raw(log) == before
    assert served.ask("GET", "/api/status")[0] == 200


def test_more_sockets_than_allowed_are_refused_and_the_page_is_served_on(served: Served) -> None:
    """Given 256 idle sockets, when another one comes, then it is refused, and HTTP goes on."""

    async def play() -> None:
        async with contextlib.AsyncExitStack() as stack:
            url = f"ws://127.0.0.1:{served.port}/"
            opened = [connect(url, ping_interval=None) for _ in range(256)]
            for one in opened:
                await stack.enter_async_context(one)
            with pytest.raises(InvalidStatus) as refused:
                async with connect(url):
                    pass
            assert refused.value.response.status_code == 503
            assert (await asyncio.to_thread(served.ask, "GET", "/api/status"))[0] == 200
            assert (await asyncio.to_thread(served.ask, "GET", "/api/events"))[0] == 503
        async with peer(served) as client:  # there is room again
            assert await client.quiet()

    asyncio.run(play())


def test_many_silent_connections_do_not_lock_others_out_for_ever(served: Served) -> None:
    """Given more plain connections than the server keeps, then it refuses and recovers."""
    silent = [socket.create_connection(("127.0.0.1", served.port), 10) for _ in range(600)]
    with pytest.raises(OSError):
        served.ask("GET", "/api/status")
    for one in silent:
        one.close()
    for _ in range(100):
        with contextlib.suppress(OSError):
            assert served.ask("GET", "/api/status")[0] == 200
            return
    raise AssertionError("it does not recover")
