"""Speed as ratios: `python -m tests.bench` (or `make bench`) prints the table and judges it."""
