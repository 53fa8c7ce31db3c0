"""Links that lead somewhere.

Parameters: `external` (false), `paths`. In Markdown and HTML each relative link and image must lead
to a file or folder of the repository, each `#anchor` to a heading or id (as GitHub makes them),
each `[text][name]` to a definition. With `external` http and https links are asked for, at most 50,
ten seconds each. Cannot see whether the target says what the text promises.
"""

from __future__ import annotations

import os
import re
from urllib.parse import unquote, urlsplit

from evt.validators.markdown import Page
from evt.validators.result import failed
from evt.validators.tree import Unusable, real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.file import File
    from evt.validators.result import Finding
    from evt.validators.work import Work

_EXTERNAL_MAX, _SECONDS = 50, 10
_UNDEFINED = re.compile(r"(?:^|\s)(\[[^\[\]\n]{2,80}\]\[[^\[\]\n]{1,80}\])")
_TEMPLATED = re.compile(r"\{\{|\{%|<%|\$\{")


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each link that leads nowhere."""
    left = _EXTERNAL_MAX if asked.get("external") else 0
    for file in work.files(asked):
        for target, line in _links(file):
            problem = None
            if urlsplit(target).scheme in ("http", "https"):
                if left > 0:
                    left -= 1
                    problem = _fetched(target)
            else:
                problem = _followed(work, file, target)
            if problem:
                yield failed(f"{file.path}: the link {target} {problem}", file.path, line)


def _links(file: File) -> Iterator[tuple[str, int]]:
    """(target, line from 1) of every link of a file."""
    if file.kind == "html":
        yield from ((target, line + 1) for target, line in file.html.links)
        return
    if file.kind != "markdown":
        return
    for token in file.page.tokens:
        if token.type == "html_block" and token.map:
            yield from _in_tags(token.content, token.map[0] + 1)
        if token.type == "inline" and token.map:
            line = token.map[0] + 1
            for child in file.page.inline(token):
                if child.type in ("softbreak", "hardbreak"):
                    line += 1
                elif child.type in ("link_open", "image"):
                    yield str(child.attrGet("href") or child.attrGet("src") or ""), line
                elif child.type == "html_inline":
                    yield from _in_tags(child.content, line)
                elif child.type == "text":
                    yield from ((found, line) for found in _UNDEFINED.findall(child.content))


def _in_tags(html: str, line: int) -> Iterator[tuple[str, int]]:
    """The links of HTML inside Markdown, which begins on that line."""
    from evt.validators.html import Reader

    yield from ((target, line + below) for target, below in Reader(html).links)


def _followed(work: Work, file: File, target: str) -> str | None:
    """What is wrong with a link that stays in the repository, or None."""
    if target.startswith("["):
        return "has no definition `[name]: target`: add it"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "is not a link"
    if parts.scheme or parts.netloc or _TEMPLATED.search(target):
        return None
    path = file.path
    if parts.path:
        base = "" if parts.path.startswith("/") else os.path.dirname(file.path)
        path = os.path.normpath(os.path.join(base, unquote(parts.path).lstrip("/")))
        try:
            there = real(work.root, path) if path != "." else work.root
        except Unusable as problem:
            return str(problem)
        if not os.path.exists(there):
            return f"leads to {path}, which does not exist: correct it or write that file"
    return _anchored(work, path, unquote(parts.fragment))


def _anchored(work: Work, path: str, anchor: str) -> str | None:
    if not anchor or anchor.lower() == "top":
        return None
    try:
        target = work.file(path)
    except (FileNotFoundError, Unusable):
        return None  # a folder: its page is not ours to guess
    if target.kind == "html":
        known = target.html.anchors
    elif target.kind == "markdown":
        known = _anchors(target.page)
    else:
        return None
    if anchor in known or anchor.lower() in known:
        return None
    return f"leads to #{anchor}, but {path} has no such heading: correct it"


def _anchors(page: Page) -> set[str]:
    """The anchors of a page: of its headings as GitHub makes them, and every id."""
    from evt.validators.html import Reader

    found: set[str] = set()
    for heading in page.headings():
        text, _, given = heading.text.partition(" {#")
        if given:
            found.add(given.rstrip("} "))
        slug = re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")
        number, name = 0, slug
        while name in found:
            number += 1
            name = f"{slug}-{number}"
        found.add(name)
    return found | Reader("\n".join(page.lines)).anchors


def _fetched(target: str) -> str | None:
    """What is wrong with a link to another host, or None."""
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    for method in ("HEAD", "GET"):  # some servers know only GET
        try:
            request = Request(target, method=method, headers={"User-Agent": "evt"})
            with urlopen(request, timeout=_SECONDS):
                return None
        except HTTPError as problem:
            if method == "GET" or problem.code not in (403, 405, 501):
                return f"is answered with {problem.code}: correct it"
        except (OSError, ValueError) as problem:
            return f"cannot be reached: {getattr(problem, 'reason', problem)}"
    return None
