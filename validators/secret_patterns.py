"""Known forms of keys and tokens: to refuse them in files and to blank them in what evt says.

Only forms that their issuers made recognisable; a password in a configuration has none. A value
that says it is an example, or repeats one character, is none. Every `emit` looks here at what it is
about to store, so `re` is loaded only for a text that has one of the tell-tale beginnings.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_B64 = "A-Za-z0-9+/"
_KEY_BODY = r"(?:\s|\\r|\\n|[\"',+]|[A-Za-z-]+: [^\n]*\n)*"
# name -> (texts of which every secret of this form has one, the form)
_FORMS: dict[str, tuple[tuple[str, ...], str]] = {
    "private key": (("PRIVATE KEY",),
        rf"-----BEGIN (?:[A-Z0-9]+ ){{0,3}}PRIVATE KEY(?: BLOCK)?-----{_KEY_BODY}"
        + rf"[{_B64}=]{{12}}(?:[{_B64}=]|\s|\\r|\\n|[\"',])*"),
    "AWS access key": (("AKIA", "ASIA"), r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "AWS secret key": (("ecret", "ECRET"),
        rf"(?i:aws_?secret_?(?:access_?)?key)[\"']?\s*[:=]\s*[\"']?[{_B64}]{{40}}(?![{_B64}=])"),
    "GitHub token": (("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b|\bgithub_pat_[A-Za-z0-9_]{40,255}\b"),
    "GitLab token": (("glpat-", "gldt-", "glptt-", "glrt-", "glcbt-"),
        r"\bgl(?:pat|dt|ptt|rt|cbt)-[A-Za-z0-9_-]{20,64}"),
    "Slack token": (("xox", "xapp-"),
        r"\bxox[abeoprs]-(?:[A-Za-z0-9]+-){1,5}[A-Za-z0-9]{10,64}|"
        + r"\bxapp-\d-[A-Z0-9]+-\d+-[a-z0-9]{20,}"),
    "Slack webhook": (("hooks.slack.com",),
        r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_+-]{30,}"),
    "Stripe key": (("sk_live_", "rk_live_", "sk_test_", "rk_test_"),
        r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,255}\b"),
    "Google API key": (("AIza",), r"\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    "Google OAuth secret": (("GOCSPX-", "ya29."),
        r"\bGOCSPX-[A-Za-z0-9_-]{28}|\bya29\.[A-Za-z0-9_-]{40,}"),
    "Anthropic key": (("sk-ant-",), r"\bsk-ant-[A-Za-z0-9]+-[A-Za-z0-9_-]{24,}"),
    "OpenAI key": (("sk-",),
        r"\bsk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{24,}|\bsk-[A-Za-z0-9]{32,64}\b"),
    "npm token": (("npm_",), r"\bnpm_[A-Za-z0-9]{36}\b"),
    "PyPI token": (("pypi-AgE",), r"\bpypi-AgE[A-Za-z0-9_-]{50,}"),
    "Hugging Face token": (("hf_",), r"\bhf_[A-Za-z0-9]{30,64}\b"),
    "SendGrid key": (("SG.",), r"\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}"),
    "Twilio key": (("SK",), r"\bSK[0-9a-f]{32}\b"),
    "Mailgun key": (("key-",), r"\bkey-[0-9a-f]{32}\b"),
    "DigitalOcean token": (("_v1_",), r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    "Azure storage key": (("AccountKey=",), rf"\bAccountKey=[{_B64}]{{86}}=="),
    "Shopify token": (("shpat_", "shpca_", "shppa_", "shpss_"),
        r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b"),
    "Telegram bot token": ((":AA",), r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
    "Databricks token": (("dapi",), r"\bdapi[0-9a-f]{32}\b"),
    "Vault token": (("hvs.", "hvb."), r"\bhv[sb]\.[A-Za-z0-9_-]{24,}"),
    "Linear key": (("lin_api_",), r"\blin_api_[A-Za-z0-9]{32,}"),
    "Docker token": (("dckr_pat_",), r"\bdckr_pat_[A-Za-z0-9_-]{27,}"),
    "age key": (("AGE-SECRET-KEY-1",), r"\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b"),
}  # fmt: skip
_EXAMPLE = r"(?i)example|x{6}|your|placeholder|redacted|dummy|(.)\1{9}|\.\.\."
_JUDGED = 120  # characters of a value in which an example says so


_patterns: dict[str, re.Pattern[str]] = {}


def _compiled(form: str) -> re.Pattern[str]:
    if form not in _patterns:
        import re

        _patterns[form] = re.compile(form)
    return _patterns[form]


def secrets_in(text: str) -> Iterator[tuple[str, int, int]]:
    """(name of the form, begin, end) of every secret in a text, in order."""
    found = []
    for name, (hints, form) in _FORMS.items():
        if any(hint in text for hint in hints):
            for match in _compiled(form).finditer(text):
                if name == "private key" or not _compiled(_EXAMPLE).search(match[0][:_JUDGED]):
                    found.append((match.start(), match.end(), name))
    last = -1
    for begin, end, name in sorted(found):
        if begin >= last:
            last = end
            yield name, begin, end


def redacted(text: str) -> str:
    """The text with `[NAME]` in place of every secret."""
    out, last = [], 0
    for name, begin, end in secrets_in(text):
        out += [text[last:begin], f"[{name}]"]
        last = end
    return "".join([*out, text[last:]]) if out else text
