"""Keys do not belong into a repository: what was once committed has to be revoked.

Parameters: `allow` (texts that a value may contain, for keys that are meant to be public), `paths`,
`off`. Fails for the known forms of private keys and of tokens (AWS, GitHub, GitLab, Slack, Stripe,
Google, OpenAI, Anthropic, npm, PyPI and others); the message never shows the value. Values that say
they are examples pass. In code and settings also for a password that no example would have: both
cases and digits in turn, behind a key that says so. Cannot see other passwords.
"""

from __future__ import annotations

from evt.validators.passwords import passwords_in
from evt.validators.result import failed
from evt.validators.secret_patterns import secrets_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.result import Finding
    from evt.validators.work import Work


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each key or token."""
    allowed = asked.get("allow", [])
    for file in work.files(asked):
        text = file.text if file.is_text else file.data.decode("latin-1")
        for name, begin, end in secrets_in(text):
            if not any(value in text[begin:end] for value in allowed):
                line = text.count("\n", 0, begin) + 1
                yield failed(
                    f"{file.path} holds what looks like a secret ({name}) on line {line}: take it "
                    "out, read it from the environment, and revoke it if it was ever real",
                    file.path, line,
                )  # fmt: skip
        for line, value in passwords_in(file) if file.is_text else ():
            if not any(one in value for one in allowed):
                yield failed(
                    f"{file.path} holds what looks like a password on line {line}: take it out, "
                    "read it from the environment, and change it if it was ever real",
                    file.path, line,
                )  # fmt: skip
