"""Warehouses for programs that run on either engine."""

from __future__ import annotations

import os

import pytest

ENGINES = ("duckdb", "postgres")
LONG = bool(os.environ.get("SEEKNAL_CI_TEST_LONG"))


@pytest.fixture(params=ENGINES)
def warehouse_url(request: pytest.FixtureRequest) -> str | None:
    """None for the DuckDB file that a project has by itself, or the URL of a new database."""
    return _url(request)


@pytest.fixture(params=ENGINES if LONG else ENGINES[:1])
def some_warehouse_url(request: pytest.FixtureRequest) -> str | None:
    """The same, with PostgreSQL only where time does not matter."""
    return _url(request)


def _url(request: pytest.FixtureRequest) -> str | None:
    return None if request.param == "duckdb" else str(request.getfixturevalue("postgres_url"))
