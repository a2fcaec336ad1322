"""The warehouse in a PostgreSQL database. Beside this one, only `postgres_*` import psycopg."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path

import duckdb

from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.model.cleanup import StoredTable
from seeknal_ci.model.environment import Build, Environment, Promotion
from seeknal_ci.model.execution import NO_ENTRIES, Entries
from seeknal_ci.warehouse import (
    ledger,
    ledger_tables,
    postgres_environments,
    postgres_source,
    postgres_storage,
    records,
    registry,
)
from seeknal_ci.warehouse.duckdb_database import Database as DuckDB
from seeknal_ci.warehouse.postgres_builds import Builder
from seeknal_ci.warehouse.postgres_database import Database
from seeknal_ci.warehouse.postgres_export import export_rows
from seeknal_ci.warehouse.postgres_files import scratch
from seeknal_ci.warehouse.postgres_locks import REGISTRY, WORK, Locks, environment_lock
from seeknal_ci.warehouse.postgres_numbers import numbers
from seeknal_ci.warehouse.postgres_queries import Translator
from seeknal_ci.warehouse.protocol import BuildRequest, Delivery, ExportRequest, TableRelation
from seeknal_ci.warehouse.recorded import Recorded
from seeknal_ci.warehouse.registry import VERSION


class PostgresWarehouse(Recorded):
    """A PostgreSQL database as a `Warehouse`, shared with other processes.

    Read-only, nothing is created, and a database without our registry is an empty warehouse.
    """

    engine = "postgres"
    _database: Database

    def __init__(self, database: Database, locks: Locks) -> None:
        self._database = database
        self._locks = locks
        # Reads files, writes files, and knows what DuckDB's SQL means.
        self._scratch = scratch()
        # What does not fit into memory goes there, and not into the folder that we are in.
        memory = duckdb.connect(config={"temp_directory": self._scratch.name})
        self._reader = DuckDB(memory, Path(":memory:"), read_only=False)
        self._translator = Translator(database, self._reader)
        self._ledger = ledger.Writer()
        self._builder = Builder(database, locks, self._reader, self._translator, self._ledger)
        try:
            self._known = self._prepare()
        except SeeknalCiError:
            self.close()
            raise

    @classmethod
    def open(
        cls,
        url: str,
        shown: str,
        *,
        lock_timeout: float,
        on_wait: Callable[[str], None],
        read_only: bool = False,
    ) -> PostgresWarehouse:
        """Connect to the database of a libpq URL, and make the registry unless `read_only`.

        `shown` is the URL without passwords. `on_wait` is told of every lock that is waited for,
        up to `lock_timeout` seconds.
        """
        database = Database(url, shown, read_only=read_only)
        return cls(database, Locks(database, lock_timeout=lock_timeout, on_wait=on_wait))

    def build(self, request: BuildRequest) -> Build:
        """Make a table and register it, in one transaction; an existing build is returned as is."""
        self._refuse_read_only()
        return self._builder.build(request)

    def fingerprint(self, relation: TableRelation) -> str:
        """What tells the rows of a source from others, as they are now, whatever their order."""
        if relation.url is not None:
            return postgres_source.remote_fingerprint(relation)
        with self._database.guarded(), self._database.snapshot() as session:
            return postgres_source.fingerprint(session, postgres_source.select_of(relation))

    def check(self, sql: str, dialect: str | None = None) -> int:
        """The single number that a query returns."""
        with self._database.guarded():
            query = self._translator.query(sql, dialect)
            with self._database.snapshot() as session:
                rows = session.one(query.sql).fetchmany(2)
        number = rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else None
        if isinstance(number, Decimal) and number == number.to_integral_value():
            number = int(number)
        if type(number) is not int:
            raise WarehouseError(
                "a check must return one whole number, and this one does not",
                fix="let it count rows: SELECT count(*) FROM … WHERE …",
                error_class="InvalidInputException",
            )
        return number

    def numbers(self, sql: str, seconds: float) -> tuple[int, ...] | None:
        """The one row of a query of ours; None where it takes more than so many seconds."""
        with self._database.guarded():
            return numbers(self._database, sql, seconds)

    def hold(self, environment: str, *, wait: bool = True) -> AbstractContextManager[None]:
        """Nobody else applies, promotes or deletes the environment while the block lasts."""
        return self._locks.held(environment_lock(environment), beside=WORK, wait=wait)

    def alone(self) -> AbstractContextManager[None]:
        """Nobody holds any environment while the block lasts."""
        return self._locks.held(WORK)

    def stored(self) -> tuple[StoredTable, ...]:
        """Everything in the builds' schema, whoever made it, sorted by name."""
        with self._database.guarded():
            return postgres_storage.stored(self._database) if self._known else ()

    def discard(self, table: str) -> None:
        """Drop a table of the builds' schema and forget the build that it is."""
        self._refuse_read_only()
        with self._database.guarded():
            postgres_storage.discard(self._database, table)

    def publish(
        self,
        environment: Environment,
        promotion: Promotion | None = None,
        entries: Entries = NO_ENTRIES,
    ) -> None:
        """Make the environment's schema show exactly its nodes, in one transaction."""
        self._refuse_read_only()
        with self._database.guarded():
            postgres_environments.publish(
                self._database, self._locks, self._ledger, environment, promotion, entries
            )

    def delete(self, name: str) -> None:
        """Drop an environment's views, its schema and its record, in one transaction."""
        self._refuse_read_only()
        with self._database.guarded():
            postgres_environments.delete(self._database, self._locks, name)

    def export(self, request: ExportRequest) -> int:
        """Write a query's rows to a file; returns how many. The target appears whole or not."""
        with self._database.guarded():
            query = self._translator.query(request.sql, request.dialect)
        return export_rows(self._database, self._reader, query, request)

    def deliver(self, delivery: Delivery, entries: Entries = NO_ENTRIES) -> None:
        """Remember a delivery in place of the earlier one, and write into the ledger."""
        self._refuse_read_only()
        with self._database.guarded(), self._database.transaction():
            records.deliver(self._database, delivery)
            self._ledger.write(self._database, entries)

    def find_crashed(self, environment: str) -> None:
        """What the ledger has as running in an environment has crashed: the caller holds it."""
        self._refuse_read_only()
        with self._database.guarded():
            ledger.crash(self._database, environment)

    def is_held(self, environment: str) -> bool:
        """Whether somebody else holds the environment now."""
        with self._database.guarded():
            return self._locks.is_held(environment_lock(environment))

    def interrupt(self) -> None:
        """Stop what runs on any thread."""
        self._reader.interrupt()
        self._database.interrupt()

    def close(self) -> None:
        """Let go of the database."""
        self._reader.close()
        self._database.close()
        self._scratch.cleanup()

    def _prepare(self) -> bool:
        """Make the registry unless read-only; returns whether there is one that we know."""
        with self._database.guarded():
            if self._has_registry():
                return True
            if self._database.read_only:
                return False
            with self._database.transaction() as session:
                self._locks.take(session, REGISTRY)
                for statement in (*registry.CREATE, *ledger_tables.POSTGRES):
                    session.ours(statement)
                if self._database.rows(VERSION.select()):
                    for statement in registry.UPGRADE:
                        session.ours(statement)
                else:
                    self._database.write(VERSION.insert, [(registry.FORMAT,)])
        return True

    def _has_registry(self) -> bool:
        """Whether the registry is there, and of a format that we know.

        Asked first, because who may not make schemas may not say CREATE … IF NOT EXISTS either.
        """
        if self._database.rows("SELECT to_regclass(?)", [VERSION.target]) == [(None,)]:
            return False
        formats = self._database.rows(VERSION.select())
        older = registry.check_format(
            formats[0][0] if formats else None,
            self._database.shown,
            read_only=self._database.read_only,
        )
        return bool(formats) and not older
