"""Which check a criterion means: the makers behind the phrasings of `phrase_forms.py`.

A sentence matches as a whole or not at all. What it is about must be clear too: a named file, "the
output file" where there is one, "each file". A noun such as "the summary" means the document when
there is one output, or the one output of that name.
"""

from __future__ import annotations

import re

from evt.validators import phrase_forms as forms
from evt.validators.kinds import is_test, stem_of, suffix_of
from evt.validators.section_names import IN_ORDER, QUOTE, names_in
from evt.validators.words import DOCUMENTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Made = dict[str, Any] | None
    Maker = Callable[["About", re.Match[str]], Made]

_LONGEST = 400  # characters; a longer criterion is no phrase
_KIB = 1024
# "The proposal", "the final design document"; not "the executive summary", which is a part.
_BEGINS_WITH = re.compile(
    r"(?:the|this)\s+(?:(?:final|finished|new|whole|entire|design|project|technical)\s+)*"
    r"(?P<noun>[a-z][a-z-]+)(?=\s)(?!\s+(?:files?|sections?|chapters?|command|exists?)\b)",
    re.IGNORECASE,
)
_REQUIRED = re.compile(r"^(?:required|mandatory)\s+(?=(?:sections|headings)\s*:)", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[-*•]\s+)?(?:\[[ xX]?\]\s+)?")
_FORMATS = {
    "json": "json", "yaml": "yaml", "yml": "yaml", "toml": "toml", "markdown": "markdown",
    "md": "markdown", "commonmark": "markdown", "python": "python", "xml": "xml", "jsonl": "jsonl",
    "ndjson": "jsonl", "javascript": "javascript", "shell": "shell", "bash": "shell",
}  # fmt: skip
_SUFFIXES = {
    "yaml": (".yaml", ".yml"), "python": (".py",), "shell": (".sh", ".bash"),
    "markdown": (".md", ".markdown"), "javascript": (".js", ".mjs", ".cjs"),
}  # fmt: skip
_TESTS = (
    "tests/**", "test/**", "**/tests/**", "**/__tests__/**", "**/test_*.py", "**/*_test.*",
    "**/*.test.*", "**/*.spec.*", "**/conftest.py",
)  # fmt: skip
_LINTERS = re.compile(r"\b(?:ruff|flake8|mypy|eslint|black|prettier|tsc|pylint|shellcheck)\b")


class About:
    """What is known while a sentence is compiled: the outputs, and what "tests pass" would run."""

    def __init__(self, outputs: list[str], command: Made) -> None:
        self.outputs = outputs
        self.command = command

    def paths(self, found: re.Match[str]) -> list[str] | None:
        """The files that the subject means: [] for the outputs, None if it is not clear."""
        groups = found.groupdict()
        if named := self.named(found):
            return [named]
        if groups.get("all") or len(self.outputs) <= 1:
            return []
        noun = (groups.get("noun") or "").lower()
        same = [path for path in self.outputs if noun and stem_of(path) == noun]
        return same if len(same) == 1 else None

    def named(self, found: re.Match[str]) -> str | None:
        """The path that a sentence names; a bare file name may be that of one output."""
        groups = found.groupdict()
        name: str | None = groups.get("quoted") or groups.get("bare")
        same = [path for path in self.outputs if name and path.endswith("/" + name)]
        return same[0] if len(same) == 1 and name not in self.outputs else name

    def made(self, found: re.Match[str], check: dict[str, Any]) -> Made:
        """The check on those files, None if it is not clear which."""
        paths = self.paths(found)
        if paths is None:
            return None
        return {**check, "paths": paths} if paths else check


def compiled(text: str, outputs: list[str], command: Made) -> Made:
    """The check that a criterion means, or None. `command` is what "tests pass" would run."""
    sentence = _BULLET.sub("", " ".join(text.split())).rstrip(" .;!")
    sentence = _REQUIRED.sub("", sentence)
    if len(sentence) > _LONGEST:
        return None
    about = About(outputs, command)
    if len(outputs) == 1:
        sentence = _as_document(sentence, outputs[0])
    for name, found in forms.matching(sentence):
        return _MAKERS[name](about, found)
    return _bounds(sentence) if len(outputs) == 1 else None


