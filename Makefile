# make demo: from a bare machine to the three answers.  make test: the whole suite.  make check: style, types, layers.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: demo test check setup clean

demo: $(VENV)/installed
	$(BIN)/govgraph demo

test: $(VENV)/developer
	@.ci/browser
	$(BIN)/pytest

check: $(VENV)/developer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

setup: $(VENV)/developer

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[py2neo,pyvis]'
	touch $@

$(VENV)/developer: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
