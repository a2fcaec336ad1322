"""Queries with one canonical text make the same rows: held to DuckDB, with NULLs and duplicates.

SEEKNAL_CI_TEST_LONG=1 tries many more.
"""

from __future__ import annotations

import os
from random import Random

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seeknal_ci.model.spec import Column
from seeknal_ci.sql.analyse import analyse
from tests.support.queries import DUCKDB, resolved, rows
from tests.support.random_queries import edited_query, random_query, written

EXAMPLES = 20_000 if os.environ.get("SEEKNAL_CI_TEST_LONG") else 400
TABLES = {
    "source.t": (Column("a", "INTEGER"), Column("b", "INTEGER"), Column("c", "VARCHAR")),
    "source.u": (Column("a", "INTEGER"), Column("d", "INTEGER")),
}
QUICK = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SEEDS = st.integers(min_value=0, max_value=2**32)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    found = duckdb.connect()
    found.execute("CREATE SCHEMA source")
    found.execute("CREATE TABLE source.t (a INTEGER, b INTEGER, c VARCHAR)")
    found.execute("CREATE TABLE source.u (a INTEGER, d INTEGER)")
    found.execute(
        "INSERT INTO source.t VALUES (1, 2, 'p'), (1, 2, 'p'), (2, NULL, 'q'), (NULL, 1, NULL), "
        "(3, 0, 'p'), (0, 3, ''), (NULL, NULL, 'q'), (2, 1, 'r')"
    )
    found.execute(
        "INSERT INTO source.u VALUES (1, 1), (1, 1), (2, NULL), (NULL, 0), (3, 2), (5, 3), (0, 0)"
    )
    return found


def canonical(sql: str) -> str:
    found = analyse(resolved(sql, *TABLES), TABLES, DUCKDB)
    assert found.columns is not None, sql
    assert not found.missing, sql
    return found.canonical


@QUICK
@given(seed=SEEDS)
def test_one_text_one_result(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    rng = Random(seed)
    query = random_query(rng)
    other = query
    for _ in range(rng.randint(0, 2)):
        other = edited_query(rng, other)
    one, two = written(rng, query), written(rng, other)
    if canonical(one) == canonical(two):
        assert rows(connection, one) == rows(connection, two), f"{one}\n\n{two}"


@QUICK
@given(seed=SEEDS)
def test_one_meaning_one_text_however_it_is_written(seed: int) -> None:
    rng = Random(seed)
    query = random_query(rng)
    one, two = written(rng, query), written(rng, query)
    assert canonical(one) == canonical(two), f"{one}\n\n{two}"


@QUICK
@given(seed=SEEDS)
def test_names_and_types_are_duckdb_s(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    sql = written(Random(seed), random_query(Random(seed)))
    found = analyse(resolved(sql, *TABLES), TABLES, DUCKDB).columns or ()
    truth = connection.execute(f"DESCRIBE {sql}").fetchall()
    own = [(column.name, column.type) for column in found]
    assert [name for name, _ in own] == [row[0] for row in truth], sql
    assert all(kind in (None, row[1]) for (_, kind), row in zip(own, truth, strict=True)), sql
