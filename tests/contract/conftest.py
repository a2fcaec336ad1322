"""The warehouses that keep the contract, and a look behind each one's back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from seeknal_ci.warehouse.connect import connect
from seeknal_ci.warehouse.protocol import Warehouse
from tests.support.postgres import Server, rows_of

Query = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Lab:
    """A warehouse, and a way to run SQL in its database that does not go through it."""

    warehouse: Warehouse
    query: Query
    # Names that differ by case alone are one; names may be of any length.
    folds_case: bool
    cuts_names: bool


def _never(message: str) -> None:
    raise AssertionError(f"nobody else has the warehouse, but: {message}")


@contextmanager
def _duckdb_lab(folder: Path) -> Iterator[Lab]:
    warehouse = connect(
        "duckdb:///lab.duckdb", folder, lock_timeout=0, read_only=False, on_wait=_never
    )
    beside = duckdb.connect(str(folder / "lab.duckdb"))
    query: Query = lambda sql: beside.execute(sql).fetchall()  # noqa: E731
    yield Lab(warehouse, query, folds_case=True, cuts_names=False)
    beside.close()
    warehouse.close()


@contextmanager
def _postgres_lab(url: str, folder: Path) -> Iterator[Lab]:
    warehouse = connect(url, folder, lock_timeout=0, read_only=False, on_wait=_never)
    with psycopg.connect(url, autocommit=True) as beside:
        query: Query = lambda sql: rows_of(beside, sql)  # noqa: E731
        yield Lab(warehouse, query, folds_case=False, cuts_names=True)
    warehouse.close()


@contextmanager
def opened_lab(request: pytest.FixtureRequest, folder: Path) -> Iterator[Lab]:
    """The lab of a fixture's parameter, `duckdb` or `postgres`, in a new database."""
    if request.param == "duckdb":
        with _duckdb_lab(folder) as made:
            yield made
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database() as url, _postgres_lab(url, folder) as made:
        yield made


@pytest.fixture(params=["duckdb", "postgres"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    with opened_lab(request, tmp_path) as made:
        yield made


@pytest.fixture
def warehouse(lab: Lab) -> Warehouse:
    return lab.warehouse


@pytest.fixture
def query(lab: Lab) -> Query:
    return lab.query
