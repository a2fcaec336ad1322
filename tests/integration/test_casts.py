"""Casts that are said to be impossible are those that the engine refuses, whatever the values."""

from __future__ import annotations

import duckdb
import psycopg
import pytest
import sqlglot
from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types

from seeknal_ci.sql.casts import is_impossible
from tests.support.postgres import run

ON_DUCKDB = {
    "BOOLEAN": "true",
    "INTEGER": "1",
    "BIGINT": "1",
    "DOUBLE": "1",
    "DECIMAL(10,2)": "1",
    "VARCHAR": "'1'",
    "DATE": "'2024-01-01'",
    "TIME": "'10:00:00'",
    "TIMESTAMP": "'2024-01-01'",
    "INTERVAL": "'1 day'",
    "UUID": "'0b8a2d34-51b4-4f0e-9d3b-6a3f1d1f3c11'",
}
ON_POSTGRESQL = [
    *("BOOLEAN", "INTEGER", "BIGINT", "DOUBLE PRECISION", "NUMERIC(10,2)", "TEXT", "DATE", "TIME"),
    *("TIMESTAMP", "TIMESTAMPTZ", "INTERVAL", "UUID"),
]  # What PostgreSQL can do and DuckDB cannot.
UNTOLD = {("TIME", "INTERVAL"), ("INTERVAL", "TIME")}


def said(before: str, after: str, dialect: str) -> bool:
    """Whether a column of one type is said never to be cast to the other."""
    tree = sqlglot.parse_one(f"SELECT CAST(t.x AS {after}) AS y FROM t", dialect=dialect)
    typed = annotate_types(tree, schema={"t": {"x": before}}, dialect=dialect)
    cast = typed.find(exp.Cast)
    assert cast is not None
    return is_impossible(cast, dialect)


@pytest.mark.parametrize("before", ON_DUCKDB)
def test_as_duckdb_has_it(before: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t AS SELECT CAST({ON_DUCKDB[before]} AS {before}) AS x")
        found = {after for after in ON_DUCKDB if said(before, after, "duckdb")}
        refused = {after for after in ON_DUCKDB if _is_refused(connection, after)}
    assert found == {after for after in refused if (before, after) not in UNTOLD}


def _is_refused(connection: duckdb.DuckDBPyConnection, after: str) -> bool:
    try:
        connection.execute(f"SELECT CAST(x AS {after}) FROM t").fetchall()
    except duckdb.ConversionException as error:
        return "Unimplemented" in str(error)
    return False


@pytest.mark.parametrize("before", ON_POSTGRESQL)
def test_as_postgresql_has_it(before: str, postgres_url: str) -> None:
    found = {after for after in ON_POSTGRESQL if said(before, after, "postgres")}
    refused = set()
    for after in ON_POSTGRESQL:
        try:
            run(postgres_url, f"SELECT CAST(CAST(NULL AS {before}) AS {after})")
        except psycopg.errors.CannotCoerce:
            refused.add(after)
    assert found == refused
