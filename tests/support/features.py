"""Queries made from features, run on real databases over rows that a test gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import psycopg

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.sql.compile import physical_sql
from seeknal_ci.sql.references import Resolved

Row = dict[str, Any]
TABLE = ("s", "given")


def sql_of(analysis: Analysis, node_id: str, source: str, dialect: str = "duckdb") -> str:
    """The SQL of a node whose one input is the table of the test."""
    query = analysis.query(node_id)
    assert isinstance(query, Resolved), query
    return physical_sql(query, {source: TABLE}, dialect)


def rows_on_duckdb(
    analysis: Analysis, node_id: str, source: str, rows: Sequence[tuple[Any, ...]]
) -> list[Row]:
    """The node's rows, sorted; what was inferred of its columns must be what DuckDB says."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE SCHEMA s; CREATE TABLE s.given ({_columns(analysis, source)})")
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            connection.executemany(f"INSERT INTO s.given VALUES ({marks})", rows)
        sql = sql_of(analysis, node_id, source)
        described = connection.execute(f"DESCRIBE {sql}").fetchall()
        known = analysis.of(node_id).columns
        assert known is not None, analysis.of(node_id).unknown
        assert [(row[0], row[1]) for row in described] == [(c.name, c.type) for c in known]
        cursor = connection.execute(f"SELECT * FROM ({sql}) ORDER BY ALL")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def rows_on_postgres(
    analysis: Analysis, node_id: str, source: str, rows: Sequence[tuple[Any, ...]], url: str
) -> list[Row]:
    """The same on PostgreSQL, sorted by their first column."""
    columns = _columns(analysis, source).replace("DOUBLE", "DOUBLE PRECISION")
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("CREATE SCHEMA s")
        session.execute(f"CREATE TABLE s.given ({columns})".encode())
        marks = ", ".join("%s" for _ in rows[0])
        session.cursor().executemany(f"INSERT INTO s.given VALUES ({marks})".encode(), rows)
        cursor = session.execute(sql_of(analysis, node_id, source, "postgres").encode())
        names = [column.name for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return sorted(found, key=lambda row: str(row[names[0]]))


def _columns(analysis: Analysis, source: str) -> str:
    columns = analysis.of(source).columns
    assert columns is not None, "the source of a test declares its schema"
    return ", ".join(f'"{column.name}" {column.type}' for column in columns)
