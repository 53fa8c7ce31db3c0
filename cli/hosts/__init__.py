"""The chats that evt serves: what their hooks say, what they read, what `evt init` writes."""
