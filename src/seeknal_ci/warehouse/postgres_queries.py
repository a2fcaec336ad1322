"""Somebody's query as one that PostgreSQL runs, with the columns that DuckDB would give it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.spec import Column
from seeknal_ci.sql.postgres.query import DUCKDB, Table, read_query, to_postgres
from seeknal_ci.warehouse import registry
from seeknal_ci.warehouse.duckdb_database import Database as DuckDB
from seeknal_ci.warehouse.duckdb_text import from_query, one_statement
from seeknal_ci.warehouse.identifiers import qualified, quote
from seeknal_ci.warehouse.postgres_database import Database
from seeknal_ci.warehouse.postgres_types import postgres_type
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA
from seeknal_ci.warehouse.registry import BUILD


@dataclass(frozen=True, slots=True)
class Query:
    """SQL, safe to be put behind CREATE TABLE … AS; columns where it was translated."""

    sql: str
    columns: tuple[Column, ...] | None = None


class Translator:
    """Makes PostgreSQL's SQL of other dialects. Called from several threads.

    Names and types of a translated query are those that DuckDB gives it, over empty tables.
    """

    def __init__(self, database: Database, reader: DuckDB) -> None:
        self._database = database
        self._reader = reader
        self._guard = threading.Lock()
        self._made: set[Table] = set()

    def query(self, sql: str, dialect: str | None) -> Query:
        """A query in DuckDB's dialect, or else in PostgreSQL's own."""
        if dialect != DUCKDB:
            return Query(_inside(sql))
        written = read_query(sql)
        known = {table: self._columns_of(table) for table in written.tables}
        columns = self._described(sql, known)
        said = to_postgres(written, known, [column.name for column in columns])
        return Query(self._cast(said, columns), columns)

    def _columns_of(self, table: Table) -> tuple[Column, ...]:
        """The columns of a build, as it was registered."""
        schema, name = table
        rows = self._database.rows(BUILD.select("table"), [name]) if schema == BUILDS_SCHEMA else []
        if not rows:
            raise SeeknalCiError(
                f"the SQL reads `{schema}.{name}`, which is no build",
                fix="read nodes of the pipeline",
            )
        return registry.build_of(rows[0]).columns

    def _described(self, sql: str, known: dict[Table, tuple[Column, ...]]) -> tuple[Column, ...]:
        with self._reader.guarded():
            with self._guard:
                for table in sorted(set(known) - self._made):
                    self._make(table, known[table])
            cursor = self._reader.cursor()
            described = one_statement(cursor, f"DESCRIBE SELECT * {from_query(sql)}")
            rows = cursor.execute(described).fetchall()
        return tuple(Column(row[0], row[1]) for row in rows)

    def _make(self, table: Table, columns: Sequence[Column]) -> None:
        """An empty table like that of a build; a build never changes."""
        cursor = self._reader.cursor()
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {quote(table[0])}")
        items = (f"{quote(c.name)} {cursor.dtype(str(c.type))}" for c in columns)
        cursor.execute(f"CREATE OR REPLACE TABLE {qualified(*table)} ({', '.join(items)})")
        self._made.add(table)

    def _cast(self, sql: str, columns: Sequence[Column]) -> str:
        """The query with just these names and types."""
        names = [f"c{place}" for place, _ in enumerate(columns)]
        items = []
        for name, column in zip(names, columns, strict=True):
            kind = postgres_type(str(column.type))
            collation = self._database.collation if kind == "text" else ""
            items.append(f"CAST({name} AS {kind}){collation} AS {quote(column.name)}")
        return f"SELECT {', '.join(items)} FROM (\n{sql}\n) AS q ({', '.join(names)})"  # noqa: S608


def _inside(sql: str) -> str:
    """A query in brackets, where PostgreSQL lets no WITH clause hold INSERT or DELETE."""
    return f'SELECT * FROM (\n{sql}\n) AS "rows"'  # noqa: S608
