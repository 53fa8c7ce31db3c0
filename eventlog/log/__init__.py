"""The file that is the log: find, lock, read, append, verify, repair."""
