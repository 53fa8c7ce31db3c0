"""Who may do what over HTTP and on the WebSocket: exact hosts and origins, token, one-time links.

A web page that the engineer visits elsewhere can send requests to this port. It cannot read the
token, cannot choose its Origin, and is told apart by the Host it was resolved under.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence

HOSTS = ("127.0.0.1", "localhost")
SAFE_METHODS = ("GET", "HEAD")
OWN_SITE = ("same-origin", "none")  # what a browser says of our own page and of a typed address
LINKS_MAX = 16  # one-time links that wait to be opened; the oldest goes first
HTTP_PORT = 80

Denied = tuple[int, str]  # HTTP status and a sentence


class Asked:
    """What a request says about itself; `cookie` is ours.

    `page`: it asks for the page's own files, which hold nothing that anybody has to be kept from.
    """

    __slots__ = ("cookie", "headers", "hosts", "method", "page")

    def __init__(
        self,
        method: str,
        headers: Mapping[str, str],
        hosts: Sequence[str],
        cookie: str | None = None,
        page: bool = False,
    ) -> None:
        self.method = method
        self.headers = headers
        self.hosts = hosts
        self.cookie = cookie
        self.page = page


class Access:
    """The rules of one running server; `require_token`: local programs need it as well."""

    def __init__(self, token: str, port: int, require_token: bool = False) -> None:
        self.port = port
        self.require_token = require_token
        self.cookie_name = f"evt_serve_{port}"  # cookies do not know ports
        self._token = token
        self._links: dict[str, None] = {}
        names = [f"{host}:{port}" for host in HOSTS]
        self._hosts = {*names, *(HOSTS if port == HTTP_PORT else ())}
        self._origins = {f"http://{name}" for name in self._hosts}

    @property
    def cookie(self) -> str:
        """What the page carries: derived from the token, so that it does not give it away."""
        return hmac.new(self._token.encode(), b"page", "sha256").hexdigest()

    def refusal(self, asked: Asked) -> Denied | None:
        """Why this request is refused, None if it is not."""
        if len(asked.hosts) != 1 or asked.hosts[0].lower() not in self._hosts:
            return 403, f"this server is reached as 127.0.0.1:{self.port} only"
        origin = asked.headers.get("Origin")
        if origin is not None and origin not in self._origins:
            return 403, f"the origin {origin[:100]!r} is not this server's own page"
        if self._from_elsewhere(asked):
            return 403, "another web site may not ask this"
        reads = asked.method in SAFE_METHODS and (origin is None or asked.page)
        needed = self.require_token or not reads
        if needed and not self.knows(asked):
            return 401, "the token is missing: Authorization: Bearer, from .evt/cache/serve.token"
        return None

    def _from_elsewhere(self, asked: Asked) -> bool:
        """A browser says that another site asks; following a link to the page is harmless."""
        if asked.headers.get("Sec-Fetch-Site", "none") in OWN_SITE:
            return False
        followed = asked.headers.get("Sec-Fetch-Mode") == "navigate"
        return not (followed and asked.page and asked.method == "GET")

    def knows(self, asked: Asked) -> bool:
        """Whether the request carries the token, or the cookie of the page."""
        scheme, _, given = asked.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _same(given.strip(), self._token):
            return True
        return asked.cookie is not None and _same(asked.cookie, self.cookie)

    def link(self) -> str:
        """A key that is exchanged for the cookie, once."""
        while len(self._links) >= LINKS_MAX:
            del self._links[next(iter(self._links))]
        key = secrets.token_urlsafe(24)
        self._links[key] = None
        return key

    def redeem(self, key: str) -> bool:
        """Whether this key was given out and not used before."""
        return key in self._links and self._links.pop(key) is None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
