"""What a chat says around its work, or in place of it, left in the file that was handed in.

An apology of a model, an offer to go on, the claim that the task is done, a call of a tool, a diff
in place of the file. What stands in quotes or code was taken away before.
"""

from __future__ import annotations

import re

from evt.validators.later import Later

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.validators.file import File

HINTS = (
    "as an ai", "language model", "sorry", "unable", "i can", "i'm ", "i was not", "apologi",
    "sure", "certainly", "of course", "absolutely", "would you like", "let me know", "shall i",
    "i will", "i'll", "i have", "i've", "<function", "<invoke", "<tool", "<parameter", "<|", "+++",
)  # fmt: skip
_WORK = r"(?:task|request|report|document|file|section|content|text|code|summary|analysis|page)"
_SAID = Later(
    r"^[\s>*_#-]*(?:as an? (?:AI|artificial intelligence|(?:large )?language model)\b"
    r"(?:,| I\b| (?:language )?(?:model|assistant)\b)|"
    r"(?:I(?:'m| am) (?:very |truly )?sorry|I apologi[sz]e|sorry|unfortunately),?(?: but)? I "
    r"(?:can(?:no|')t|can not|was(?: not|n't) able to|am (?:not able|unable) to|could(?: not|n't)|"
    r"do(?: not|n't) have access)\b.{0,60}?"
    r"\b(?:read|open|access|complete|create|write|generate|provide|"
    rf"assist|help with (?:that|this)|fulfil\w*)\b.{{0,80}}?(?:\b{_WORK}s?\b|\b(?:that|this)\b|$)|"
    r"I (?:can(?:no|')t|can not|am unable to|was unable to|could(?: not|n't)) "
    r"(?:complete|finish|fulfil\w*|"
    r"perform) (?:this|the|your) (?:task|request|section)\b|"
    r"(?:please )?let me know if you (?:need|want|would like|'d like) "
    r"(?:any |me to make any )?(?:further |other )?"
    r"(?:changes|adjustments|modifications|revisions)\b|"
    r"(?:would you like me|do you want me) to \w+|"
    r"(?:shall|should) I (?:continue|proceed|go on|keep)\b|"
    r"let me know if you(?:'d| would)? (?:like|want) me to \w+|"
    r"</?(?:function_calls?|invoke|tool_call|tool_use|parameter|antml:\w+)\b|"
    r"<\|(?:im_|assistant|user|system|end))",
    re.IGNORECASE,
)
_OPENED = Later(
    r"^(?:sure(?: thing)?|certainly|of course|absolutely|great|okay)[!,.:]? "
    r"(?:here(?:'s| is| are)|I(?:'ll| will| can|'ve| have)|below is)\b|"
    rf"^here(?:'s| is) (?:the|your|a|an) (?:\w+ ){{0,3}}{_WORK}s?,? (?:that )?"
    r"(?:you (?:asked|requested|wanted)|as requested)\b",
    re.IGNORECASE,
)
_DONE = Later(
    rf"^(?:I(?:'ve| have) (?:now |successfully )?(?:completed|finished|created|written|updated|"
    rf"implemented|made|added) (?:the|all|your)\b|"
    rf"the (?:{_WORK}|requested \w+) (?:is|has been|have been|was) "
    r"(?:now |successfully )?(?:complete|completed|done|finished|written|created)\b|"
    r"I(?:'ll| will| am going to)(?: now)? "
    r"(?:write|create|read|start|begin|implement|update|analy[sz]e)\b|"
    r"(?:all|the) (?:acceptance )?criteria (?:are|have been) (?:met|satisfied|fulfilled))",
    re.IGNORECASE,
)
_DONE_BYTES = 400  # of a file that says little else
_DIFF = Later(r"\A\s*(?:diff --git [^\n]+\n(?:[^\n]*\n){0,4}?)?--- [^\n]+\n\+\+\+ [^\n]+\n@@ -\d")


def said_in_chat(file: File, line: str, first: bool) -> str | None:
    """What a line of prose without its quotations is if a chat said it; `first` of the file."""
    bare = line.replace("\u2019", "'").strip()
    if _SAID.match(bare) or (first and file.kind == "markdown" and _OPENED.match(bare)):
        return "the words of a chat"
    if first and file.size <= _DONE_BYTES and _DONE.match(bare):
        return "a report in place of the work"
    return None


def is_diff(file: File) -> bool:
    """Whether a file that should be the result is the difference to it."""
    head = file.text[:2000]
    return "+++ " in head and _DIFF.match(head) is not None
