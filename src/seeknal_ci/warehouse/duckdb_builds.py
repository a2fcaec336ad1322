"""Builds in DuckDB: one table each, registered in the transaction that makes it."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

import duckdb
from duckdb import DuckDBPyConnection

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.environment import Build
from seeknal_ci.model.spec import Column
from seeknal_ci.warehouse import registry
from seeknal_ci.warehouse.duckdb_database import Database
from seeknal_ci.warehouse.duckdb_errors import warehouse_error
from seeknal_ci.warehouse.duckdb_file_errors import file_error
from seeknal_ci.warehouse.duckdb_files import files_query
from seeknal_ci.warehouse.duckdb_text import from_query, one_statement
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA, BuildRequest, FileRelation, Relation
from seeknal_ci.warehouse.registry import BUILD

_ASKED_AT_ONCE = 500


def registered(database: Database, build_ids: Collection[str]) -> Mapping[str, Build]:
    """Those builds that are registered and whose tables are still there."""
    asked = sorted(build_ids)
    found: dict[str, Build] = {}
    for start in range(0, len(asked), _ASKED_AT_ONCE):
        some = asked[start : start + _ASKED_AT_ONCE]
        for row in database.rows(registry.select_whole_builds(len(some)), some):
            build = registry.build_of(row)
            found[build.id] = build
    return found


class Builder:
    """Makes builds, each at most once however many threads want it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._busy: set[str] = set()
        self._freed = threading.Condition()

    def build(self, request: BuildRequest) -> Build:
        """The registered build, or a new one."""
        cursor = self._database.cursor()
        explain = warehouse_error
        if isinstance(request.relation, FileRelation):
            explain = partial(file_error, relation=request.relation, cursor=cursor)
        with self._alone(request.build_id), self._database.guarded(explain):
            return self._found(cursor, request) or self._make(cursor, request)

    @contextmanager
    def _alone(self, build_id: str) -> Iterator[None]:
        """Wait while another thread makes this build."""
        with self._freed:
            self._freed.wait_for(lambda: build_id not in self._busy)
            self._busy.add(build_id)
        try:
            yield
        finally:
            with self._freed:
                self._busy.discard(build_id)
                self._freed.notify_all()

    def _found(self, cursor: DuckDBPyConnection, request: BuildRequest) -> Build | None:
        """The build, if it is whole: asked of its table alone, whatever else there is."""
        rows = self._database.rows(BUILD.select("id"), [request.build_id])
        if not rows:
            return None
        build = registry.build_of(rows[0])
        try:
            cursor.execute(f"DESCRIBE {self._database.name(BUILDS_SCHEMA, build.table)}")
        except duckdb.CatalogException:
            return None
        return build

    def _make(self, cursor: DuckDBPyConnection, request: BuildRequest) -> Build:
        table = self._database.name(BUILDS_SCHEMA, request.table)
        started = time.perf_counter()
        query = _query(cursor, request.relation)
        statement = one_statement(
            cursor,
            f"CREATE TABLE {table} AS SELECT * {from_query(query)}",
        )
        with self._database.transaction():
            self._make_room(cursor, request)
            cursor.execute(statement)
            build = Build(
                id=request.build_id,
                node=request.node,
                table=request.table,
                columns=_columns(cursor, table),
                rows=_count(cursor, table),
                seconds=time.perf_counter() - started,
                created_at=datetime.now(UTC),
                run_id=request.run_id,
            )
            cursor.execute(BUILD.insert, registry.row_of(BUILD, build))
        return build

    def _make_room(self, cursor: DuckDBPyConnection, request: BuildRequest) -> None:
        """Drop what has the table's name and is no build, and forget a build without a table."""
        owners = self._database.rows(BUILD.select("table"), [request.table])
        others = [row[0] for row in owners if row[0] != request.build_id]
        if others:
            raise SeeknalCiError(
                f"table `{request.table}` already holds build {others[0]}",
                fix="this is a bug of seeknal-ci: please report it",
            )
        cursor.execute(BUILD.delete("id"), [request.build_id])
        cursor.execute(f"DROP TABLE IF EXISTS {self._database.name(BUILDS_SCHEMA, request.table)}")


def _query(cursor: DuckDBPyConnection, relation: Relation) -> str:
    return files_query(cursor, relation) if isinstance(relation, FileRelation) else relation.sql


def _columns(cursor: DuckDBPyConnection, table: str) -> tuple[Column, ...]:
    described = cursor.execute(f"DESCRIBE {table}").fetchall()
    return tuple(Column(name=row[0], type=row[1]) for row in described)


def _count(cursor: DuckDBPyConnection, table: str) -> int:
    counted = cursor.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    assert counted is not None
    return int(counted[0])
