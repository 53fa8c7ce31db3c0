"""The live server: one more reader of the log, and one more door to the same commands."""
