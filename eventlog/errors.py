"""Every way a call can end badly, with the exit code and the next step that belong to it.

EvtError                     exit  code
|-- Findings                  1    findings       the audit or plan has findings
|-- Unexpected                1    unexpected     a defect of evt
|-- LogIO                     1    io             disk full, I/O error; says what is stored
|-- Usage                     2    usage          the call itself is wrong
|-- InvalidInput              2    invalid_input  the data is wrong
|   |-- TooLarge              2    too_large
|   |-- Secret                2    secret
|   `-- OutsideRepository     2    outside_repository
|-- Refusal                   4    lost_claim superseded not_holder name_taken not_allowed
|                                  not_found wrong_state parked repeated (and 2, 3, 5, 7)
|-- Damaged                   6    damaged        bytes, chain or schema are broken
|-- Newer                     6    newer          written by a newer evt
|-- Poisoned                  6    poisoned       a sync failed earlier
|-- NoLog                     6    no_log         there is no log here, or it went away
`-- Locked                   75    locked         the lock was not had in time
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class EvtError(Exception):
    """An ending with an exit code; `message` says what failed, `hint` the exact next call.

    `facts` are the further keys of the error document (task, holder, location, ...).
    """

    exit = 1
    code = "unexpected"

    def __init__(self, message: str, hint: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts = facts


class Findings(EvtError):
    """An audit or a plan has findings."""

    code = "findings"


class Unexpected(EvtError):
    """A defect of evt itself."""


class LogIO(EvtError):
    """Reading or writing failed; nothing is stored unless the message says so."""

    code = "io"


class Usage(EvtError):
    """The call is not one that evt knows."""

    exit = 2
    code = "usage"


class InvalidInput(EvtError):
    """The data of the call breaks a rule of the format."""

    exit = 2
    code = "invalid_input"


class TooLarge(InvalidInput):
    """The data is beyond a limit."""

    code = "too_large"


class Secret(InvalidInput):
    """The text has a secret in it."""

    code = "secret"


class OutsideRepository(InvalidInput):
    """A path leaves the repository."""

    code = "outside_repository"


class Refusal(EvtError):
    """The state of the log refuses; exit and code come with it."""

    def __init__(self, exit: int, code: str, message: str, hint: str = "", **facts: Any) -> None:
        super().__init__(message, hint, **facts)
        self.exit = exit
        self.code = code


class Damaged(EvtError):
    """Bytes, chain or schema are broken; `location` has segment, line, offset, reason."""

    exit = 6
    code = "damaged"


class Newer(EvtError):
    """The log holds something only a newer evt may write behind."""

    exit = 6
    code = "newer"


class Poisoned(EvtError):
    """An earlier sync failed; appends wait for `evt repair`."""

    exit = 6
    code = "poisoned"


class NoLog(EvtError):
    """There is no log here, or it was replaced during the call."""

    exit = 6
    code = "no_log"


class Locked(EvtError):
    """The write lock was not had in time; the message names the holder."""

    exit = 75
    code = "locked"
