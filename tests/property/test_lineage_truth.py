"""A column that a query is not said to use can have any values: held to DuckDB.

SEEKNAL_CI_TEST_LONG=1 tries many more.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seeknal_ci.model.lineage import ColumnId, Role
from seeknal_ci.model.spec import Column
from seeknal_ci.sql.analyse import analyse
from seeknal_ci.sql.compile import physical_sql
from seeknal_ci.sql.lineage import QueryLineage, lineage_of
from seeknal_ci.sql.references import Resolved
from tests.support.queries import DUCKDB, resolved
from tests.support.random_queries import random_query, written

EXAMPLES = 10_000 if os.environ.get("SEEKNAL_CI_TEST_LONG") else 200
TABLES = {
    "source.t": (Column("a", "INTEGER"), Column("b", "INTEGER"), Column("c", "VARCHAR")),
    "source.u": (Column("a", "INTEGER"), Column("d", "INTEGER")),
}
COLUMNS = [ColumnId(node, column.name) for node, found in TABLES.items() for column in found]
ROWS = {
    "source.t": "(1, 2, 'p'), (1, 2, 'p'), (2, NULL, 'q'), (NULL, 1, NULL), (3, 0, 'p'), "
    "(0, 3, '')",
    "source.u": "(1, 1), (1, 1), (2, NULL), (NULL, 0), (3, 2), (0, 0)",
}
QUICK = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

Physical = dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    """The tables in `main`; and again for each column, with other values in that column alone."""
    found = duckdb.connect()
    for node, columns in TABLES.items():
        names = ", ".join(column.name for column in columns)
        values = f"(VALUES {ROWS[node]}) AS v({names})"
        found.execute(f"CREATE TABLE {table(node)} AS FROM {values}")
        for column in columns:
            other = (
                "concat(c, 'x')"
                if column.type == "VARCHAR"
                else f"(coalesce({column.name}, 4) * 3 + 1) % 5"
            )
            changed = f"SELECT * REPLACE ({other} AS {column.name}) FROM {table(node)}"
            found.execute(f"CREATE TABLE {table(node)}_{column.name} AS {changed}")
    return found


def table(node: str) -> str:
    return node.replace(".", "_")


def lineage(query: Resolved) -> QueryLineage:
    inputs = {node: TABLES[node] for node, _ in query.reads}
    return lineage_of(query, inputs, analyse(query, inputs, DUCKDB), DUCKDB)


def rows(
    connection: duckdb.DuckDBPyConnection, query: Resolved, changed: ColumnId | None = None
) -> list[tuple[object, ...]]:
    tables: Physical = {node: ("main", table(node)) for node in TABLES}
    if changed is not None:
        tables[changed.node] = ("main", f"{table(changed.node)}_{changed.column}")
    return connection.execute(physical_sql(query, tables, DUCKDB)).fetchall()


def values(found: list[tuple[object, ...]], index: int) -> Counter[str]:
    return Counter(repr(row[index]) for row in found)


def hold(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Change each column that is told to decide no rows; only what is told to be made of it may
    change.
    """
    query = resolved(sql, *TABLES)
    told = lineage(query)
    assert told.opaque is None, sql
    assert all(output.unknown is None for output in told.outputs), sql
    deciding = {c for use in told.uses if use.role is not Role.READ for c in use.reads}
    before = rows(connection, query)
    for column in COLUMNS:
        if column in deciding:
            continue
        after = rows(connection, query, column)
        for index, output in enumerate(told.outputs):
            if column not in {origin.column for origin in output.origins}:
                same = values(before, index) == values(after, index)
                assert same, f"{output.name} depends on {column}: {sql}"


@QUICK
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_values_and_rows_depend_on_nothing_that_is_not_told(
    connection: duckdb.DuckDBPyConnection, seed: int
) -> None:
    rng = Random(seed)
    hold(connection, written(rng, random_query(rng)))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a, sum(b) OVER (PARTITION BY c ORDER BY a ROWS 1 PRECEDING) AS s FROM source.t",
        "SELECT a, rank() OVER w AS r, b FROM source.t WINDOW w AS (PARTITION BY c ORDER BY b, a)",
        "SELECT a FROM source.t QUALIFY row_number() OVER (PARTITION BY c ORDER BY a, b) = 1",
        "SELECT list(b ORDER BY c, b) AS l, count(*) FILTER (WHERE a > 1) AS n FROM source.t",
        "SELECT unnest([a, b]) AS x FROM source.t",
        "SELECT v, i FROM source.t, UNNEST([b, 1]) AS x(v), range(2) AS y(i)",
        "SELECT i FROM source.t, LATERAL (SELECT b + 1 AS i) AS l",
        "SELECT a, (SELECT max(d) FROM source.u WHERE u.a = t.a) AS m FROM source.t",
        "SELECT {'x': a, 'y': b}.y AS f, [n + 1 FOR n IN [a, b]] AS l FROM source.t",
        "SELECT list_transform([a], x -> x + b) AS l, c FROM source.t",
        "SELECT a, b FROM source.t UNION ALL BY NAME SELECT d AS b, a FROM source.u",
        "SELECT * FROM source.t NATURAL JOIN source.u",
        "SELECT c, d FROM source.t LEFT JOIN source.u USING (a)",
        "SELECT b FROM source.t WHERE a IN (SELECT a FROM source.u WHERE d > 0)",
        "SELECT DISTINCT ON (c) c, b FROM source.t ORDER BY c, b, a",
        "SELECT DISTINCT a, c FROM source.t",
        "SELECT b, count(*) AS n FROM source.t GROUP BY ROLLUP (b)",
        "SELECT y.p FROM source.t AS y(p, q)",
        "SELECT a FROM source.t ORDER BY b, a, c LIMIT 2",
        "(SELECT b FROM source.t ORDER BY a, b, c LIMIT 2) UNION ALL SELECT d FROM source.u",
        "WITH RECURSIVE r AS (SELECT a, b FROM source.t UNION SELECT b, a FROM r) SELECT a FROM r",
        "SELECT arg_max(b, a) AS m, min_by(c, b) AS n FROM source.t WHERE a IS NOT NULL",
        "SELECT t.* EXCLUDE (a) REPLACE (b + d AS b) FROM source.t JOIN source.u ON t.a = u.a",
        "FROM source.t SELECT a + b AS s WHERE s > 2",
    ],
)
def test_constructs_that_random_queries_lack(
    connection: duckdb.DuckDBPyConnection, sql: str
) -> None:
    hold(connection, sql)
