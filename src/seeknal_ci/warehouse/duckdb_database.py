"""One DuckDB file, owned by this process: waiting for it, and a cursor for every thread."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.warehouse.duckdb_errors import LOCKED, sentence, translated, warehouse_error
from seeknal_ci.warehouse.identifiers import qualified, quote
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA, REGISTRY_SCHEMA

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
_HOLDER = re.compile(r"held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_UNOPENED = (
    ("not a valid DuckDB database", "name another file in `warehouse:`, or delete this one"),
    ("Is a directory", "name a file in it, such as warehouse.duckdb"),
    ("Not a directory", "name a file in a folder that exists"),
    ("No such file or directory", "create the folder first, or name another file"),
    ("database does not exist", "apply an environment first: that makes the file"),
    ("Permission denied", "ask for the right to write there, or name another file"),
)


class Database:
    """The open database. Cursors belong to threads; `close` closes them all."""

    def __init__(self, root: DuckDBPyConnection, path: Path, *, read_only: bool) -> None:
        self.path = path
        self.shown = str(path)
        self.read_only = read_only
        self._root = root
        self._own = threading.local()
        self._cursors: list[DuckDBPyConnection] = []
        # A signal may find its own thread inside, so it must be able to enter once more.
        self._guard = threading.RLock()
        # A cursor takes over what is set globally. Without this, dates depend on the machine.
        root.execute("SET GLOBAL TimeZone = 'UTC'")
        self.catalog = str(self.rows("SELECT current_database()")[0][0])

    def cursor(self) -> DuckDBPyConnection:
        """This thread's cursor: DuckDB's connections must not be shared between threads."""
        mine: DuckDBPyConnection | None = getattr(self._own, "cursor", None)
        if mine is None:
            mine = self._own.cursor = self._root.cursor()
            with self._guard:
                self._cursors.append(mine)
        return mine

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query."""
        return self.cursor().execute(sql, parameters).fetchall()

    def write(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Send a statement once for each row of parameters."""
        # DuckDB 2.0 refuses executemany without rows, and takes twice as long for it with one.
        if len(rows) == 1:
            self.cursor().execute(sql, rows[0])
        elif rows:
            self.cursor().executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[DuckDBPyConnection]:
        """This thread's cursor, in a transaction that is committed unless the block fails."""
        cursor = self.cursor()
        cursor.execute("BEGIN")
        done = False
        try:
            yield cursor
            cursor.execute("COMMIT")
            done = True
        finally:
            if not done:
                # A failed COMMIT has rolled back already, and says so; the first error matters.
                with suppress(duckdb.Error):
                    cursor.execute("ROLLBACK")

    def snapshot(self) -> AbstractContextManager[object]:
        """A block in which all queries see one state of the database."""
        return self.transaction()

    def schemas(self) -> tuple[str, ...]:
        """All schemas of this file, as they are spelt."""
        rows = self.rows(
            "SELECT schema_name FROM information_schema.schemata "
            "WHERE catalog_name = current_database()"
        )
        return tuple(name for (name,) in rows)

    def objects(self, schema: str) -> dict[str, str]:
        """Name to type of the tables and views in a schema."""
        return dict(
            self.rows(
                "SELECT table_name, table_type FROM information_schema.tables "
                "WHERE table_catalog = current_database() AND table_schema = ?",
                [schema],
            )
        )

    def name(self, schema: str, name: str) -> str:
        """A name that stays clear where the file is called as the schema (`prod.duckdb`)."""
        return f"{quote(self.catalog)}.{qualified(schema, name)}"

    def interrupt(self) -> None:
        """Stop what runs on any thread; may be called from any."""
        with self._guard:
            for cursor in self._cursors:
                cursor.interrupt()

    @contextmanager
    def guarded(
        self, explain: Callable[[duckdb.Error], WarehouseError] = warehouse_error
    ) -> Iterator[None]:
        """Let only our errors out of the block, and Ctrl-C into it.

        At a Ctrl-C on the main thread DuckDB 1.4 and 2.0 leave the query and then wait for its
        tasks on other threads, for ever if need be, unless the connection is interrupted too.
        """
        earlier = signal.getsignal(signal.SIGINT)
        main = threading.current_thread() is threading.main_thread()
        if not main or not callable(earlier):
            with translated(explain):
                yield
            return

        def stop(number: int, frame: FrameType | None) -> None:
            self.interrupt()
            earlier(number, frame)

        signal.signal(signal.SIGINT, stop)
        try:
            with translated(explain):
                yield
        finally:
            signal.signal(signal.SIGINT, earlier)

    def close(self) -> None:
        """Let go of the file."""
        with self._guard:
            for cursor in self._cursors:
                cursor.close()
            self._cursors.clear()
        self._root.close()


def open_database(
    path: Path, *, lock_timeout: float, read_only: bool, on_wait: Callable[[str], None]
) -> Database:
    """Open a database file and wait up to `lock_timeout` seconds for whoever holds it."""
    path = path.absolute()
    _check_name(path)
    give_up, pause, told = time.monotonic() + lock_timeout, _FIRST_PAUSE, False
    while True:
        try:
            return Database(
                duckdb.connect(str(path), read_only=read_only), path, read_only=read_only
            )
        except duckdb.Error as error:
            if not (isinstance(error, duckdb.IOException) and LOCKED in str(error)):
                raise _unopened(path, error) from error
            left = give_up - time.monotonic()
            if left <= 0:
                raise _still_held(path, error, lock_timeout) from error
            if not told:
                on_wait(f"{path} is held by {_holder(error)}: waiting up to {lock_timeout:g} s")
                told = True
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE)


def _check_name(path: Path) -> None:
    """DuckDB calls the database as the file, and then `name.table` may mean two things."""
    if path.name.lower().split(".")[0] in (REGISTRY_SCHEMA, BUILDS_SCHEMA):
        raise SeeknalCiError(
            f"a database file called {path.name} hides the schema of that name",
            fix="call it warehouse.duckdb, or anything else",
        )


def _holder(error: duckdb.Error) -> str:
    found = _HOLDER.search(str(error))
    return f"{found['program']} (PID {found['pid']})" if found else "another process"


def _still_held(path: Path, error: duckdb.Error, lock_timeout: float) -> WarehouseError:
    return WarehouseError(
        f"{path} is held by {_holder(error)}, still after {lock_timeout:g} s",
        fix="let that process finish, or wait longer with --lock-timeout SECONDS",
        error_class=type(error).__name__,
        retriable=True,
    )


def _unopened(path: Path, error: duckdb.Error) -> WarehouseError:
    text = str(error)
    fixes = (fix for words, fix in _UNOPENED if words in text)
    return WarehouseError(
        f"{path} cannot be opened: {sentence(error)}",
        fix=next(fixes, "check the file, and that DuckDB's version can read it"),
        error_class=type(error).__name__,
    )
