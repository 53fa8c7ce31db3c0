# Two commands from a clean machine with Python >= 3.11: `make demo` and `make test`.
# Works with GNU make 3.81 and bash 3.2 (macOS) and in a folder whose name has spaces.

SHELL := /bin/sh
BIN := .venv/bin
PY := $(BIN)/python

# A chat host's marker or somebody's EVT_DIR must not reach the tests and the demo, and every
# cold start pays if compiled modules are not kept.
unexport $(filter CURSOR_% CLAUDE% CODEX_% EVT_% GIT_DIR GIT_WORK_TREE,$(.VARIABLES))
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME

.PHONY: help demo test check lint bench soak docs clean

help:
	@echo "make demo    a real run: a coordinator and three workers share real work (under 60 s)"
	@echo "make test    everything that must hold: lint, types, limits, docs, tests"
	@echo "make check   the quick part of it: lint, types, import layers, limits, docs"
	@echo "make bench   the speed table of docs, as ratios; fails when a limit is missed"
	@echo "make soak    the randomised tests, for longer"
	@echo "make docs    writes the generated pages and checks anew"
	@echo "make clean   removes .venv and caches"

demo: .venv/.installed
	@$(BIN)/evt demo

# Both halves always run, so that a long line does not hide a broken test; pytest has the last word.
test: .venv/.installed
	@status=0; $(MAKE) --no-print-directory lint || status=1; \
	$(PY) -m pytest -q -n auto || status=1; exit $$status

check: lint
	@$(PY) -m pytest -q tests/project/test_limits.py tests/project/test_docs.py

# All four always run: one look shows everything that is to be done.
lint: .venv/.installed
	@status=0; \
	$(BIN)/ruff check --quiet . || status=1; \
	$(BIN)/ruff format --check --quiet . || { echo "run: $(BIN)/ruff format ."; status=1; }; \
	$(PY) -m mypy || status=1; \
	$(BIN)/lint-imports --no-logo >.venv/lint-imports.txt || \
	  { cat .venv/lint-imports.txt; status=1; }; \
	exit $$status

bench: .venv/.installed
	@$(PY) -m tests.bench

soak: .venv/.installed
	@$(PY) -m pytest -q -n auto -m 'soak or property' --hypothesis-profile=soak

docs: .venv/.installed
	@$(PY) -m evt.eventlog.generate
	@$(PY) -m evt.eventlog.table
	@$(PY) -m evt.cli.docs

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

# PYTHON names the interpreter; without it the first of these that is new enough is taken.
# pip before 25.1 does not know --group.
.venv/.installed: pyproject.toml
	@found=; for p in "$(PYTHON)" python3 python3.14 python3.13 python3.12 python3.11; do \
	  test -n "$$p" || continue; \
	  if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then found=$$p; break; fi; \
	  if test "$$p" = "$(PYTHON)"; then break; fi; \
	done; \
	if test -z "$$found"; then \
	  echo "evt needs Python 3.11 or newer; say where it is: make PYTHON=/path/to/python3.11" >&2; \
	  exit 1; \
	fi; \
	echo "making .venv with $$found (once)"; \
	"$$found" -m venv .venv || { \
	  echo "$$found cannot make a virtual environment (Debian: apt install python3-venv)" >&2; \
	  exit 1; }
	@$(PY) -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(PY) -m pip install --quiet --disable-pip-version-check -e . --group dev
	@touch $@
