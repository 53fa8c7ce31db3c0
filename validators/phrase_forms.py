"""The phrasings of criteria that mean a check, as whole sentences. What they mean: `phrases.py`."""

from __future__ import annotations

import re
from functools import cache

from evt.validators.section_names import QUOTE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# -- what a sentence is about -------------------------------------------------------------------
_PATH = (
    r"(?:`(?P<quoted>[^`\s]+)`|"
    r"(?P<bare>[\w.@-]+(?:/[\w.@-]+)*(?:\.[A-Za-z0-9]{1,10}|/)))"
)
_NOUN = (
    r"(?P<noun>summary|document|doc|file|output|report|text|article|page|readme|deliverable|result|"
    r"content|essay|post|story|letter|memo|guide|note|markdown file|output file|readme file|"
    r"blog post|poem|changelog|it|this|word count|line count|file size|size|length|its length|code)"
)
_ONE = (
    r"(?:(?:the|this|its)\s+)?"
    r"(?:(?:final|whole|entire|full|resulting|written|generated|new|total|output)\s+)?" + _NOUN
)
_KIND = r"(?:(?:output|deliverable|new)\s+)?"
_ALL = (
    r"(?P<all>(?:each|every|all(?: of)?(?: the)?|both)\s+(?:of the\s+)?"
    rf"{_KIND}(?:files?|documents?|outputs?|deliverables?|pages?|texts?)|"
    rf"(?:the\s+)?{_KIND}(?:files|documents|outputs|deliverables|pages|texts))"
)
_SUBJECT = rf"(?:(?:(?:the\s+)?(?:file\s+|output\s+)?{_PATH}|{_ALL}|{_ONE})\s*:?\s+)?"
_FILE = rf"(?:the\s+)?(?:(?:old|new|output)\s+)?(?:file\s+)?{_PATH}\s+"
_MODAL = r"(?:(?:must|should|shall|has to|have to|needs? to|will|is to|are to)\s+)?"
_HAS = r"(?:has|have|contains?|includes?)"
_BE = (
    r"(?:(?:be|is|are|has|have|contains?|counts?|stays?|remains?|comprises?|consists? of|of|runs?|"
    r"totals?)\s+)?"
)
_IS = r"(?:is|are|has been|have been|was|were|be|must be|should be|gets?)"
_DONE = rf"(?:{_IS}|may be)"
_CHANGED = r"(?:changed|modified|edited|touched|altered)"
_KEEP = (
    r"(?:(?:do|does|must|should|may)\s*(?:not|n't)|never)\s+(?:change|modify|edit|touch|alter)\s+"
)
_STAYS = rf"(?:(?:are|be|remain|stay)\s+)?(?:unchanged|untouched|not (?:be(?:en)? )?{_CHANGED})"
_FREE = (
    r"(?:there (?:are|is)\s+)?(?:(?:contains?|has|have|is|are)\s+)?(?:no|without|free (?:of|from))"
)

