"""The built-in checks: one file, one function `check(work, asked)` and one registry line each."""
