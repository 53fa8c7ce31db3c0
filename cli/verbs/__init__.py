"""The verbs: each module has `VERB`, its table, and `run(call) -> exit code`."""
