"""The gate: checks that decide whether a completion is one."""