def _bounds(sentence: str) -> Made:
    """A bound that no form has, of the one output."""
    if not any(unit in sentence.lower() for unit in ("word", "line")):
        return None
    from evt.validators.bounds import bounds_in

    found = bounds_in(sentence)
    if found is None:
        return None
    given = {
        key: value
        for key, value in zip(("min", "max"), found[1:], strict=True)
        if value is not None
    }
    return {"check": f"{found[0]}_count", **given}


def _as_document(sentence: str, output: str) -> str:
    """The sentence about "the document" if it begins with the kind or name of the one output."""
    begun = _BEGINS_WITH.match(sentence)
    noun = begun["noun"].lower() if begun else ""
    if begun is None or not (noun in DOCUMENTS or noun in re.split(r"[-_ ]", stem_of(output))):
        return sentence
    return "The document" + sentence[begun.end() :]


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _between(about: About, found: re.Match[str]) -> Made:
    low, high = _number(found["low"]), _number(found["high"])
    first = found.groupdict().get("first") or found["unit"]
    if first.rstrip("s").lower() != found["unit"].rstrip("s").lower():
        return None
    return _count(about, found, low, high) if low <= high else None


def _bound(about: About, found: re.Match[str]) -> Made:
    number, word = _number(found["n"]), found["bound"].lower()
    if re.search(r"exactly|precisely", word):
        return _count(about, found, number, number)
    if re.search(r"least|min|or more|no.* (?:fewer|less) than|>=|≥|\+", word):
        return _count(about, found, number, None)
    if re.search(r"most|max|or (?:fewer|less)|no.* than|up to|not exceed|<=|≤", word):
        return _count(about, found, None, number)
    if re.search(r"more than|over|longer than|exceed|>", word):
        return _count(about, found, number + 1, None)
    in_bytes = found["unit"][:1].lower() not in ("w", "l")
    return _count(about, found, None, number if in_bytes else number - 1)


def _count(about: About, found: re.Match[str], least: int | None, most: int | None) -> Made:
    unit = found["unit"][:1].lower() or "w"
    noun = (found.groupdict().get("noun") or "").lower()
    if ("word" in noun and unit != "w") or ("line" in noun and unit != "l"):
        return None
    if unit in "wl":
        bounds = {"min": least, "max": most}
        given = {key: value for key, value in bounds.items() if value is not None}
        return about.made(found, {"check": "word_count" if unit == "w" else "line_count", **given})
    if least is not None or most is None:
        return None
    factor = {"k": _KIB, "m": _KIB * _KIB, "b": 1}[unit]
    return about.made(found, {"check": "max_size", "bytes": most * factor})


def _exists(about: About, found: re.Match[str]) -> Made:
    named = about.named(found)
    return {"check": "files_exist", "paths": [named]} if named else {"check": "files_exist"}


def _gone(about: About, found: re.Match[str]) -> Made:
    return {"check": "absent", "paths": [about.named(found)]}


def _unchanged(about: About, found: re.Match[str]) -> Made:
    path = about.named(found) or ""
    return {"check": "unchanged", "paths": [path + "**" if path.endswith("/") else path]}


def _tests_kept(about: About, _: re.Match[str]) -> Made:
    """Every file that is a test by its name, unless the task itself hands in tests."""
    if any(is_test(path) or "*" in path for path in about.outputs):
        return None
    return {"check": "unchanged", "paths": list(_TESTS)}


def _sections(about: About, found: re.Match[str]) -> Made:
    listed = found["names"].strip().rstrip(":")
    ordered = IN_ORDER.search(listed)
    if ordered:
        listed = listed[: ordered.start()]
    names = names_in(listed)
    if names is None:
        return None
    check: dict[str, Any] = {"check": "sections", "names": names}
    return about.made(found, {**check, "ordered": True} if ordered else check)


