"""Rows of tables and queries in a PostgreSQL database, as a source has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from seeknal_ci.model.spec import Column
from seeknal_ci.warehouse.identifiers import quote
from seeknal_ci.warehouse.postgres_errors import translated, warehouse_error
from seeknal_ci.warehouse.postgres_export import described, write_rows
from seeknal_ci.warehouse.postgres_session import Session, check_url, connect
from seeknal_ci.warehouse.postgres_types import postgres_type
from seeknal_ci.warehouse.protocol import TableRelation
from seeknal_ci.warehouse.url import masked

# Rows in any order: how many, and the sums of both halves of their hashes.
_FINGERPRINT = """
SELECT pg_catalog.concat_ws(':', pg_catalog.count(*),
    pg_catalog.sum(('x' || pg_catalog.substr(h, 1, 16))::bit(64)::bigint),
    pg_catalog.sum(('x' || pg_catalog.substr(h, 17, 16))::bit(64)::bigint))
FROM (
    SELECT pg_catalog.encode(pg_catalog.sha256(
        pg_catalog.convert_to(ROW(rows_.*)::text, 'UTF8')), 'hex') AS h
    FROM ({sql}) AS rows_
) AS hashed
"""


def select_of(relation: TableRelation) -> str:
    """The query of a relation's rows: of its declared columns alone, with their types."""
    if relation.query is not None:
        rows = f"(\n{relation.query}\n) AS found"
    else:
        rows = ".".join(quote(part) for part in relation.table)
    items = [
        quote(column.name)
        if column.type is None
        else f"CAST({quote(column.name)} AS {postgres_type(column.type)}) AS {quote(column.name)}"
        for column in relation.columns or ()
    ]
    return f"SELECT {', '.join(items) or '*'} FROM {rows}"  # noqa: S608


def fingerprint(session: Session, sql: str) -> str:
    """What tells these rows from others, whatever their order."""
    row = session.one(_FINGERPRINT.format(sql=sql)).fetchone()
    assert row is not None, "an aggregate has a row"
    return row[0].decode() if isinstance(row[0], bytes) else str(row[0])


def remote_fingerprint(relation: TableRelation) -> str:
    """The fingerprint of rows in another database, as they are now."""
    with _elsewhere(relation) as session:
        return fingerprint(session, select_of(relation))


def fetch(
    relation: TableRelation, rows: Path, *, for_duckdb: bool
) -> tuple[tuple[Column, ...], str]:
    """Copy rows of another database to a file, as `write_rows` writes it.

    Returns the columns, by DuckDB's types, and the fingerprint of just these rows.
    """
    sql = select_of(relation)
    with _elsewhere(relation) as session:
        # By itself first: COPY would take a second statement behind the query.
        found = described(session, session.one(f"SELECT * FROM ({sql}) AS found LIMIT 0"))  # noqa: S608
        types = {column.name: column.type for column in relation.columns or ()}
        columns = tuple(replace(c, type=types.get(c.name) or c.type) for c in found)
        mark = fingerprint(session, sql)
        write_rows(session, f'FROM ({sql}) AS "rows"', columns, rows, for_duckdb=for_duckdb)
    return columns, mark


@contextmanager
def _elsewhere(relation: TableRelation) -> Iterator[Session]:
    """A session in the relation's database that reads one state of it, and writes nothing."""
    assert relation.url is not None, "the warehouse's own tables are read in place"
    check_url(relation.url, masked(relation.url))
    with translated(warehouse_error):
        session = connect(relation.url, read_only=True)
        try:
            with session.transaction():
                session.ours("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                yield session
        finally:
            session.close()
