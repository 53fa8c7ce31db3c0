"""How large a file may be.

Parameters: `bytes` (required), `paths`. Fails for each file with more bytes on disk; does not read
them.
"""

from __future__ import annotations

from evt.validators.result import failed, passed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.result import Finding
    from evt.validators.work import Work


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each file that is larger."""
    for file in work.files(asked):
        said = f"{file.path} has {file.size:,} bytes"
        if file.size > asked["bytes"]:
            yield failed(f"{said}, at most {asked['bytes']:,} are allowed", file.path)
        else:
            yield passed(said, file.path)
