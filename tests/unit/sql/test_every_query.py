"""What is said of queries of every shape is what DuckDB does with them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest

from seeknal_ci.model.spec import Column
from seeknal_ci.sql.analyse import analyse
from tests.support.queries import DUCKDB, resolved
from tests.support.sql_cases import (
    TABLES,
    Case,
    all_queries,
    columns_in,
    database,
    outputs,
    rows,
)

QUERIES = all_queries()
# How many of all types may be unknown, in percent.
UNKNOWN_TYPES = 2
UNKNOWN_RETURNS = 10

# Arguments for what DuckDB's functions may take.
ARGUMENTS = {
    "ANY": "INTEGER",
    "ANY[]": "INTEGER[]",
    "DECIMAL": "DECIMAL(10,2)",
    "K": "VARCHAR",
    "LIST": "INTEGER[]",
    "MAP": "MAP(VARCHAR, INTEGER)",
    "MAP(K, V)": "MAP(VARCHAR, INTEGER)",
    "STRUCT": "STRUCT(a INTEGER, b VARCHAR)",
    "T": "INTEGER",
    "T[]": "INTEGER[]",
    "V": "INTEGER",
}


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return database()


@pytest.fixture(scope="module")
def columns(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[Column, ...]]:
    return columns_in(connection)


@pytest.fixture
def made(connection: duckdb.DuckDBPyConnection, case: Case) -> Iterator[str]:
    """The last statement, after those before it were run, which are undone."""
    connection.execute("BEGIN")
    for statement in case.statements[:-1]:
        connection.execute(statement)
    yield case.statements[-1]
    connection.execute("ROLLBACK")


@pytest.mark.parametrize("case", QUERIES, ids=lambda case: case.id)
def test_names_and_types_are_duckdb_s(
    connection: duckdb.DuckDBPyConnection,
    columns: dict[str, tuple[Column, ...]],
    case: Case,
    made: str,
) -> None:
    found = case.understood(columns)
    written, built = outputs(connection, made), outputs(connection, case.physical)
    assert found.unknown is None
    assert found.missing == ()
    assert found.columns is not None
    assert [column.name for column in found.columns] == [name for name, _ in built]
    assert [kind for _, kind in built] == [kind for _, kind in written]
    # A name that its author left to DuckDB is nearly, and always the same, the one it would give.
    named = zip(built, written, strict=True)
    assert all(one == other or "(" in other for (one, _), (other, _) in named)
    typed = zip(found.columns, built, strict=True)
    assert [(c, kind) for c, (_, kind) in typed if c.type not in (None, kind)] == []


@pytest.mark.parametrize("case", QUERIES, ids=lambda case: case.id)
def test_what_is_built_has_the_rows_of_what_is_written(
    connection: duckdb.DuckDBPyConnection, case: Case, made: str
) -> None:
    assert rows(connection, case.physical) == rows(connection, made)


def test_few_types_are_unknown(columns: dict[str, tuple[Column, ...]]) -> None:
    found = [column for case in QUERIES for column in case.understood(columns).columns or ()]
    unknown = [column for column in found if column.type is None]
    assert len(unknown) <= len(found) * UNKNOWN_TYPES / 100


def test_no_function_has_another_type_than_duckdb_s(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    calls = {sql: kind for sql in _calls(connection) if (kind := _type_of(connection, sql))}
    known = {sql: _inferred(sql) for sql in calls}
    assert {s: (known[s], calls[s]) for s in calls if known[s] not in (None, calls[s])} == {}
    assert sum(kind is None for kind in known.values()) <= len(calls) * UNKNOWN_RETURNS / 100


@pytest.mark.parametrize(
    "sql",
    [
        "PIVOT source.orders ON status USING sum(amount) GROUP BY customer_id",
        "FROM (PIVOT source.orders ON status USING count(*) GROUP BY customer_id)",
    ],
)
def test_what_only_the_data_tells_is_built_all_the_same(
    connection: duckdb.DuckDBPyConnection, columns: dict[str, tuple[Column, ...]], sql: str
) -> None:
    case = Case("pivot", sql)
    assert case.understood(columns).columns is None
    connection.execute(f"CREATE OR REPLACE TEMP TABLE one AS {sql}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE other AS {case.physical}")
    assert rows(connection, "FROM one") == rows(connection, "FROM other")


def test_every_table_of_the_cases_is_read() -> None:
    read = {table for case in QUERIES for table in TABLES if table in case.sql}
    assert read == set(TABLES)


def _calls(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """A query for every function of DuckDB's, and every type of arguments that it takes."""
    found = connection.execute(
        "SELECT function_name, parameter_types FROM duckdb_functions() "
        "WHERE function_type IN ('scalar', 'aggregate') AND schema_name = 'main'"
    ).fetchall()
    return sorted(
        {
            f"SELECT {name}({', '.join(f'NULL::{ARGUMENTS.get(k, k)}' for k in kinds)}) AS x"
            for name, kinds in found
            if re.fullmatch("[a-z][a-z0-9_]*", name)
            and not re.match("icu_|collate_|variant|st_", name)
            and kinds
            and not any(kind is None or "LAMBDA" in kind for kind in kinds)
        }
    )


def _type_of(connection: duckdb.DuckDBPyConnection, sql: str) -> str | None:
    """The type of a query's column; None where DuckDB cannot tell, or refuses the query."""
    try:
        kind = outputs(connection, sql)[0][1]
    except duckdb.Error:
        return None
    return None if "NULL" in kind else kind


def _inferred(sql: str) -> str | None:
    found = analyse(resolved(sql), {}, DUCKDB).columns
    return found[0].type if found else None
