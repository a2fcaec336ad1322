"""Rows of files in PostgreSQL: DuckDB reads them, and they travel as CSV through COPY.

CSV in which every value but NULL is in quotes tells NULL from an empty text.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import psycopg

from seeknal_ci.errors import WarehouseError
from seeknal_ci.model.spec import Column
from seeknal_ci.warehouse.duckdb_database import Database as DuckDB
from seeknal_ci.warehouse.duckdb_file_errors import file_error
from seeknal_ci.warehouse.duckdb_files import files_query, shown_name
from seeknal_ci.warehouse.duckdb_inputs import invalid
from seeknal_ci.warehouse.duckdb_text import from_query, one_statement, output_path
from seeknal_ci.warehouse.identifiers import NAME_BYTES, quote
from seeknal_ci.warehouse.postgres_errors import sentence, warehouse_error
from seeknal_ci.warehouse.postgres_session import Session
from seeknal_ci.warehouse.postgres_types import leaving_duckdb, postgres_type
from seeknal_ci.warehouse.protocol import FileRelation

CSV = "FORMAT csv, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULL ''"
_CHUNK = 1 << 20


def read_files(reader: DuckDB, relation: FileRelation, target: Path) -> tuple[Column, ...]:
    """Write the rows of a relation to a file for `copy_rows`; returns the columns.

    Raises `WarehouseError`, with file, line, column and value, for what cannot be read.
    """
    cursor = reader.cursor()
    explain = partial(file_error, relation=relation, cursor=cursor)
    with reader.guarded(explain):
        query = files_query(cursor, relation)
        described = cursor.execute(f"DESCRIBE SELECT * {from_query(query)}").fetchall()
        columns = tuple(Column(row[0], row[1]) for row in described)
        _check_names(columns, relation)
        items = (leaving_duckdb(quote(c.name), str(c.type)) for c in columns)
        options = "FORMAT csv, HEADER false, DELIMITER ',', QUOTE '\"', ESCAPE '\"', FORCE_QUOTE *"
        sql = f"COPY (SELECT {', '.join(items)} {from_query(query)}) TO {output_path(target)}"
        cursor.execute(one_statement(cursor, f"{sql} ({options})"))
    return columns


def make_table(session: Session, table: str, columns: Sequence[Column], collation: str) -> None:
    """Make an empty table; `table` is quoted."""
    items = []
    for column in columns:
        made = postgres_type(str(column.type))
        items.append(f"{quote(column.name)} {made}{collation if made.startswith('text') else ''}")
    session.ours(f"CREATE TABLE {table} ({', '.join(items)})")


def copy_rows(session: Session, table: str, rows: Path) -> int:
    """Fill a table from a file that `read_files` wrote; returns how many rows."""
    with session.cursor() as cursor:
        sql = f"COPY {table} FROM STDIN ({CSV})"
        with cursor.copy(sql.encode()) as copy, rows.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                copy.write(chunk)
        return cursor.rowcount


def copy_error(error: psycopg.Error, relation: FileRelation) -> WarehouseError:
    """PostgreSQL's error about a file's rows, with the file as the project names it."""
    found = warehouse_error(error)
    shown = shown_name(relation, relation.paths[0])
    context = (error.diag.context or "").split(", ")
    column = next((part.split(":")[0] for part in context if part.startswith("column ")), "")
    place = f"{shown}, {column}" if column else shown
    return WarehouseError(
        f"{place}: {sentence(error)}",
        fix=found.fix,
        error_class=found.error_class,
        retriable=found.retriable,
        where=shown,
    )


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for rows under way."""
    return tempfile.TemporaryDirectory(prefix="seeknal-ci-rows-")


def _check_names(columns: Sequence[Column], relation: FileRelation) -> None:
    shown = shown_name(relation, relation.paths[0])
    for column in columns:
        if len(column.name.encode()) > NAME_BYTES:
            raise invalid(
                f"{shown}: the name of column `{column.name}` is longer than the {NAME_BYTES} "
                "bytes of PostgreSQL",
                fix="give it a shorter name",
                where=shown,
            )
