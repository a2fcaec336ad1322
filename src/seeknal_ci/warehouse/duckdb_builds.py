"""Builds in DuckDB: one table each, registered in the transaction that makes it."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from seeknal_ci.model.environment import Build, Load
from seeknal_ci.model.spec import Column
from seeknal_ci.warehouse import records, registry
from seeknal_ci.warehouse.duckdb_database import Database
from seeknal_ci.warehouse.duckdb_errors import warehouse_error
from seeknal_ci.warehouse.duckdb_file_errors import file_error
from seeknal_ci.warehouse.duckdb_files import files_query
from seeknal_ci.warehouse.duckdb_source import fetched
from seeknal_ci.warehouse.duckdb_text import from_query, one_statement, own
from seeknal_ci.warehouse.ledger import Writer
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


class Builder:
    """Makes builds, each at most once however many threads want it."""

    def __init__(self, database: Database, ledger: Writer) -> None:
        self._database = database
        self._ledger = ledger
        self._turns = Turns()

    def build(self, request: BuildRequest) -> Build:
        """The registered build, or a new one."""
        cursor = self._database.cursor()
        explain = warehouse_error
        if isinstance(request.relation, FileRelation):
            explain = partial(file_error, relation=request.relation, cursor=cursor)
        with self._turns.alone(request.build_id), self._database.guarded(explain):
            registered = registered_build(self._database, request.build_id, request.table)
            if registered is None or not self._is_there(cursor, registered):
                return self._make(cursor, request, forget=registered is not None)
            with self._database.transaction():
                self._ledger.write(self._database, request.ending(registered.rows, False))
            return registered

    def _is_there(self, cursor: DuckDBPyConnection, build: Build) -> bool:
        """Whether a build has its table: asked of the table alone, whatever else there is."""
        try:
            cursor.execute(f"DESCRIBE {self._database.name(BUILDS_SCHEMA, build.table)}")
        except duckdb.CatalogException:
            return False
        return True

    def _make(self, cursor: DuckDBPyConnection, request: BuildRequest, *, forget: bool) -> Build:
        """Make a table and register it; `forget` a registration whose table is gone."""
        started = time.perf_counter()
        relation = request.relation
        if not isinstance(relation, TableRelation):
            return self._store(cursor, request, _query(cursor, relation), started, forget=forget)
        with tempfile.TemporaryDirectory(prefix="seeknal-ci-rows-") as folder:
            query, mark = fetched(relation, Path(folder) / "rows.csv")
            load = Load(request.build_id, relation.version, mark)
            return self._store(cursor, request, query, started, forget=forget, load=load)

    def _store(
        self,
        cursor: DuckDBPyConnection,
        request: BuildRequest,
        query: str,
        started: float,
        *,
        forget: bool,
        load: Load | None = None,
    ) -> Build:
        table = self._database.name(BUILDS_SCHEMA, request.table)
        statement = one_statement(
            cursor,
            f"CREATE TABLE {table} AS SELECT * {from_query(query)}",
        )
        with self._database.transaction():
            if forget:
                cursor.execute(BUILD.delete("id"), [request.build_id])
            # What has the table's name and is no build is what somebody left there.
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
            told = cursor.execute(statement).fetchall()
            build = Build(
                id=request.build_id,
                node=request.node,
                table=request.table,
                columns=_columns(cursor, table),
                # A PIVOT, which runs as several statements, does not tell how many it made.
                rows=int(told[0][0]) if told else _count(cursor, table),
                seconds=time.perf_counter() - started,
                created_at=datetime.now(UTC),
                run_id=request.run_id,
            )
            cursor.execute(BUILD.insert, registry.row_of(BUILD, build))
            if load is not None:
                records.loaded(self._database, load)
            self._ledger.write(self._database, request.ending(build.rows, True))
        return build


def _query(cursor: DuckDBPyConnection, relation: FileRelation | QueryRelation) -> str:
    if isinstance(relation, FileRelation):
        return files_query(cursor, relation)
    return own(relation.sql, relation.dialect)


def _columns(cursor: DuckDBPyConnection, table: str) -> tuple[Column, ...]:
    described = cursor.execute(f"DESCRIBE {table}").fetchall()
    return tuple(Column(name=row[0], type=row[1]) for row in described)


def _count(cursor: DuckDBPyConnection, table: str) -> int:
    counted = cursor.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    assert counted is not None, "a count is one row"
    return int(counted[0])
