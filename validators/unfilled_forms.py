"""How blanks, omissions and filler are written. What follows from them: `unfilled.py`."""

from __future__ import annotations

import re

from evt.validators.later import Later

# A cheap look first: a line without any of these (in lower case) cannot match anything below.
HINTS = (
    "description]", "analysis]", "incomplete", "unfinished", "pending", "and so on",
    "insert", "your ", "your_", "rest", "remain", "existing", "omitted", "brevity", "unchanged",
    "lorem ipsum", "coming soon", "placeholder", "to be ", "will be ", "needs to be", "should be",
    "here", "in progress", "construction", "wip", "fill", "[name", "[date", "[year", "[yyyy",
    "[full", "[company", "[author", "[recipient", "[client", "[customer", "[product", "[team",
    "[first", "[last", "[phone", "[address", "[your", "[add ", "[describe", "[enter", "[project",
    "[title", "[email", "[tbd", "[todo", "[description", "[link", "more ", "other", "previous",
    "same", "skipped", "left out", "truncated", "shortened", "elided", "implement", "to follow",
    "continue", "...", "…", "inchangé", "sin cambios", "省略", "其余", "不变", "以下",
    "без изменений",
    "остальн", "write a", "write your", "write the", "write some", "write here", "dummy",
    "sample t", "sample c", "sample p", "example text", "example c", "example p", "replace",
    "snip", "dolor", "no change", "??", "tk\n", "not yet", "still ", "[x", "{{", "[details",
    "[number", "[amount", "[percent", "[price", "[total",
    "details g", "details h", "details t", "asdf", "blah", "text text", "<describe", "<summar",
    "<provide", "<explain",
)  # fmt: skip
# The same for code and data, where only comments and filler are looked at.
CODE_HINTS = (
    "insert", "your ", "here", "rest", "remain", "existing", "omitted", "brevity", "unchanged",
    "placeholder", "implement", "lorem ipsum", "other", "previous", "same as", "skipped for",
    "left out", "truncated", "elided", "...", "…", "inchangé", "sin cambios", "unverändert",
    "省略", "其余", "不变", "以下", "без изменений", "остальн", "stub", "real ", "keep ", "dummy",
    "[insert", "<insert", "<enter", "<add ", "<fill", "[enter", "[add ", "[fill",
    "not yet", "to be ", "write ", "finish ", "complete ",
)  # fmt: skip
INSERT = Later(
    r"(?<!\])\[\s*(?:(?:insert|enter|describe)(?=[\s:]+[\w<])"
    r"(?!\s+(?:into|or|on|key|mode|and|button)\b)|fill[ -]in|placeholder|your\s|"
    r"write\s(?:your|a|an|the|some|here)\b|"
    r"add\s(?:your|a|an|the|more|some|content|text|details?|description|here)\b)"
    r"[^\[\]\n]{0,100}\](?![(\[:])|"
    r"(?<!\])\[\s*(?:year|yyyy|fullname|your[ _-]?name|tbd)\s*\](?![(\[:])|"
    r"<\s*(?:insert|fill[ -]in|enter|add|describe|summari[sz]e|provide|explain)\s"
    r"[^<>\n]{1,100}>|<\s*your\s[^<>\n]{0,80}\bhere\s*>|"
    r"\{\s*(?:insert|your)\s[^{}\n]{1,80}\}|\(\s*insert\s[^()\n]{1,80}\s*here\s*\)|"
    r"^\W*(?:insert|enter|add|write|put|paste|type|provide|describe)\s(?:\w+\s){1,5}here\W*$|"
    r"(?<!\])\[(?:[A-Za-z]\w*\s){0,4}(?:texts?|contents?|details?|summary|description|names?|"
    r"title|date|links?|url|code|examples?|info\w*|analysis|section|number|values?|list|image|"
    r"logo|quote|screenshot|"
    r"conclusions?|introduction|results?|data|answer)\s(?:goes\s|go\s)?here\](?![(\[:])|"
    r"(?<!\])\[\s*(?:add|insert|write|list|put|include|provide)\s"
    r"[^\[\]\n]{3,80}\shere\s*\](?![(\[:])|"
    r"^\W{0,4}\[\s*(?:insert|describe|write|details?|content|text|summary)\s*\]\W{0,4}$|"
    r"^\W{0,4}\[(?:[A-Za-z]+\s){1,4}"
    r"(?:description|details?|analysis|content|text|summary)\]\W{0,4}$|"
    r"^\W{0,4}<placeholder>\W{0,4}$|"
    r"\w \[X{1,4}\] ?(?:ms|s|%|seconds|minutes|percent|MB|GB|KB)\b|"
    r"^\W{0,4}\?{3,6}\W{0,4}$|\w \?{3,6} (?-i:[a-z0-9])",
    re.IGNORECASE,
)
# A paragraph that is only the name of what a template fills in.
MUSTACHE = Later(r"^\{\{ ?\w+ ?\}\}$")
# Lower case is how manuals write parameters; a letter that was not filled in has capitals.
FIELD = Later(
    r"(?<![\]\w])(?<!field )(?<!button )(?<!column )(?<!label )(?<!tab )"
    r"\[(?:(?:Your|Company|Project|Full|First|Last|Author|Recipient|Client|Customer|"
    r"Product|Team)\s)?(?:Name|Date|Title|Email|Address|Company|Author|Year|Phone(?: Number)?|"
    r"Description|Company Name|Link(?: to [\w ]{1,30})?|"
    r"(?:Name|Title|Date|Number|Amount|Address|Description) of [\w ]{2,40})\](?![(\[:])|"
    r"^[A-Z][^`=|]* \[(?:number|amount|percentage|price|total)\] [a-z][^`=|]*[.]"
)
_LEADER = r"(?:#|//|/\*|--|<!--|;|%)\s*"
_BODY = r"(?:code|content|text|logic|implementation|answer|description|body|tests?)"
INSERT_IN_CODE = Later(
    r"^\s*(?:- )?[\w.-]+\s*[:=]\s*[\"']?[<\[](?:insert|enter|fill in|add)\s"
    r"[^<>\[\]]{2,60}[>\]][\"']?\s*$|"
    r"\[(?:insert|your) [a-z][a-z ]{2,60}\]|<(?:insert|your) [a-z][a-z ]{2,60} here>|"
    rf"{_LEADER}(?:(?:add|put|insert|write|place) (?:your |the |more |actual |real )?|your )"
    rf"(?:\w+ ){{0,2}}{_BODY} (?:goes |go )?here\b|"
    rf"{_LEADER}(?:your |the |actual |real )?(?:\w+ ){{0,2}}{_BODY} goe?s? here\b",
    re.IGNORECASE,
)
# A value of data that nobody filled in, behind its key.
VALUE = Later(
    r"(?:\"(?P<key>[\w.\- ]{1,60})\"\s?:\s?|^\s*|[\[,]\s?)\""
    r"(?:\[(?:insert|your|add|enter) [^\"\]]{2,60}\]|"
    r"<(?:insert|add|enter) [^\">]{2,60}>|<your [^\">]{2,50} here>|lorem ipsum dolor)",
    re.IGNORECASE,
)
# Keys of texts that an interface shows in an empty field.
SHOWN = Later(r"placeholder|hint|example|help|usage|metavar|prompt|template|pattern", re.IGNORECASE)
_WHOLE = (
    r"(?:code|file|class|functions?|methods?|implementations?|modules?|contents?|sections?|"
    r"imports?|logic|tests?|documents?|scripts?|components?|config(?:uration)?|text|items?|"
    r"report|article|essay|chapters?|guide|"
    r"styles?|rules?|endpoints?|fields?|"
    r"entries|rows?|page|it)"
)
_END = r"(?:\s+(?:here|below|from (?:the )?original|as before|in (?:the|this) \w+))?[\s.…)\]]*$"
# What a comment or a bracketed line says when the rest was left out.
OMITTED = Later(
    rf"^(?:the\s+)?(?:rest|remainder|remaining|other|existing|previous)\b"
    rf"(?:\s+(?:of|the|this|your|original|{_WHOLE})\b){{0,5}}\s*"
    rf"(?:(?:is|are|remains?|stays?|goes|go|continues?|as)\s+)?"
    rf"(?:unchanged|the same|same|omitted|as before|as above|as is|here|remains?|not shown|stays?)"
    rf"\b{_END}|"
    rf"^(?:the\s+)?rest\s+of\s+(?:the\s+|this\s+|your\s+)?(?:\w+\s+)?{_WHOLE}{_END}|"
    rf"^(?:existing code|no changes? (?:here|below)){_END}|"
    rf"^same as (?:before|original)[\s.…)\]]*$|"
    rf"(?:omitted|truncated|shortened|abbreviated|left out|skipped)\s+for\s+"
    rf"(?:brevity|clarity|space)|"
    rf"^{_WHOLE}\s+(?:omitted|truncated|elided){_END}|"
    rf"^(?:der\s+)?rest\s+(?:\w+\s+)?(?:bleibt\s+)?unverändert|^restlicher?\s+(?:code|inhalt)\b|"
    rf"^(?:le\s+)?reste\s+(?:du\s+\w+\s+)?(?:est\s+)?inchangé|"
    rf"^(?:el\s+)?resto\s+(?:del\s+\w+\s+)?sin\s+cambios|^其余.{{0,6}}(?:不变|省略|略)|"
    rf"^(?:以下|此处|其他).{{0,4}}(?:省略|略)|"
    r"^similar(?:ly)?(?: (?:content|sections?|code|entries|logic|tests?|implementations?))? "
    r"(?:for|to|as) (?:the |all )?(?:remaining|other|rest|above)\b.{0,40}$|"
    r"^(?:no|without) (?:other |further |any )?(?:changes?|modifications?) (?:to|in|for) (?:the )?"
    r"(?:remaining|other|rest)\b.{0,40}$|"
    rf"^остальн\w+\s+(?:\w+\s+)?без\s+изменений",
    re.IGNORECASE,
)
# What only a comment says.
OPEN_COMMENT = Later(
    r"^(?:implement|write|finish|complete|do) (?:me|this|here|it|later|logic|properly)"
    r"(?: (?:here|later|soon|properly))?\W*$|^implementation (?:pending|to follow|comes later)\W*$|"
    r"^(?:to be|needs to be|still to be|not yet|not) implemented(?: yet| later| soon| here)?\W*$|"
    r"^(?:this is )?(?:just a |a |only a )?(?:placeholder|stub|dummy|skeleton)"
    r"(?: (?:implementation|code|function|logic|method|value|for now|only|"
    r"for (?:the |a |an )?(?:actual|real|future|full|later)\b.{0,40}))?\W*$|"
    r"^mock implementation\W*$|"
    r"^(?:add|put|insert) (?:the |your |an? |actual |real )*(?:implementation|logic|code)"
    r"(?: here| later)?\W*$|"
    r"^in production,? (?:this|it|we|you) (?:would|should)\b|"
    r"^in an? (?:real|actual|full|complete|production|real-world) "
    r"(?:implementation|application|app|system|version|scenario|program|setting),? "
    r"(?:this|you|we|it|one)(?: (?:function|method|class|code))? ?(?:would|'d|should|might)\b|"
    r"^(?:a |the )?(?:real|actual|full) implementation (?:would|should|goes|will|comes)\b|"
    r"^(?:keep|leave|retain) (?:the |all |your )?(?:existing|other|remaining|previous|rest of the) "
    rf"{_WHOLE}(?: (?:as is|unchanged|here|below|above|intact|the same))?\W*$",
    re.IGNORECASE,
)
# What a bracketed line says when something was cut out of it, or the end is missing.
_WHAT_ENDS = r"(?:output|text|response|content|document|file|message|answer)"
CUT_OUT = Later(
    r"^(?:[*_]{1,3}|-{2,3}\s|[*_]{0,3}[\[(<](?:!--)?)\s*(?:\.{3}|…|snip(?:ped)?|cut|"
    rf"(?:{_WHAT_ENDS} )?(?:was |is )?(?:truncated|cut off|too long)\b[^\])]{{0,60}}|"
    r"(?:to be )?continue[ds]?(?: (?:in|on|with) (?:the |my )?"
    r"(?:next|part|another|following|second)\b[^\])*_]{0,40})?)"
    r"\.?\s*(?:-{2,3})?[\])>]?\.?[*_]{0,3}$",
    re.IGNORECASE,
)
ELLIPSIS_OMITTED = Later(
    rf"^\W*(?:\.\.\.|…)\s*\(?(?:the\s+|keep\s+|your\s+)?(?:rest|remaining|remainder|existing|"
    rf"other|previous|more|same|unchanged|omitted|additional|similar|continued|"
    rf"implementation|logic)\b"
    rf"[^.…\n]{{0,60}}(?:\.\.\.|…|\)|\]|\*/|-->|$)|"
    r"^\W*(?:\.\.\.|…)\s*and so on\b[^.…\n]{0,60}\.?$|"
    rf"^\W*(?:existing|rest of(?: the)?|remaining|previous|other)\s+(?:\w+\s+)?{_WHOLE}"
    rf"[^.…\n]{{0,20}}\s*(?:\.\.\.|…)\s*(?:\*/|-->)?\s*$",
    re.IGNORECASE,
)
COMMENT = Later(
    r"(?:^|\s)(?:#+|//+|/\*+|--|<!--|;+|%|\{/\*)\s*(?P<said>[^\n]*?)\s*(?:\*/\}?|-->)?\s*$"
)
ASIDE = Later(
    r"^\s*(?:[-*>]\s+)?(?:<!--|\[|\(|\*\(|_\(|\*\[|\*|_)\s*(?P<said>[^\n]*?)\s*"
    r"(?:-->|[\])]?[*_.]{0,2})\s*$"
)
LOREM = Later(
    r"(?<![\"“«'\u2018`*_>])\blorem ipsum (?:dolor|amet|consectetur)|^\W*lorem ipsum\W*$|"
    r"^\W*dolor sit amet,? consectetur|"
    r"^\W{0,4}(asdf|blah?|text|test|foo|bla)(?:\W+\1){1,20}\W*$",
    re.IGNORECASE,
)
LOREM_MORE = Later(r"\blorem ipsum dolor sit amet,? consectetur", re.IGNORECASE)
_LATER = (
    r"(?:added|written|completed|determined|done|defined|announced|filled(?: in)?|documented|"
    r"confirmed|decided|provided|finali[sz]ed|discussed|inserted|supplied)"
)
ANNOUNCED = Later(
    r"^[\s>*_(\[-]*(?:coming soon|under construction|work in progress|wip|placeholder(?: text)?|"
    rf"to be (?:{_LATER}|continued|expanded)(?: (?:later|soon|here))?|"
    r"(?:your |the |more )?(?:content|text|description|details?|summary|section|stuff) "
    r"(?:goes |go |comes )?here|(?:text|content) for this (?:section|part)(?: here)?|"
    r"(?:example|sample|dummy|placeholder|filler) (?:text|content|paragraph)(?:\W+"
    r"(?:to be replaced|(?:please )?replace(?: this| it)?(?: with .{1,40})?))?|"
    r"(?:please )?replace (?:this|the) (?:text|paragraph|section|line|placeholder|content)"
    r"(?: with .{1,40})?|"
    r"this is (?:just |only )?(?:a |an |some )?(?:placeholder|dummy|filler|sample|example)"
    r" (?:text|content|paragraph|section|sentence)|(?:TK ?){1,4}|"
    r"(?:not|still) (?:yet )?(?:to be )?(?:written|filled in|completed)(?: yet)?|"
    r"(?:will|to) follow(?: later| soon)?|"
    r"(?:content|text|details?|section|description) (?:is )?(?:still )?(?:pending|missing|tbd)|"
    r"(?:this|the) (?:\w+ )?(?:section|part|chapter|document|page) is "
    r"(?:still |currently |intentionally )?"
    r"(?:incomplete|unfinished|missing|a stub|under construction|work in progress)|"
    r"fill (?:this|me|it)(?: in)?(?: later)?|more to come|"
    r"(?:details|content|text|more) to follow|"
    r"this is (?:just |only )?a placeholder(?: (?:text|section|document|file))?|"
    rf"(?:section|content|text|details|part|chapter) to be {_LATER}|"
    r"(?:(?:more|further|the|all|these|additional) )*(?:details?|information|contents?|text|"
    r"examples?|descriptions?|explanations?|documentation|diagrams?|specifics|figures) "
    rf"(?:will|shall|must) (?:still )?be {_LATER} "
    r"(?:later|soon|shortly|here|in (?:a|the) \w+ \w+|at a later \w+)|"
    r"(?:content|text|document|document text) (?:continues|truncated|cut off)(?: here)?|"
    r"continue here|"
    r"(?:this|the) (?:\w+ )?(?:section|part|chapter|document|page|file|content|text) "
    r"(?:will be|is to be|needs to be|has yet to be|is yet to be|is still to be|should be) "
    rf"(?:{_LATER}|expanded|provided|finished|updated)(?: \w+){{0,4}})[\s.…!。*_)\]]*$",
    re.IGNORECASE,
)
