"""One PostgreSQL database: a session for every thread, all of them set up alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from seeknal_ci.errors import WarehouseError
from seeknal_ci.warehouse.identifiers import quote
from seeknal_ci.warehouse.postgres_errors import translated, warehouse_error
from seeknal_ci.warehouse.postgres_session import Session, check_url, connect

_STOP_SECONDS = 5
# They order text by code points, as DuckDB does, and know the capitals of all scripts. The first
# is PostgreSQL 17's own, the others are the system's.
_COLLATIONS = ("pg_c_utf8", "C.utf8", "C.UTF-8")
_HAS_COLLATION = """
SELECT collname FROM pg_catalog.pg_collation
WHERE collnamespace = 'pg_catalog'::regnamespace AND pg_catalog.getdatabaseencoding() = 'UTF8'
AND collencoding IN (-1, pg_catalog.pg_char_to_encoding('UTF8')) AND collname = ANY(?)
"""


class Database:
    """A database and this process's sessions in it. A session belongs to one thread."""

    def __init__(self, url: str, shown: str, *, read_only: bool) -> None:
        check_url(url, shown)
        self.shown = shown
        self.read_only = read_only
        # How often `interrupt` was called, for those who wait without a query.
        self.interrupts = 0
        self._url = url
        self._own = threading.local()
        self._sessions: list[Session] = []
        self._owners: dict[Session, threading.Thread] = {}
        self._guard = threading.Lock()
        self._closed = False
        with self.guarded():
            found = {name for (name,) in self.rows(_HAS_COLLATION, [list(_COLLATIONS)])}
        best = next((name for name in _COLLATIONS if name in found), None)
        # What follows the type of a text; nothing where the database's own order must do.
        self.collation = "" if best is None else f" COLLATE pg_catalog.{quote(best)}"

    def session(self) -> Session:
        """This thread's session; another one if the server ended the last."""
        mine: Session | None = getattr(self._own, "session", None)
        if mine is None or mine.closed:
            mine = self._own.session = self._left_over() or self.connect()
            with self._guard:
                self._owners[mine] = threading.current_thread()
        return mine

    def connect(self) -> Session:
        """A new session, which `interrupt` stops and `close` closes too."""
        session = connect(self._url, read_only=self.read_only)
        with self._guard:
            self._sessions = [one for one in self._sessions if not one.closed]
            self._sessions.append(session)
        return session

    def _left_over(self) -> Session | None:
        """A session whose thread has ended: a server has no more than it has room for."""
        with self._guard:
            for session, owner in list(self._owners.items()):
                if not owner.is_alive():
                    del self._owners[session]
                    if session.info.transaction_status is TransactionStatus.IDLE:
                        return session
        return None

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query of ours; placeholders are `?`."""
        return self.session().ours(sql.replace("?", "%s"), *parameters).fetchall()

    def write(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Send a statement of ours once for each row of parameters; placeholders are `?`."""
        if not rows:
            return
        with self.session().cursor() as cursor:
            cursor.executemany(sql.replace("?", "%s").encode(), rows)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """This thread's session, in a transaction that is committed unless the block fails."""
        session = self.session()
        with session.transaction():
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A block in which all queries see one state of the database, and nothing is written."""
        with self.transaction() as session:
            session.ours("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield session

    @contextmanager
    def guarded(
        self, explain: Callable[[psycopg.Error], WarehouseError] = warehouse_error
    ) -> Iterator[None]:
        """Let only our errors out of the block."""
        if self._closed:
            raise WarehouseError(
                f"{self.shown} is closed",
                fix="this is a bug of seeknal-ci: please report it",
                error_class="InterfaceError",
            )
        with translated(explain):
            yield

    def interrupt(self) -> None:
        """Stop what runs on any thread; may be called from any."""
        with self._guard:
            self.interrupts += 1
            sessions = list(self._sessions)
        for session in sessions:
            # A session that has just broken has nothing left to stop.
            with suppress(psycopg.Error):
                session.cancel_safe(timeout=_STOP_SECONDS)

    def close(self) -> None:
        """End all sessions."""
        with self._guard:
            self._closed = True
            for session in self._sessions:
                session.close()
            self._sessions.clear()
            self._owners.clear()
