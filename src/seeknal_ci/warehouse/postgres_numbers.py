"""A row of numbers from PostgreSQL, or none where that takes too long."""

from __future__ import annotations

import time

import psycopg

from seeknal_ci.warehouse.postgres_database import Database

# The server takes 0 for no limit at all.
_LEAST_MILLISECONDS = 1


def numbers(database: Database, sql: str, seconds: float) -> tuple[int, ...] | None:
    """The one row that a query returns; None where it takes more than so many seconds."""
    limit = max(_LEAST_MILLISECONDS, int(seconds * 1000))
    started = time.monotonic()
    try:
        with database.snapshot() as session:
            session.ours("SELECT set_config('statement_timeout', %s, true)", str(limit))
            row = session.ours(sql).fetchone()
    except psycopg.errors.QueryCanceled:
        # Whoever else cancels it does so earlier, and both have one SQLSTATE.
        if time.monotonic() - started >= limit / 1000:
            return None
        raise
    assert row is not None, "a query without GROUP BY returns a row"
    return row
