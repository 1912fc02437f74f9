# `make paper` and `make test` need Python 3.11 to 3.13, make and git; the rest they install in .venv/.
# PROFILE may hold blanks and any other character; blanks within ARGS are quoted as in a shell.
PROFILE ?= digits
ARGS ?=
WORKERS ?= 2
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$python && break; done)
BIN := .venv/bin
READY := .venv/ready

.PHONY: help setup paper test check format lock clean

help:
	@echo "make paper [PROFILE=digits|mnist|emnist|my.yml] [ARGS='--set n_components=20']   build the book"
	@echo "make test    run the tests in two processes, or WORKERS=8; those in a browser need a Chromium (CHROMIUM=path)"
	@echo "make check   formatting, lint and types"
	@echo "make setup   install into .venv/ only"

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed, and none was found: install one, or name it with PYTHON=/path/to/python3." >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { echo "PYTHON=$(PYTHON) is not Python 3.11, 3.12 or 3.13." >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

paper: $(READY)
	$(BIN)/gmvae paper --profile '$(subst ','\'',$(value PROFILE))' $(value ARGS)

test: $(READY)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) $(ARGS)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --all-extras --no-annotate \
		--custom-compile-command "make lock" --no-emit-index-url --no-emit-find-links \
		--output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv runs .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
