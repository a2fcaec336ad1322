"""A row of numbers from DuckDB, or none where that takes too long: it knows no such limit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from duckdb import DuckDBPyConnection

# An interrupt between two statements is lost, so it is sent until the query has ended.
_AGAIN = 0.05


def numbers(cursor: DuckDBPyConnection, sql: str, seconds: float) -> tuple[int, ...] | None:
    """The one row that a query returns; None where it takes more than so many seconds."""
    late = threading.Event()
    try:
        with _limited(cursor, seconds, late):
            row = cursor.execute(sql).fetchone()
    except duckdb.InterruptException:
        if late.is_set():
            return None
        raise
    assert row is not None, "a query without GROUP BY returns a row"
    return tuple(row)


@contextmanager
def _limited(cursor: DuckDBPyConnection, seconds: float, late: threading.Event) -> Iterator[None]:
    """Interrupt the block's query when its time is up, and say so in `late`."""
    ended = threading.Event()

    def watch() -> None:
        if not ended.wait(seconds):
            late.set()
            cursor.interrupt()
            while not ended.wait(_AGAIN):
                cursor.interrupt()

    watcher = threading.Thread(target=watch, name="limit", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
