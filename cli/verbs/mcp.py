"""`evt mcp`: a server for one chat that speaks MCP, over stdio."""

from __future__ import annotations

from evt.cli.args import Flag, Verb
from evt.eventlog.errors import Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb(
    "mcp",
    "the same for chats that speak MCP, over stdio",
    flags=(
        Flag("run-commands", "switch", "let its gate run approved commands (evt trust)"),
    ),
    examples=(
        ("evt mcp", "what mcp.json calls; it ends with its stdin"),
        ("evt mcp --run-commands", "the gate also runs commands that the engineer approved"),
    ),
    notes="needs: pip install 'evtlog[mcp]'",
)  # fmt: skip


def run(call: Call) -> int:
    """Serve until stdin ends."""
    try:
        import mcp  # noqa: F401  only whether it is there
    except ImportError:
        raise Usage("evt mcp needs the extra `mcp`", "pip install 'evtlog[mcp]'") from None
    from evt.cli.mcp.server import build

    build(call.args.get("run_commands", False)).run("stdio")
    return 0
