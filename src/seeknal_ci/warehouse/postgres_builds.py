"""Builds in PostgreSQL: one table each, registered in the transaction that makes it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from seeknal_ci.model.environment import Build, Load
from seeknal_ci.model.spec import Column
from seeknal_ci.warehouse import records, registry
from seeknal_ci.warehouse.duckdb_database import Database as DuckDB
from seeknal_ci.warehouse.identifiers import qualified
from seeknal_ci.warehouse.ledger import Writer
from seeknal_ci.warehouse.postgres_database import Database
from seeknal_ci.warehouse.postgres_errors import warehouse_error
from seeknal_ci.warehouse.postgres_files import (
    copy_error,
    copy_rows,
    make_table,
    read_files,
    scratch,
)
from seeknal_ci.warehouse.postgres_locks import Locks, build_lock
from seeknal_ci.warehouse.postgres_queries import Query, Translator
from seeknal_ci.warehouse.postgres_session import Session
from seeknal_ci.warehouse.postgres_source import fetch, fingerprint, select_of
from seeknal_ci.warehouse.postgres_types import duckdb_type
from seeknal_ci.warehouse.protocol import (
    BUILDS_SCHEMA,
    BuildRequest,
    FileRelation,
    QueryRelation,
    TableRelation,
)
from seeknal_ci.warehouse.records import registered_build
from seeknal_ci.warehouse.registry import BUILD
from seeknal_ci.warehouse.turns import Turns

# Columns of a table as PostgreSQL names their types.
_COLUMNS = """
SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = %s::text::regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""

_ABSENT = "SELECT pg_catalog.to_regclass(?) IS NULL"

# Fills a table that it makes; returns how many rows, and the columns where they are known.
Fill = Callable[[Session, str], tuple[int, tuple[Column, ...] | None]]


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes builds, each at most once however many processes and threads want it."""

    database: Database
    locks: Locks
    reader: DuckDB
    translator: Translator
    ledger: Writer
    turns: Turns = field(default_factory=Turns)

    def build(self, request: BuildRequest) -> Build:
        """The registered build, or a new one."""
        with self.turns.alone(request.build_id):
            with self.database.guarded():
                found, _ = self._found(request)
            if found is not None:
                return self._reused(request, found)
            if isinstance(request.relation, FileRelation):
                return self._load(request, request.relation)
            if isinstance(request.relation, TableRelation):
                return self._take(request, request.relation)
            return self._query(request, request.relation)

    def _load(self, request: BuildRequest, relation: FileRelation) -> Build:
        started = time.perf_counter()
        with scratch() as folder:
            rows = Path(folder) / "rows.csv"
            columns = read_files(self.reader, relation, rows)

            def fill(session: Session, table: str) -> tuple[int, tuple[Column, ...]]:
                make_table(session, table, columns, self.database.collation)
                return copy_rows(session, table, rows), columns

            with self.database.guarded(partial(copy_error, relation=relation)):
                return self._make(request, fill, started)

    def _query(self, request: BuildRequest, relation: QueryRelation) -> Build:
        started = time.perf_counter()
        with self.database.guarded(warehouse_error):
            query = self.translator.query(relation.sql, relation.dialect)

            def fill(session: Session, table: str) -> tuple[int, tuple[Column, ...] | None]:
                return _create(session, table, query), query.columns

            return self._make(request, fill, started)

    def _take(self, request: BuildRequest, relation: TableRelation) -> Build:
        """Rows of this database, where they are, or of another one."""
        started = time.perf_counter()
        with scratch() as folder, self.database.guarded(warehouse_error):
            rows = Path(folder) / "rows.csv"
            found = None if relation.url is None else fetch(relation, rows, for_duckdb=False)

            def fill(session: Session, table: str) -> tuple[int, tuple[Column, ...] | None]:
                if found is None:
                    count = _create(session, table, Query(select_of(relation)))
                    mark = fingerprint(session, f"SELECT * FROM {table}")  # noqa: S608
                    columns = None
                else:
                    columns, mark = found
                    make_table(session, table, columns, self.database.collation)
                    count = copy_rows(session, table, rows)
                load = Load(request.build_id, relation.version, mark)
                records.loaded(self.database, load)
                return count, columns

            return self._make(request, fill, started)

    def _make(self, request: BuildRequest, fill: Fill, started: float) -> Build:
        """Fill a table and register it, unless somebody else did so meanwhile."""
        table = qualified(BUILDS_SCHEMA, request.table)
        with self.database.transaction() as session:
            self.locks.take(session, build_lock(request.build_id, request.node), patient=True)
            found, forget = self._found(request)
            if found is not None:
                self.ledger.write(self.database, request.ending(found.rows, False))
                return found
            if forget:
                self.database.write(BUILD.delete("id"), [(request.build_id,)])
            session.ours(f"DROP TABLE IF EXISTS {table}")
            rows, columns = fill(session, table)
            build = Build(
                id=request.build_id,
                node=request.node,
                table=request.table,
                columns=columns or _columns(session, table),
                rows=rows,
                seconds=time.perf_counter() - started,
                created_at=datetime.now(UTC),
                run_id=request.run_id,
            )
            self.database.write(BUILD.insert, [registry.row_of(BUILD, build)])
            self.ledger.write(self.database, request.ending(build.rows, True))
        return build

    def _reused(self, request: BuildRequest, found: Build) -> Build:
        """A build that was there before anybody asked."""
        with self.database.guarded(), self.database.transaction():
            self.ledger.write(self.database, request.ending(found.rows, False))
        return found

    def _found(self, request: BuildRequest) -> tuple[Build | None, bool]:
        """The build, if it is whole: asked of its table alone, whatever else there is. And whether
        it is registered without a table.
        """
        build = registered_build(self.database, request.build_id, request.table)
        if build is None:
            return None, False
        target = qualified(BUILDS_SCHEMA, build.table)
        absent = self.database.rows(_ABSENT, [target]) == [(True,)]
        return (None, True) if absent else (build, False)


def _create(session: Session, table: str, query: Query) -> int:
    """Make a table of a query's rows; returns how many."""
    return session.one(f"CREATE TABLE {table} AS {query.sql}").rowcount


def _columns(session: Session, table: str) -> tuple[Column, ...]:
    described = session.ours(_COLUMNS, table).fetchall()
    return tuple(Column(name, duckdb_type(kind)) for name, kind in described)
