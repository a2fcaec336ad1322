"""The warehouse in a DuckDB file. Beside this one, only the `duckdb_*` modules import duckdb."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.model.cleanup import StoredTable
from seeknal_ci.model.environment import Build, Environment, Promotion
from seeknal_ci.model.execution import NO_ENTRIES, Entries
from seeknal_ci.warehouse import (
    duckdb_environments,
    duckdb_storage,
    ledger,
    ledger_tables,
    records,
    registry,
)
from seeknal_ci.warehouse.duckdb_builds import Builder
from seeknal_ci.warehouse.duckdb_database import Database, open_database
from seeknal_ci.warehouse.duckdb_export import export
from seeknal_ci.warehouse.duckdb_numbers import numbers
from seeknal_ci.warehouse.duckdb_text import from_query, one_statement, own
from seeknal_ci.warehouse.protocol import (
    REGISTRY_SCHEMA,
    BuildRequest,
    Delivery,
    ExportRequest,
    TableRelation,
)
from seeknal_ci.warehouse.recorded import Recorded
from seeknal_ci.warehouse.registry import VERSION


class DuckDBWarehouse(Recorded):
    """A DuckDB file as a `Warehouse`; this process owns it until `close`.

    Read-only, nothing is created, and a file that no seeknal-ci has written is an empty warehouse.
    """

    engine = "duckdb"
    _database: Database

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ledger = ledger.Writer()
        self._builder = Builder(database, self._ledger)
        # Pointers are moved by one thread at a time: DuckDB refuses the second one otherwise.
        self._pointers = threading.Lock()
        self._known = self._prepare()

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        lock_timeout: float,
        on_wait: Callable[[str], None],
        read_only: bool = False,
    ) -> DuckDBWarehouse:
        """Open a file, and make it unless `read_only`; waits up to `lock_timeout` seconds.

        `on_wait` is told once if another process holds the file.
        """
        database = open_database(
            path, lock_timeout=lock_timeout, read_only=read_only, on_wait=on_wait
        )
        try:
            return cls(database)
        except SeeknalCiError:
            database.close()
            raise

    @staticmethod
    def exists(path: Path) -> bool:
        """Whether the file is there.

        It is not read: to close a file frees all locks that this process has on it (POSIX).
        """
        return path.is_file()

    def build(self, request: BuildRequest) -> Build:
        """Make a table and register it, in one transaction; an existing build is returned as is."""
        self._refuse_read_only()
        return self._builder.build(request)

    def fingerprint(self, relation: TableRelation) -> str:
        """What tells the rows of a source from others, as they are now, whatever their order."""
        from seeknal_ci.warehouse.duckdb_source import fingerprint

        return fingerprint(relation)

    def check(self, sql: str, dialect: str | None = None) -> int:
        """The single number that a query returns."""
        sql = own(sql, dialect)
        with self._database.guarded():
            cursor = self._database.cursor()
            statement = one_statement(cursor, f"SELECT * {from_query(sql)}")
            rows = cursor.execute(statement).fetchmany(2)
        if len(rows) != 1 or len(rows[0]) != 1 or type(rows[0][0]) is not int:
            raise WarehouseError(
                "a check must return one whole number, and this one does not",
                fix="let it count rows: SELECT count(*) FROM … WHERE …",
                error_class="InvalidInputException",
            )
        return int(rows[0][0])

    def numbers(self, sql: str, seconds: float) -> tuple[int, ...] | None:
        """The one row of a query of ours; None where it takes more than so many seconds."""
        with self._database.guarded():
            return numbers(self._database.cursor(), sql, seconds)

    def hold(self, environment: str, *, wait: bool = True) -> AbstractContextManager[None]:
        """Nothing more is needed: who has the file open has all environments."""
        return nullcontext()

    def alone(self) -> AbstractContextManager[None]:
        """Nothing more is needed, as for `hold`."""
        return nullcontext()

    def stored(self) -> tuple[StoredTable, ...]:
        """Everything in the builds' schema, whoever made it, sorted by name."""
        with self._database.guarded():
            return duckdb_storage.stored(self._database) if self._known else ()

    def discard(self, table: str) -> None:
        """Drop a table of the builds' schema and forget the build that it is."""
        self._refuse_read_only()
        with self._pointers, self._database.guarded():
            duckdb_storage.discard(self._database, table)

    def publish(
        self,
        environment: Environment,
        promotion: Promotion | None = None,
        entries: Entries = NO_ENTRIES,
    ) -> None:
        """Make the environment's schema show exactly its nodes, in one transaction."""
        self._refuse_read_only()
        with self._pointers, self._database.guarded():
            duckdb_environments.publish(
                self._database, self._ledger, environment, promotion, entries
            )

    def delete(self, name: str) -> None:
        """Drop an environment's views, its schema and its record, in one transaction."""
        self._refuse_read_only()
        with self._pointers, self._database.guarded():
            duckdb_environments.delete(self._database, name)

    def export(self, request: ExportRequest) -> int:
        """Write a query's rows to a file; returns how many. The target appears whole or not."""
        if request.target.exists() and request.target.samefile(self._database.path):
            raise SeeknalCiError(
                f"{request.target} is the warehouse itself", fix="write to another file"
            )
        sql = own(request.sql, request.dialect)
        with self._database.guarded():
            return export(self._database.cursor(), replace(request, sql=sql))

    def deliver(self, delivery: Delivery, entries: Entries = NO_ENTRIES) -> None:
        """Remember a delivery in place of the earlier one, and write into the ledger."""
        self._refuse_read_only()
        with self._pointers, self._database.guarded(), self._database.transaction():
            records.deliver(self._database, delivery)
            self._ledger.write(self._database, entries)

    def find_crashed(self, environment: str) -> None:
        """What the ledger has as running has crashed, in all environments: the file is ours."""
        self._refuse_read_only()
        with self._database.guarded(), self._database.transaction():
            ledger.crash(self._database)

    def is_held(self, environment: str) -> bool:
        """Nobody else holds anything: who writes to the file has it alone."""
        return False

    def interrupt(self) -> None:
        """Stop what runs on any thread: it fails as InterruptException."""
        self._database.interrupt()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _prepare(self) -> bool:
        """Make the registry unless read-only; returns whether there is one that we know."""
        with self._database.guarded():
            if self._database.read_only and REGISTRY_SCHEMA not in self._database.schemas():
                return False
            with self._database.transaction() as cursor:
                if not self._database.read_only:
                    for statement in (*registry.CREATE, *ledger_tables.DUCKDB):
                        cursor.execute(statement)
                formats = self._database.rows(VERSION.select())
                if registry.check_format(
                    formats[0][0] if formats else None,
                    self._database.shown,
                    read_only=self._database.read_only,
                ):
                    for statement in registry.UPGRADE:
                        cursor.execute(statement)
                if not formats and not self._database.read_only:
                    cursor.execute(VERSION.insert, [registry.FORMAT])
        return True
