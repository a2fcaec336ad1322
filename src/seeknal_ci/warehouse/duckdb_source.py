"""Rows of PostgreSQL in a DuckDB warehouse: psycopg is only loaded where a source needs it."""

from __future__ import annotations

from pathlib import Path

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.warehouse.protocol import TableRelation
from seeknal_ci.warehouse.url import masked


def fingerprint(relation: TableRelation) -> str:
    """What tells the rows of a relation from others, as they are now."""
    try:
        from seeknal_ci.warehouse.postgres_source import remote_fingerprint
    except ImportError as error:
        raise _absent(relation, error) from error
    return remote_fingerprint(relation)


def fetched(relation: TableRelation, rows: Path) -> tuple[str, str]:
    """Copy the rows to a file. Returns DuckDB's query over it, and the rows' fingerprint."""
    try:
        from seeknal_ci.warehouse.postgres_export import entering
        from seeknal_ci.warehouse.postgres_source import fetch
    except ImportError as error:
        raise _absent(relation, error) from error
    columns, mark = fetch(relation, rows, for_duckdb=True)
    return entering(columns, rows), mark


def _absent(relation: TableRelation, error: ImportError) -> SeeknalCiError:
    # psycopg also says so if it is there without libpq.
    if (error.name or "psycopg").partition(".")[0] != "psycopg":
        raise error
    return SeeknalCiError(
        f"{masked(relation.url or '')} needs psycopg, which is not installed",
        fix="pip install 'seeknal-ci[postgres]'",
    )
