"""Those who read production in the process that moves it: nobody else can open the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from seeknal_ci.warehouse.duckdb import DuckDBWarehouse
from tests.contract.samples import environment, promotion, request


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.duckdb"


@pytest.fixture
def warehouse(path: Path) -> Iterator[DuckDBWarehouse]:
    """Production has two views, `a` with 100,000 rows of 1 and `b` with one."""
    opened = DuckDBWarehouse.open(path, lock_timeout=0, on_wait=pytest.fail)
    move(opened, 1)
    yield opened
    opened.close()


def move(warehouse: DuckDBWarehouse, number: int) -> None:
    """Let both views show the number; the second time, `b` under another name."""
    queries = {
        "a": f"SELECT {number} AS n FROM range(100000)",
        "b": f"SELECT {number} AS n{number}",
    }
    builds = {
        name: warehouse.build(request(f"transform.{name}", sql, str(number)))
        for name, sql in queries.items()
    }
    target = environment("prod", builds, commit=f"c{number}")
    warehouse.publish(target, promotion(f"p{number}", target))


def test_a_transaction_sees_one_state(warehouse: DuckDBWarehouse, path: Path) -> None:
    with duckdb.connect(str(path)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT n1 FROM prod.b").fetchall() == [(1,)]
        move(warehouse, 2)
        assert reader.execute("SELECT sum(n) FROM prod.a").fetchall() == [(100_000,)]
        assert reader.execute("SELECT n1 FROM prod.b").fetchall() == [(1,)]
        reader.execute("COMMIT")
        assert reader.execute("SELECT sum(n) FROM prod.a").fetchall() == [(200_000,)]
        assert reader.execute("SELECT n2 FROM prod.b").fetchall() == [(2,)]


def test_a_query_goes_on_over_what_it_began_with(warehouse: DuckDBWarehouse, path: Path) -> None:
    with duckdb.connect(str(path)) as reader:
        found = reader.execute("SELECT a.n, b.n1 FROM prod.a, prod.b")
        assert found.fetchmany(10) == [(1, 1)] * 10
        move(warehouse, 2)
        assert set(found.fetchall()) == {(1, 1)}