def _contains(about: About, found: re.Match[str]) -> Made:
    patterns, regex = _patterns(found)
    if len(patterns) > 1 and not re.search(r"[\"'`”»]\s*,?\s*or\b", found["quotes"]):
        escaped = patterns if regex else [re.escape(one) for one in patterns]
        joined = r"\A" + "".join(rf"(?=[\s\S]*{one})" for one in escaped)
        check = {"check": "contains", "pattern": joined, "regex": True}
    else:
        check = {"check": "contains", **_either(patterns, regex)}
    return about.made(found, check | _folded(found))


def _lacks(about: About, found: re.Match[str]) -> Made:
    check = {"check": "not_contains", **_either(*_patterns(found))}
    return about.made(found, check | _folded(found))


def _either(patterns: list[str], regex: bool) -> dict[str, Any]:
    """One of the texts: the text itself, or a regular expression if there are several."""
    if regex or len(patterns) > 1:
        escaped = patterns if regex else [re.escape(one) for one in patterns]
        return {"pattern": "|".join(escaped), "regex": True}
    return {"pattern": patterns[0]}


def _patterns(found: re.Match[str]) -> tuple[list[str], bool]:
    """The quoted texts; as regular expressions where they are words and not parts of words."""
    texts = ["".join(parts) for parts in re.findall(QUOTE, found["quotes"])]
    if not found["word"] or not all(re.fullmatch(r"\w.*\w|\w", text) for text in texts):
        return texts, False
    if not all(text.isascii() for text in texts):
        return texts, False  # in Chinese and Japanese nothing parts a word from the next
    return [rf"\b{re.escape(text)}\b" for text in texts], True


def _folded(found: re.Match[str]) -> dict[str, bool]:
    """To mention something is to say the word, however it is written."""
    return {"ignoreCase": True} if "mention" in found[0].lower() else {}


def _valid(about: About, found: re.Match[str]) -> Made:
    format = _FORMATS[found["format"].lower()]
    check: dict[str, Any] = {"check": "syntax", "format": format}
    paths = about.paths(found)
    if len(about.outputs) > 1 and not paths:
        suffixes = _SUFFIXES.get(format, (f".{format}",))
        paths = [path for path in about.outputs if suffix_of(path) in suffixes]
        return {**check, "paths": paths} if paths else None
    return {**check, "paths": paths} if paths else check


def _tests(about: About, _: re.Match[str]) -> Made:
    if about.command is None or _LINTERS.search(" ".join(about.command["argv"])):
        return None
    return about.command


def _succeeds(_: About, found: re.Match[str]) -> Made:
    from evt.validators.criteria import words_of

    return {"check": "command", "argv": words_of(found["line"])}


def _scope(about: About, found: re.Match[str]) -> Made:
    """Changes of nothing but the outputs; a file that is named must be all of them."""
    named = about.named(found)
    return {"check": "in_scope"} if not named or about.outputs == [named] else None


def _plain(name: str) -> Maker:
    """A check without parameters: of the named file, else of everything that is handed in."""

    def make(about: About, found: re.Match[str]) -> Made:
        paths = about.paths(found)
        return {"check": name, "paths": paths} if paths else {"check": name}

    return make


_MAKERS: dict[str, Maker] = {
    "between": _between,
    "bound": _bound,
    "exists": _exists,
    "gone": _gone,
    "unchanged": _unchanged,
    "tests_kept": _tests_kept,
    "sections": _sections,
    "contains": _contains,
    "lacks": _lacks,
    "valid": _valid,
    "tests": _tests,
    "succeeds": _succeeds,
    "in_scope": _scope,
    **{name: _plain(name) for name in (
        "placeholders", "conflict_markers", "secrets", "links", "not_empty",
    )},
}  # fmt: skip
