"""What PostgreSQL is made to answer is what DuckDB answers, or an error: never other rows.

SEEKNAL_CI_TEST_LONG=1 tries many more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.sql.compile import physical_sql
from seeknal_ci.warehouse.postgres import PostgresWarehouse
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA, QueryRelation
from tests.contract.samples import physical, request
from tests.contract.test_warehouse_queries import sorted_rows
from tests.support.postgres import Server, run
from tests.support.queries import DUCKDB, resolved
from tests.support.random_queries import random_query, written

EXAMPLES = 5_000 if os.environ.get("SEEKNAL_CI_TEST_LONG") else 80
TABLES = {
    "source.t": "SELECT * FROM (VALUES (1, 2, 'p'), (1, 2, 'p'), (2, NULL, 'q'), (NULL, 1, NULL), "
    "(3, 0, 'p'), (0, 3, ''), (NULL, NULL, 'q'), (2, 1, 'r')) AS v(a, b, c)",
    "source.u": "SELECT * FROM (VALUES (1, 1), (1, 1), (2, NULL), (NULL, 0), (3, 2), (5, 3), "
    "(0, 0)) AS v(a, d)",
}
# What PostgreSQL has no words for, or does not do.
REFUSALS = ("UNION BY NAME", "FULL JOIN is only supported")


@dataclass(frozen=True)
class Engines:
    """One set of tables in both."""

    warehouse: PostgresWarehouse
    url: str
    truth: duckdb.DuckDBPyConnection
    tables: dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def engines(postgres: Server) -> Iterator[Engines]:
    with postgres.database() as url, duckdb.connect() as truth:
        warehouse = PostgresWarehouse.open(url, url, lock_timeout=0, on_wait=pytest.fail)
        truth.execute(f"CREATE SCHEMA {BUILDS_SCHEMA}")
        tables = {}
        for node, sql in TABLES.items():
            made = warehouse.build(request(node, QueryRelation(sql, DUCKDB)))
            truth.execute(f"CREATE TABLE {physical(made)} AS {sql}")
            tables[node] = (BUILDS_SCHEMA, made.table)
        yield Engines(warehouse, url, truth, tables)
        warehouse.close()


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_a_query_means_what_it_means_to_duckdb(engines: Engines, seed: int) -> None:
    rng = Random(seed)
    sql = physical_sql(resolved(written(rng, random_query(rng)), *TABLES), engines.tables, DUCKDB)
    expected = sorted_rows(engines.truth.execute(sql).fetchall())
    wanted = request("transform.t", QueryRelation(sql, DUCKDB), str(seed))
    try:
        made = engines.warehouse.build(wanted)
    except SeeknalCiError as error:
        refused = error.what
    else:
        found = sorted_rows(run(engines.url, f"SELECT * FROM {physical(made)}"))
        assert found == expected, sql
        return
    assert any(words in refused for words in REFUSALS), sql
