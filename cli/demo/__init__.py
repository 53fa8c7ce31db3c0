"""The demonstration: chats played by programs that know nothing but the `evt` command."""
