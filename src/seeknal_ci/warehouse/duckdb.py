"""The warehouse in a DuckDB file. Beside this one, only the `duckdb_*` modules import duckdb."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.model.environment import Build, Environment, Promotion
from seeknal_ci.warehouse import duckdb_environments, records, registry
from seeknal_ci.warehouse.duckdb_builds import Builder
from seeknal_ci.warehouse.duckdb_database import Database, open_database
from seeknal_ci.warehouse.duckdb_export import export
from seeknal_ci.warehouse.duckdb_text import from_query, one_statement, own
from seeknal_ci.warehouse.protocol import (
    REGISTRY_SCHEMA,
    BuildRequest,
    Delivery,
    ExportRequest,
)
from seeknal_ci.warehouse.registry import VERSION


class DuckDBWarehouse:
    """A DuckDB file as a `Warehouse`; this process owns it until `close`.

    Read-only, nothing is created, and a file that no seeknal-ci has written is an empty warehouse.
    """

    engine = "duckdb"

    def __init__(self, database: Database) -> None:
        self._database = database
        self._builder = Builder(database)
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

    def builds(self, build_ids: Collection[str]) -> Mapping[str, Build]:
        """Those of `build_ids` that are whole and registered."""
        with self._database.guarded():
            return records.registered(self._database, build_ids) if self._known else {}

    def latest_seconds(self) -> Mapping[str, float]:
        """Node id to how long its latest build took."""
        with self._database.guarded():
            return dict(self._database.rows(registry.LATEST_SECONDS)) if self._known else {}

    def build(self, request: BuildRequest) -> Build:
        """Make a table and register it, in one transaction; an existing build is returned as is."""
        self._refuse_read_only()
        return self._builder.build(request)

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

    def environments(self) -> tuple[Environment, ...]:
        """All environments, sorted by name, production included."""
        with self._database.guarded():
            return records.environments(self._database) if self._known else ()

    def environment(self, name: str) -> Environment | None:
        """One environment with its nodes."""
        with self._database.guarded():
            return records.environment(self._database, name) if self._known else None

    def promotions(self) -> tuple[Promotion, ...]:
        """All promotions, the newest first."""
        with self._database.guarded():
            return records.promotions(self._database) if self._known else ()

    def hold(self, environment: str) -> AbstractContextManager[None]:
        """Nothing more is needed: who has the file open has all environments."""
        return nullcontext()

    def publish(self, environment: Environment, promotion: Promotion | None = None) -> None:
        """Make the environment's schema show exactly its nodes, in one transaction."""
        self._refuse_read_only()
        with self._pointers, self._database.guarded():
            duckdb_environments.publish(self._database, environment, promotion)

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

    def deliveries(self, environment: str) -> Mapping[str, Delivery]:
        """Exposure's node id to its last delivery in an environment."""
        if not self._known:
            return {}
        with self._database.guarded():
            return records.deliveries(self._database, environment)

    def deliver(self, delivery: Delivery) -> None:
        """Remember a delivery in place of the earlier one."""
        self._refuse_read_only()
        with self._pointers, self._database.guarded(), self._database.transaction():
            records.deliver(self._database, delivery)

    def interrupt(self) -> None:
        """Stop what runs on any thread: it fails as InterruptException."""
        self._database.interrupt()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _prepare(self) -> bool:
        """Make the registry unless read-only; returns whether there is one that we know."""
        shown = str(self._database.path)
        with self._database.guarded():
            if self._database.read_only and REGISTRY_SCHEMA not in self._database.schemas():
                return False
            with self._database.transaction() as cursor:
                if not self._database.read_only:
                    for statement in registry.CREATE:
                        cursor.execute(statement)
                formats = self._database.rows(VERSION.select())
                registry.check_format(formats[0][0] if formats else None, shown)
                if not formats and not self._database.read_only:
                    cursor.execute(VERSION.insert, [registry.FORMAT])
        return True

    def _refuse_read_only(self) -> None:
        if self._database.read_only:
            raise SeeknalCiError(
                f"{self._database.path} is open read-only", fix="open it for writing"
            )
