"""Who may ask what: the rules alone, over everything a browser or a program can say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evt.cli.server.access import LINKS_MAX, Access, Asked

TOKEN = "ab" * 32
PORT = 3100
HERE = "127.0.0.1:3100"
OWN = ("http://127.0.0.1:3100", "http://localhost:3100")


def asked(method: str = "GET", host: str = HERE, cookie: str | None = None, page: bool = False,
          **headers: str) -> Asked:  # fmt: skip
    return Asked(method, {k.replace("_", "-"): v for k, v in headers.items()}, [host], cookie, page)


def status(access: Access, one: Asked) -> int | None:
    refused = access.refusal(one)
    return refused[0] if refused else None


def test_a_local_program_reads_without_a_token_unless_it_is_required() -> None:
    assert status(Access(TOKEN, PORT), asked()) is None
    assert status(Access(TOKEN, PORT, True), asked()) == 401
    assert status(Access(TOKEN, PORT, True), asked(Authorization=f"Bearer {TOKEN}")) is None


def test_writing_needs_the_token_whoever_asks() -> None:
    access = Access(TOKEN, PORT)
    assert status(access, asked("POST")) == 401
    assert status(access, asked("POST", Authorization=f"Bearer {TOKEN}")) is None
    assert status(access, asked("POST", Authorization=f"bearer  {TOKEN}")) is None
    assert status(access, asked("POST", cookie=access.cookie)) is None
    assert status(access, asked("POST", cookie=TOKEN)) == 401
    assert status(access, asked("POST", Authorization=f"Bearer {access.cookie}")) == 401


def test_whatever_has_an_origin_needs_the_token_and_ours_is_the_only_one() -> None:
    access = Access(TOKEN, PORT)
    for origin in OWN:
        assert status(access, asked(Origin=origin)) == 401
        assert status(access, asked(Origin=origin, Authorization=f"Bearer {TOKEN}")) is None
        assert status(access, asked(Origin=origin, page=True)) is None  # its files are no secret
        assert status(access, asked("POST", Origin=origin, page=True)) == 401
    for origin in ("null", "http://evil.example", "http://127.0.0.1:3101", "https://localhost:3100",
                   "http://localhost:3100.evil.example", "HTTP://LOCALHOST:3100", ""):  # fmt: skip
        assert status(access, asked(Origin=origin, Authorization=f"Bearer {TOKEN}")) == 403


def test_only_exact_hosts_are_served() -> None:
    access = Access(TOKEN, PORT)
    for host in (HERE, "localhost:3100", "LOCALHOST:3100"):
        assert status(access, asked(host=host)) is None
    for host in ("evil.example:3100", "localhost", "127.0.0.1", "127.0.0.1:3101", "127.1:3100", "",
                 "localhost:3100.evil.example", "[::1]:3100"):  # fmt: skip
        assert status(access, asked(host=host, Authorization=f"Bearer {TOKEN}")) == 403
    assert status(access, Asked("GET", {}, [HERE, HERE])) == 403
    assert status(access, Asked("GET", {}, [])) == 403
    assert status(Access(TOKEN, 80), asked(host="localhost")) is None


def test_other_sites_may_link_to_the_page_and_nothing_more() -> None:
    access = Access(TOKEN, PORT)
    for site in ("cross-site", "same-site", "anything"):
        follow = {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": "navigate"}
        assert status(access, asked(Sec_Fetch_Site=site, cookie=access.cookie)) == 403
        assert status(access, asked(**follow, page=True)) is None
        assert status(access, asked("POST", **follow, page=True, cookie=access.cookie)) == 403
    for site in ("same-origin", "none"):
        assert status(access, asked(Sec_Fetch_Site=site)) is None


@given(
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "x"]),
    st.text(max_size=40),
    st.none() | st.text(max_size=80),
    st.none() | st.text(max_size=80),
    st.none() | st.text(max_size=80),
    st.booleans(),
)
def test_nothing_gets_in_by_guessing(
    method: str, host: str, origin: str | None, bearer: str | None, cookie: str | None, page: bool
) -> None:
    """Given anything but the token, when it asks for more than reading, then it is refused."""
    access = Access(TOKEN, PORT)
    headers = {"Origin": origin, "Authorization": bearer}
    said = {name: value for name, value in headers.items() if value is not None}
    one = Asked(method, said, [host], cookie, page)
    assert access.refusal(one) is not None
    one = Asked(method, said, [HERE], cookie, page)
    if method not in ("GET", "HEAD") or (origin is not None and not page):
        assert access.refusal(one) is not None


def test_a_link_opens_once_and_not_too_many_wait() -> None:
    access = Access(TOKEN, PORT)
    first = access.link()
    assert access.redeem(first)
    assert not access.redeem(first)
    assert not access.redeem("")
    links = [access.link() for _ in range(LINKS_MAX + 1)]
    assert not access.redeem(links[0])
    assert all(access.redeem(link) for link in links[1:])
