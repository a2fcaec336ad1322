"""Builds in DuckDB: one table each, registered in the transaction that makes it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial

import duckdb
from duckdb import DuckDBPyConnection

from seeknal_ci.model.environment import Build
from seeknal_ci.model.spec import Column
from seeknal_ci.warehouse import registry
from seeknal_ci.warehouse.duckdb_database import Database
from seeknal_ci.warehouse.duckdb_errors import warehouse_error
from seeknal_ci.warehouse.duckdb_file_errors import file_error
from seeknal_ci.warehouse.duckdb_files import files_query
from seeknal_ci.warehouse.duckdb_text import from_query, one_statement, own
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA, BuildRequest, FileRelation, Relation
from seeknal_ci.warehouse.records import refuse_other_build
from seeknal_ci.warehouse.registry import BUILD
from seeknal_ci.warehouse.turns import Turns


class Builder:
    """Makes builds, each at most once however many threads want it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns = Turns()

    def build(self, request: BuildRequest) -> Build:
        """The registered build, or a new one."""
        cursor = self._database.cursor()
        explain = warehouse_error
        if isinstance(request.relation, FileRelation):
            explain = partial(file_error, relation=request.relation, cursor=cursor)
        with self._turns.alone(request.build_id), self._database.guarded(explain):
            return self._found(cursor, request) or self._make(cursor, request)

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
        refuse_other_build(self._database, request.table, request.build_id)
        cursor.execute(BUILD.delete("id"), [request.build_id])
        cursor.execute(f"DROP TABLE IF EXISTS {self._database.name(BUILDS_SCHEMA, request.table)}")


def _query(cursor: DuckDBPyConnection, relation: Relation) -> str:
    if isinstance(relation, FileRelation):
        return files_query(cursor, relation)
    return own(relation.sql, relation.dialect)


def _columns(cursor: DuckDBPyConnection, table: str) -> tuple[Column, ...]:
    described = cursor.execute(f"DESCRIBE {table}").fetchall()
    return tuple(Column(name=row[0], type=row[1]) for row in described)


def _count(cursor: DuckDBPyConnection, table: str) -> int:
    counted = cursor.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    assert counted is not None
    return int(counted[0])