# -- what it says -------------------------------------------------------------------------------
_NUMBER = r"(?:\d{1,3}(?:[,.' ]\d{3})+|\d+)"
_UNIT = r"(?P<unit>words?|lines?(?: of (?:text|code))?|kb|kib|mb|mib|bytes|kilobytes|megabytes)"
_TAIL = r"(?:\s+(?:long|in length|in total|in size|inclusive|\(inclusive\)|per file|each|total))?"
_RANGE = rf"(?P<low>{_NUMBER})\s*(?:and|to|-|–|—)\s*(?P<high>{_NUMBER})"  # noqa: RUF001  a dash
_AT = (
    r"(?P<bound>at least|at most|exactly|precisely|"
    r"no(?:t(?: be)?)? (?:more|fewer|less|longer|larger|bigger) than|more than|fewer than|"
    r"less than|under|over|below|up to|longer than|shorter than|smaller than|"
    r"(?:a )?(?:maximum|minimum)(?: of)?|max\.?|min\.?|not exceed|exceeds?|[<>]=?|[≤≥])"
)
_BEHIND = (
    r"(?P<bound>or (?:more|fewer|less)|at most|at least|max(?:imum)?\.?|min(?:imum)?\.?|exactly)"
)
_LEAST = r"(?:at least|no (?:fewer|less) than|(?:a )?minimum(?: of)?|min\.?|>=|≥)"
_MOST = r"(?:at most|no more than|(?:a )?maximum(?: of)?|max\.?|up to|<=|≤)"
_QUOTES = rf"(?P<quotes>{QUOTE}(?:\s*(?:,?\s*(?:and|or|nor)|,|&)\s*{QUOTE})*)"
_WHAT = (
    r"(?:(?:the|a|any|an)\s+)?(?:(?:exact|literal|following)\s+)?"
    r"(?:(?:(?P<word>words?|terms?)|phrases?|texts?|strings?|lines?|sentences?|mention of|"
    r"references? to|occurrences? of)\s*:?\s+)?"
)
_NOT = r"(?:(?:must|should|shall|may|does|do|can|will)\s*(?:not|n't)|cannot|never|must never)"
_LIST = r"(?P<names>[^.!?]{2,300})"
_TITLE = r"(?P<names>\"[^\"]+\"|`[^`]+`|'[^']+'|[A-Z][\w-]*(?:\s+[A-Z][\w-]*){0,4})"
_FORMAT = (
    r"(?P<format>json|yaml|yml|toml|markdown|md|commonmark|python|xml|jsonl|ndjson|javascript|"
    r"shell|bash)"
)
_ADVERB = r"(?:syntactically\s+|strictly\s+|still\s+)?"
_SOUND = r"(?:valid|well-formed|well formed|parse?able|correct|strict)"
_LEFT = (
    r"(?:\s+(?:left|remain(?:s|ing)?|are left|anywhere|"
    r"in (?:the )?(?:output|code|files?|document|text)(?: files?)?))*"
)
_OPEN = (
    r"(?:TODOs?|FIXMEs?|TBDs?|XXXs?|placeholders?(?: text)?|stubs?|lorem ipsum|"
    r"TODO (?:comments?|markers?|items?)|placeholder (?:content|values?))"
)
_LINKS = r"(?:(?:relative|internal)\s+)?(?:links?|anchors?)"
_KEY = r"(?:secrets|API keys|private keys|tokens)"
_OUTPUTS = r"(?:output|listed|named|deliverable)?\s*(?:files?|outputs?|deliverables?)"
_MINE = rf"(?:{_OUTPUTS}|(?:file\s+)?{_PATH})"
_PASS = r"(?:pass(?:es)?|succeeds?|(?:is|are|be|stay|remain) (?:passing|green))"


def _several(one: str) -> str:
    return rf"{one}(?:\s*(?:,|/|,?\s*(?:or|and|nor))\s*(?:no\s+)?{one})*"


