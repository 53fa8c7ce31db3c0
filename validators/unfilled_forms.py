"""How blanks, omissions and filler are written. What follows from them: `unfilled.py`."""

from __future__ import annotations

import re

# A cheap look first: a line without any of these (in lower case) cannot match anything below.
HINTS = (
    "insert", "your ", "your_", "rest", "remain", "existing", "omitted", "brevity", "unchanged",
    "lorem ipsum", "coming soon", "placeholder", "to be ", "will be ", "needs to be", "should be",
    "here", "in progress", "construction", "wip", "fill", "[name", "[date", "[year", "[yyyy",
    "[full", "[company", "[author", "[recipient", "[client", "[customer", "[product", "[team",
    "[first", "[last", "[phone", "[address", "[your", "[add ", "[describe", "[enter", "[project",
    "[title", "[email", "[tbd", "[todo", "[description", "[link", "more ", "other", "previous",
    "same", "skipped", "left out", "truncated", "shortened", "elided", "implement", "to follow",
    "continue", "...", "…", "inchangé", "sin cambios", "省略", "其余", "不变", "以下",
    "без изменений", "остальн",
)  # fmt: skip
# The same for code and data, where only comments and filler are looked at.
CODE_HINTS = (
    "insert", "your ", "here", "rest", "remain", "existing", "omitted", "brevity", "unchanged",
    "placeholder", "implement", "lorem ipsum", "other", "previous", "same as", "skipped for",
    "left out", "truncated", "elided", "...", "…", "inchangé", "sin cambios", "unverändert",
    "省略", "其余", "不变", "以下", "без изменений", "остальн",
)  # fmt: skip
INSERT = re.compile(
    r"(?<!\])\[\s*(?:insert|fill[ -]in|enter|describe|placeholder|your\s|"
    r"add\s(?:your|a|an|the|more|some|content|text|details?|description|here)\b)"
    r"[^\[\]\n]{0,100}\](?![(\[:])|"
    r"(?<!\])\[\s*(?:year|yyyy|fullname|your[ _-]?name|tbd)\s*\](?![(\[:])|"
    r"<\s*(?:insert|fill[ -]in|enter|add)\s[^<>\n]{1,100}>|<\s*your\s[^<>\n]{0,80}\bhere\s*>|"
    r"\{\s*(?:insert|your)\s[^{}\n]{1,80}\}|\(\s*insert\s[^()\n]{1,80}\s*here\s*\)|"
    r"^\W*(?:insert|enter|add)\s(?:\w+\s){1,5}here\W*$",
    re.IGNORECASE,
)
# Lower case is how manuals write parameters; a letter that was not filled in has capitals.
FIELD = re.compile(
    r"(?<![\]\w])\[(?:(?:Your|Company|Project|Full|First|Last|Author|Recipient|Client|Customer|"
    r"Product|Team)\s)?(?:Name|Date|Title|Email|Address|Company|Author|Year|Phone(?: Number)?|"
    r"Description|Company Name|Link(?: to [\w ]{1,30})?)\](?![(\[:])"
)
_LEADER = r"(?:#|//|/\*|--|<!--|;|%)\s*"
_BODY = r"(?:code|content|text|logic|implementation|answer|description|body|tests?)"
INSERT_IN_CODE = re.compile(
    r"\[(?:insert|your) [a-z][a-z ]{2,60}\]|<(?:insert|your) [a-z][a-z ]{2,60} here>|"
    rf"{_LEADER}(?:(?:add|put|insert|write|place) (?:your |the |more |actual |real )?|your )"
    rf"(?:\w+ ){{0,2}}{_BODY} (?:goes |go )?here\b|"
    rf"{_LEADER}(?:your |the |actual |real )?(?:\w+ ){{0,2}}{_BODY} goe?s? here\b",
    re.IGNORECASE,
)
_WHOLE = (
    r"(?:code|file|class|functions?|methods?|implementations?|modules?|contents?|sections?|"
    r"imports?|logic|tests?|documents?|scripts?|components?|config(?:uration)?|text|items?|"
    r"entries|rows?|page|it)"
)
_END = r"(?:\s+(?:here|below|from (?:the )?original|as before|in (?:the|this) \w+))?[\s.…)\]]*$"
# What a comment or a bracketed line says when the rest was left out.
OMITTED = re.compile(
    rf"^(?:the\s+)?(?:rest|remainder|remaining|other|existing|previous)\b"
    rf"(?:\s+(?:of|the|this|your|original|{_WHOLE})\b){{0,5}}\s*"
    rf"(?:(?:is|are|remains?|stays?|goes|go|continues?|as)\s+)?"
    rf"(?:unchanged|the same|same|omitted|as before|as above|as is|here|remains?|not shown|stays?)"
    rf"\b{_END}|"
    rf"^(?:the\s+)?rest\s+of\s+(?:the\s+|this\s+|your\s+)?(?:\w+\s+)?{_WHOLE}{_END}|"
    rf"^(?:existing code|no changes? (?:here|below)){_END}|"
    rf"^same as (?:before|above|original)[\s.…)\]]*$|"
    rf"(?:omitted|truncated|shortened|abbreviated|left out|skipped)\s+for\s+"
    rf"(?:brevity|clarity|space)|"
    rf"^{_WHOLE}\s+(?:omitted|truncated|elided){_END}|"
    rf"^(?:der\s+)?rest\s+(?:\w+\s+)?(?:bleibt\s+)?unverändert|^restlicher?\s+(?:code|inhalt)\b|"
    rf"^(?:le\s+)?reste\s+(?:du\s+\w+\s+)?(?:est\s+)?inchangé|"
    rf"^(?:el\s+)?resto\s+(?:del\s+\w+\s+)?sin\s+cambios|^其余.{{0,6}}(?:不变|省略|略)|"
    rf"^(?:以下|此处|其他).{{0,4}}(?:省略|略)|"
    rf"^остальн\w+\s+(?:\w+\s+)?без\s+изменений",
    re.IGNORECASE,
)
# What only a comment says.
OPEN_COMMENT = re.compile(
    r"^implement (?:me|this|here|it)\W*$|^placeholder (?:implementation|code|function|logic)\W*$",
    re.IGNORECASE,
)
ELLIPSIS_OMITTED = re.compile(
    rf"^\W*(?:\.\.\.|…)\s*\(?(?:the\s+|keep\s+|your\s+)?(?:rest|remaining|remainder|existing|"
    rf"other|previous|more|same|unchanged|omitted|additional|similar)\b"
    rf"[^.…\n]{{0,60}}(?:\.\.\.|…|\)|\]|\*/|-->|$)|"
    rf"^\W*(?:existing|rest of(?: the)?|remaining|previous|other)\s+(?:\w+\s+)?{_WHOLE}"
    rf"[^.…\n]{{0,20}}\s*(?:\.\.\.|…)\s*(?:\*/|-->)?\s*$",
    re.IGNORECASE,
)
COMMENT = re.compile(
    r"(?:^|\s)(?:#+|//+|/\*+|--|<!--|;+|%|\{/\*)\s*(?P<said>[^\n]*?)\s*(?:\*/\}?|-->)?\s*$"
)
ASIDE = re.compile(
    r"^\s*(?:[-*>]\s+)?(?:<!--|\[|\(|\*\(|_\(|\*\[|\*|_)\s*(?P<said>[^\n]*?)\s*"
    r"(?:-->|[\])]?[*_.]{0,2})\s*$"
)
LOREM = re.compile(
    r"(?<![\"“«'\u2018`*_>])\blorem ipsum (?:dolor|amet|consectetur)|^\W*lorem ipsum\W*$",
    re.IGNORECASE,
)
LOREM_MORE = re.compile(r"\blorem ipsum dolor sit amet,? consectetur", re.IGNORECASE)
_LATER = r"(?:added|written|completed|determined|done|defined|announced|filled(?: in)?|documented)"
ANNOUNCED = re.compile(
    r"^[\s>*_(\[-]*(?:coming soon|under construction|work in progress|wip|placeholder(?: text)?|"
    rf"to be (?:{_LATER}|continued|expanded)(?: (?:later|soon|here))?|"
    r"(?:your |the )?(?:content|text|description|details?|summary|section) (?:goes |go )?here|"
    r"fill (?:this|me|it)(?: in)?(?: later)?|more to come|"
    r"(?:details|content|text|more) to follow|"
    r"this is (?:just |only )?a placeholder(?: (?:text|section|document|file))?|"
    rf"(?:section|content|text|details|part|chapter) to be {_LATER}|"
    r"(?:content|text|document|document text) (?:continues|truncated|cut off)(?: here)?|"
    r"continue here|"
    r"(?:this|the) (?:\w+ )?(?:section|part|chapter|document|page|file|content|text) "
    r"(?:will be|is to be|needs to be|has yet to be|is yet to be|is still to be|should be) "
    rf"(?:{_LATER}|expanded|provided|finished|updated)(?: \w+){{0,4}})[\s.…!*_)\]]*$",
    re.IGNORECASE,
)
