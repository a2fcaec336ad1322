"""Rows of PostgreSQL in files: they travel as CSV into a DuckDB in memory, which writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from seeknal_ci.model.spec import Column
from seeknal_ci.warehouse.duckdb_database import Database as DuckDB
from seeknal_ci.warehouse.duckdb_export import check, export
from seeknal_ci.warehouse.duckdb_text import Value, arguments, input_path
from seeknal_ci.warehouse.identifiers import quote
from seeknal_ci.warehouse.postgres_database import Database
from seeknal_ci.warehouse.postgres_files import CSV, scratch
from seeknal_ci.warehouse.postgres_queries import Query
from seeknal_ci.warehouse.postgres_session import Rows, Session
from seeknal_ci.warehouse.postgres_types import duckdb_type, entering_duckdb, leaving_postgres
from seeknal_ci.warehouse.protocol import ExportRequest

_OPTIONS: Mapping[str, Value] = {
    "auto_detect": False,
    "header": False,
    "delim": ",",
    "quote": '"',
    "escape": '"',
    "nullstr": "",
    "allow_quoted_nulls": False,
    "new_line": "\\n",
    "comment": "",
    "hive_partitioning": False,
}


def export_rows(database: Database, reader: DuckDB, query: Query, request: ExportRequest) -> int:
    """Write a query's rows to the target of a request; returns how many."""
    check(request)
    with scratch() as folder:
        rows = Path(folder) / "rows.csv"
        with database.guarded():
            columns = _fetch(database, query, rows)
        with reader.guarded():
            return export(reader.cursor(), replace(request, sql=entering(columns, rows)))


def _fetch(database: Database, query: Query, rows: Path) -> tuple[Column, ...]:
    """Copy a query's rows to a file; returns the columns."""
    wrapped = f'FROM ({query.sql}) AS "rows"'
    with database.snapshot() as session:
        # By itself first: COPY would take a second statement behind the query.
        found = described(session, session.one(f"SELECT * {wrapped} LIMIT 0"))
        columns = query.columns or found
        write_rows(session, wrapped, columns, rows, for_duckdb=True)
    return columns


def write_rows(
    session: Session, wrapped: str, columns: tuple[Column, ...], rows: Path, *, for_duckdb: bool
) -> None:
    """Copy what a FROM clause has to a file: for `entering`, or as PostgreSQL itself reads it."""
    items = ", ".join(
        leaving_postgres(quote(c.name), str(c.type)) if for_duckdb else f"{quote(c.name)}::text"
        for c in columns
    )
    sql = f"COPY (SELECT {items} {wrapped}) TO STDOUT ({CSV}, FORCE_QUOTE *)"
    with (
        session.cursor() as cursor,
        cursor.copy(sql.encode()) as copy,
        rows.open("wb") as stream,
    ):
        for chunk in copy:
            stream.write(chunk)


def described(session: Session, empty: Rows) -> tuple[Column, ...]:
    """The columns of a result, by DuckDB's types."""
    result = empty.pgresult
    assert result is not None, "it was executed"
    found = []
    for place, column in enumerate(empty.description or ()):
        parts = (result.ftype(place), result.fmod(place))
        row = session.ours("SELECT pg_catalog.format_type(%s::oid, %s)", *parts).fetchone()
        assert row is not None
        # A number without a scale may have any; a file keeps what a DOUBLE does.
        kind = "DOUBLE" if row[0] == "numeric" else duckdb_type(row[0])
        found.append(Column(column.name, kind))
    return tuple(found)


def entering(columns: tuple[Column, ...], rows: Path) -> str:
    """DuckDB's query over the rows in a file."""
    names = {f"c{place}": column for place, column in enumerate(columns)}
    options: Mapping[str, Value] = {**_OPTIONS, "columns": dict.fromkeys(names, "VARCHAR")}
    items = (
        f"{entering_duckdb(name, str(column.type))} AS {quote(column.name)}"
        for name, column in names.items()
    )
    read = f"read_csv({input_path(rows)}{arguments(options)})"
    return f"SELECT {', '.join(items)} FROM {read}"  # noqa: S608
