"""`evt mcp`: the same commands for chats that speak the Model Context Protocol; an extra."""
