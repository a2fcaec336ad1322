# `make demo` and `make test` need git, make and Python 3.11 or newer, and set up the rest themselves.
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.synced

# Certificates of the machine, so that it works behind a company's proxy as pip does.
export UV_SYSTEM_CERTS := 1
export UV_NATIVE_TLS := 1

.PHONY: setup demo test lint format goldens schemas bench clean

setup: $(STAMP)

# uv lives in an environment of its own, so that it can keep the project's exact.
$(VENV)/uv/bin/uv:
	$(PYTHON) -m venv $(VENV)/uv
	$(VENV)/uv/bin/pip install --quiet --disable-pip-version-check "uv>=0.7"

$(STAMP): pyproject.toml uv.lock $(VENV)/uv/bin/uv
	$(PYTHON) -m venv $(VENV)/py
	VIRTUAL_ENV=$(CURDIR)/$(VENV)/py $(VENV)/uv/bin/uv sync --active --frozen --quiet --all-extras
	touch $@

demo: setup
	$(VENV)/py/bin/seeknal-ci demo

lint: setup
	$(VENV)/py/bin/ruff check .
	$(VENV)/py/bin/ruff format --check .
	$(VENV)/py/bin/mypy

test: lint
	$(VENV)/py/bin/pytest -n auto

format: setup
	$(VENV)/py/bin/ruff check --fix .
	$(VENV)/py/bin/ruff format .

goldens: setup
	$(VENV)/py/bin/pytest --update-goldens tests

# The JSON Schemas of what people write, from the shapes that check it.
schemas: setup
	$(VENV)/py/bin/pytest --update-goldens tests/unit/commands/test_schema.py

bench: setup
	$(VENV)/py/bin/python benchmarks/run.py

clean:
	rm -rf $(VENV) build dist
