"""The shell: parse, call, print, exit code; no rules live here."""