# Words without which a form cannot match, in lower case.
_SIZES = ("word", "line", "kb", "kib", "mb", "mib", "byte")
_MARKS = ('"', "`", "'", "“", "«")
_CHANGES = ("change", "modif", "edit", "touch", "alter")
_HINTS = {
    "between": _SIZES,
    "bound": _SIZES,
    "exists": ("exist", "present", "there", "created", "written", "in place", "added"),
    "gone": ("exist", "deleted", "removed", "gone", "absent"),
    "unchanged": ("unchanged", "untouched", *_CHANGES),
    "tests_kept": ("test",),
    "sections": ("section", "heading", "chapter"),
    "lacks": _MARKS,
    "contains": _MARKS,
    "valid": (
        *("json", "yaml", "yml", "toml", "md", "mark", "python", "xml", "script", "shell", "bash"),
    ),
    "tests": ("test", "validation", "acceptance"),
    "succeeds": ("`",),
    "placeholders": ("todo", "fixme", "tbd", "xxx", "placeholder", "stub", "lorem"),
    "in_scope": _CHANGES,
    "conflict_markers": ("conflict",),
    "secrets": ("secret", "key", "token"),
    "links": ("link", "anchor"),
    "not_empty": ("empty",),
}
_ALL_FORMS = [
    ("between", rf"{_SUBJECT}{_MODAL}{_BE}(?:between|from)?\s*{_RANGE}\s*{_UNIT}{_TAIL}"),
    ("bound", rf"{_SUBJECT}{_MODAL}{_BE}{_AT}\s*(?P<n>{_NUMBER})\s*{_UNIT}{_TAIL}"),
    ("bound", rf"{_SUBJECT}{_MODAL}{_BE}(?P<n>{_NUMBER})\s*{_UNIT}\s+{_BEHIND}{_TAIL}"),
    ("bound", rf"{_SUBJECT}{_MODAL}{_BE}(?P<n>{_NUMBER})(?P<bound>\s?\+)\s*{_UNIT}{_TAIL}"),
    (
        "between",
        (
            rf"{_SUBJECT}{_MODAL}{_BE}{_LEAST}\s*(?P<low>{_NUMBER})(?:\s*(?P<first>words?|lines?))?"
            rf",?\s*(?:(?:and|but|to)\s+)?{_MOST}\s*(?P<high>{_NUMBER})\s*{_UNIT}{_TAIL}"
        ),
    ),
    (
        "between",
        (
            r"(?:the\s+)?word count\s*(?:is|must be|should be|:|of)?\s*(?:between|from)?\s*"
            rf"{_RANGE}(?P<unit>)"
        ),
    ),
    (
        "exists",
        (
            rf"(?:(?:the|all|every|each)\s+)?(?:expected\s+)?{_OUTPUTS}\s+{_MODAL}(?:all\s+)?"
            rf"(?:exists?|{_IS} (?:present|there|created|written|in place))"
        ),
    ),
    ("exists", rf"{_FILE}{_MODAL}(?:exists?|{_IS} (?:present|created|written|there|added))"),
    (
        "gone",
        (
            rf"{_FILE}{_MODAL}(?:no longer exists?|{_IS} (?:deleted|removed|gone|absent)|"
            r"(?:does )?not exist)"
        ),
    ),
    (
        "unchanged",
        (
            rf"(?:everything in\s+|files in\s+)?{_FILE}(?:may\s+|can\s+)?{_MODAL}"
            r"(?:(?:is|are|be|remains?|stays?)\s+)?"
            rf"(?:unchanged|untouched|not (?:be(?:en)? )?{_CHANGED})"
        ),
    ),
    ("unchanged", rf"{_KEEP}(?:(?:any|the|files?|in)\s+){{0,4}}{_PATH}"),
    ("tests_kept", rf"{_KEEP}(?:(?:any|the|of|existing)\s+){{0,4}}tests?(?:\s+files?)?"),
    ("tests_kept", rf"(?:the\s+|existing\s+)*tests\s+{_MODAL}{_STAYS}"),
    (
        "sections",
        (
            rf"{_SUBJECT}{_MODAL}(?:{_HAS}|with)?\s*(?:all\s+)?(?:the\s+|these\s+)?"
            r"(?:following\s+)?(?:sections?|headings?|chapters?)\s*"
            rf"(?::|named|called|titled)?\s+{_LIST}"
        ),
    ),
    (
        "sections",
        (
            rf"{_SUBJECT}{_MODAL}(?:{_HAS}|there is)\s+(?:a|an|the)\s+"
            rf"(?:section|heading|chapter)\s+(?:(?:named|called|titled)\s+)?{_TITLE}"
        ),
    ),
    (
        "sections",
        rf"{_SUBJECT}{_MODAL}{_HAS}\s+(?:a|an|the)\s+(?-i:{_TITLE}\s+(?:section|heading|chapter))",
    ),
    (
        "sections",
        (
            rf"{_SUBJECT}{_MODAL}{_HAS}\s+(?P<names>(?:a|an|the|one)\s[^.!?:]{{2,200}}?)\s+"
            r"(?:section|heading|chapter)"
        ),
    ),
    (
        "sections",
        (
            rf"{_SUBJECT}{_MODAL}{_HAS}\s+(?:the\s+)?(?P<names>[\"`'A-Z][^.!?:]{{2,200}}?)\s+"
            r"(?:sections|headings|chapters)"
        ),
    ),
    (
        "lacks",
        (
            rf"{_SUBJECT}{_NOT}\s+(?:contains?|includes?|mentions?|uses?|have|has|says?)\s+"
            rf"{_WHAT}{_QUOTES}(?:\s+(?:anywhere|at all))?"
        ),
    ),
    ("lacks", rf"{_SUBJECT}{_FREE}\s+{_WHAT}{_QUOTES}(?:\s+(?:anywhere|at all))?"),
    ("contains", rf"{_SUBJECT}{_MODAL}(?:{_HAS}|mentions?|says?)\s+{_WHAT}{_QUOTES}"),
    (
        "valid",
        (
            rf"{_SUBJECT}{_MODAL}(?:(?:is|are|be)\s+)?(?:an?\s+)?{_ADVERB}{_SOUND}\s+{_FORMAT}"
            r"(?:\s+(?:files?|documents?|syntax|code|output|format))?"
        ),
    ),
    ("valid", rf"{_SUBJECT}{_MODAL}parses?\s+(?:cleanly\s+)?as\s+(?:valid\s+)?{_FORMAT}"),
    (
        "valid",
        (
            rf"(?:the\s+)?{_FORMAT}(?:\s+(?:syntax|file|output|code))?\s+{_MODAL}"
            rf"(?:is|be|parses|compiles)(?:\s+{_ADVERB}{_SOUND})?"
        ),
    ),
    (
        "tests",
        (
            r"(?:all\s+)?(?:of\s+)?(?:the\s+)?(?:(?:unit|existing|new|integration|project'?s?)\s+)*"
            r"(?:tests?|test suite|pytest|test cases)\s+(?:must\s+|should\s+|still\s+|all\s+)*"
            rf"{_PASS}(?:\s+(?:locally|successfully))?"
        ),
    ),
    ("tests", rf"(?:the\s+)?(?:validation|acceptance)(?: command)?\s+(?:must\s+)?{_PASS}"),
    (
        "succeeds",
        (
            r"(?:running\s+|the command\s+)?`(?P<line>[^`]+)`\s+(?:must\s+|should\s+)?"
            r"(?:pass(?:es)?|succeeds?|exits? (?:with )?(?:code |status )?(?:0|zero)|"
            r"runs? (?:without|with no) errors?|is green|exits successfully)"
        ),
    ),
    (
        "placeholders",
        (
            rf"{_SUBJECT}{_MODAL}(?:{_FREE}|leaves? no|zero|(?:does )?not contain)\s+(?:any\s+)?"
            rf"{_several(_OPEN)}{_LEFT}"
        ),
    ),
    ("in_scope", rf"(?:only|nothing but)\s+(?:the\s+)?{_MINE}\s+(?:{_DONE}\s+)?{_CHANGED}"),
    (
        "in_scope",
        (
            rf"(?:no other files?|nothing else|(?:no\s+(?:other\s+)?files?|nothing)\s+"
            rf"(?:other than|except|outside|beyond|but)\s+(?:of\s+)?(?:the\s+)?(?:{_MINE}|"
            rf"(?:task'?s?\s+)?scope))\s+(?:{_DONE}\s+)?{_CHANGED}"
        ),
    ),
    (
        "in_scope",
        (
            r"(?:does|do|must|should)\s*(?:not|n't)\s+(?:change|modify|edit|touch)\s+(?:any\s+)?"
            r"other files?"
        ),
    ),
    ("conflict_markers", rf"{_SUBJECT}{_FREE}\s+(?:merge\s+)?conflict markers{_LEFT}"),
    ("secrets", rf"{_SUBJECT}{_FREE}\s+{_several(_KEY)}(?: committed)?{_LEFT}"),
    (
        "links",
        (
            rf"{_SUBJECT}(?:{_FREE}\s+(?:any\s+)?(?:broken|dead|dangling)\s+{_LINKS}{_LEFT}|"
            rf"(?:all|every)\s+(?:of\s+)?(?:the\s+)?{_LINKS}\s+{_MODAL}"
            r"(?:works?|resolves?|lead somewhere|(?:is|are|be) (?:valid|working|correct)))"
        ),
    ),
    ("not_empty", rf"{_SUBJECT}{_MODAL}(?:(?:is|are|be)\s+)?not (?:be\s+)?empty"),
]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def matching(sentence: str) -> Iterator[tuple[str, re.Match[str]]]:
    """(name, match) of each form that a sentence has as a whole.

    Only what a word of the sentence hints at is compiled: all of them cost 25 ms.
    """
    small = sentence.lower()
    for name, pattern in _ALL_FORMS:
        hinted = any(hint in small for hint in _HINTS[name])
        found = _compiled(pattern).fullmatch(sentence) if hinted else None
        if found:
            yield name, found
