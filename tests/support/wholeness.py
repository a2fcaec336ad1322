"""What must hold of a warehouse at every moment, whatever died before."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import psycopg

from tests.support.postgres import rows_of
from tests.support.program import Program

# A view's columns, and its rows in an order that depends on them alone.
Rows = tuple[tuple[str, ...], tuple[str, ...]]

_OURS = ("seeknal_ci", "seeknal_ci_builds")
_SYSTEM = ("information_schema", "main", "public")
_DEFINITIONS = {
    "duckdb": "SELECT view_name, sql FROM duckdb_views() WHERE schema_name = ",
    "postgres": "SELECT viewname, definition FROM pg_views WHERE schemaname = ",
}
_SESSIONS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


@dataclass(frozen=True, slots=True)
class Look:
    """A session that looks into a warehouse behind the program's back."""

    engine: str
    query: Callable[[str], list[tuple[Any, ...]]]

    def shown(self, schema: str) -> Mapping[str, Rows]:
        """Everything that a reader of a schema sees."""
        return {view: self.rows(schema, view) for view in self.tables(schema)}

    def tables(self, schema: str) -> list[str]:
        """Names of the views, or tables, of a schema, sorted."""
        rows = self.query(
            f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}' "
            "AND table_catalog = current_database()"
        )
        return sorted(name for (name,) in rows)

    def rows(self, schema: str, table: str) -> Rows:
        """The columns and rows of a view or a table."""
        columns = self.query(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = "
            f"'{schema}' AND table_name = '{table}' ORDER BY ordinal_position"
        )
        rows = self.query(f'SELECT * FROM "{schema}"."{table}"')
        return tuple(name for (name,) in columns), tuple(sorted(map(repr, rows)))

    def check_whole(self) -> None:
        """Builds and environments are as the registry says, and there is nothing else."""
        builds = self._check_builds()
        environments = self.query('SELECT "name", "schema", "commit" FROM seeknal_ci.environment')
        assert self._schemas() == {schema for _, schema, _ in environments}
        for name, schema, _ in environments:
            self._check_views(name, schema, builds)
        self._check_promotion({name: commit for name, _, commit in environments})

    def _check_builds(self) -> Mapping[str, str]:
        """Build id to table; a table has the columns and rows that are registered."""
        found = self.query('SELECT "id", "table", "columns", "rows" FROM seeknal_ci.build')
        assert sorted(table for _, table, _, _ in found) == self.tables("seeknal_ci_builds")
        for _, table, columns, rows in found:
            has_columns, has_rows = self.rows("seeknal_ci_builds", table)
            assert has_columns == tuple(column["name"] for column in json.loads(columns)), table
            assert len(has_rows) == rows, table
        return {build_id: table for build_id, table, _, _ in found}

    def _check_views(self, name: str, schema: str, builds: Mapping[str, str]) -> None:
        """A schema has just the views of its environment, each of the build that is registered."""
        rows = self.query(
            f"SELECT view, build_id FROM seeknal_ci.environment_node WHERE environment = '{name}'"
        )
        nodes = {view: build_id for view, build_id in rows if view is not None}
        definitions = dict(self.query(f"{_DEFINITIONS[self.engine]}'{schema}'"))
        assert sorted(nodes) == self.tables(schema) == sorted(definitions)
        for view, build_id in nodes.items():
            assert builds[build_id] in definitions[view], f"{schema}.{view}"

    def _check_promotion(self, commits: Mapping[str, str]) -> None:
        """What was promoted last is what its environment is."""
        newest = self.query(
            "SELECT id, environment, to_commit FROM seeknal_ci.promotion "
            "ORDER BY finished_at DESC LIMIT 1"
        )
        for promotion, name, commit in newest:
            assert commits[name] == commit
            nodes = "SELECT node, build_id FROM seeknal_ci"
            promoted = f"{nodes}.promotion_node WHERE promotion = '{promotion}'"
            held = f"{nodes}.environment_node WHERE environment = '{name}'"
            assert sorted(self.query(promoted)) == sorted(self.query(held))

    def _schemas(self) -> set[str]:
        """The schemas of environments, and whatever else is there."""
        rows = self.query(
            "SELECT schema_name FROM information_schema.schemata "
            "WHERE catalog_name = current_database()"
        )
        return {name for (name,) in rows if not name.startswith("pg_")} - {*_OURS, *_SYSTEM}


@contextmanager
def looking(program: Program) -> Iterator[Look]:
    """A look into the warehouse of a program that does not run."""
    if program.warehouse is not None:
        with psycopg.connect(program.warehouse, autocommit=True) as session:
            yield Look("postgres", lambda sql: rows_of(session, sql))
        return
    path = program.repo.path / program.folder / "warehouse.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        yield Look("duckdb", lambda sql: connection.execute(sql).fetchall())


def wait_for_the_dead(program: Program) -> None:
    """Until PostgreSQL has noticed of every session that its program is gone."""
    while program.warehouse is not None and program.query(_SESSIONS) != [(0,)]:
        time.sleep(0.02)
