"""The warehouses that keep the contract, and a look behind each one's back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from seeknal_ci.warehouse.connect import connect
from seeknal_ci.warehouse.protocol import Warehouse

Query = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Lab:
    """A warehouse, and a way to run SQL in its database that does not go through it."""

    warehouse: Warehouse
    query: Query
    folds_case: bool


def _never(message: str) -> None:
    raise AssertionError(f"nobody else has the warehouse, but: {message}")


@pytest.fixture(params=["duckdb"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    assert request.param == "duckdb"
    warehouse = connect(
        "duckdb:///lab.duckdb", tmp_path, lock_timeout=0, read_only=False, on_wait=_never
    )
    beside = duckdb.connect(str(tmp_path / "lab.duckdb"))
    yield Lab(warehouse, lambda sql: beside.execute(sql).fetchall(), folds_case=True)
    beside.close()
    warehouse.close()


@pytest.fixture
def warehouse(lab: Lab) -> Warehouse:
    return lab.warehouse


@pytest.fixture
def query(lab: Lab) -> Query:
    return lab.query
