"""Environments in DuckDB: schemas of views, moved together with their record.

Names are compared as DuckDB compares them, and only what the registry knows is ever dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.environment import Environment, EnvironmentNode, Promotion
from seeknal_ci.model.execution import Entries
from seeknal_ci.warehouse import records
from seeknal_ci.warehouse.duckdb_database import Database
from seeknal_ci.warehouse.duckdb_text import fold
from seeknal_ci.warehouse.identifiers import qualified, quote
from seeknal_ci.warehouse.ledger import Writer
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA
from seeknal_ci.warehouse.registry import DELIVERY


def publish(
    database: Database,
    ledger: Writer,
    environment: Environment,
    promotion: Promotion | None,
    entries: Entries,
) -> None:
    """Make the environment's schema show exactly its nodes, or change nothing."""
    nodes = _nodes_by_view(environment)
    with database.transaction() as cursor:
        tables = records.tables_of(database, environment)
        previous = records.recorded(database, environment.name)
        if previous and fold(previous.schema) != fold(environment.schema):
            _remove_schema(database, previous)
            previous = None
        schema = _claim(database, environment, previous)
        present = database.objects(schema)
        ours = _own_views(previous, present)
        _refuse_taken(nodes, present, ours, schema)
        for view in sorted(ours - set(nodes)):
            cursor.execute(f"DROP VIEW {database.name(schema, view)}")
        for view, node in sorted(nodes.items()):
            # Without the database's name, so that the file may be renamed.
            table = qualified(BUILDS_SCHEMA, tables[node.build_id])
            made = f"CREATE OR REPLACE VIEW {database.name(schema, view)}"
            cursor.execute(f"{made} AS SELECT * FROM {table}")  # noqa: S608
        records.record(database, environment, promotion)
        ledger.write(database, entries)


def delete(database: Database, name: str) -> None:
    """Drop an environment's views, its schema, its record and its deliveries."""
    with database.transaction():
        _remove_schema(database, records.existing(database, name))
        records.forget(database, name)
        database.write(DELIVERY.delete("environment"), [(name,)])


def _nodes_by_view(environment: Environment) -> Mapping[str, EnvironmentNode]:
    """What each view shows; views that DuckDB would take for the same are refused."""
    nodes: dict[str, EnvironmentNode] = {}
    for node in environment.nodes:
        if node.view is None:
            continue
        other = nodes.setdefault(fold(node.view), node)
        if other is not node:
            raise SeeknalCiError(
                f"{other.node} and {node.node} would both be the view `{node.view}`: "
                "DuckDB does not tell upper from lower case",
                fix="give one of them another name, or an `alias`",
            )
    return {str(node.view): node for node in nodes.values()}


def _claim(database: Database, environment: Environment, previous: Environment | None) -> str:
    """The environment's schema as the database spells it, made if it is absent."""
    there = _schema(database, environment.schema)
    if there is None:
        schema = f"{quote(database.catalog)}.{quote(environment.schema)}"
        database.cursor().execute(f"CREATE SCHEMA {schema}")
        return environment.schema
    if previous is None:
        records.refuse_taken_schema(database, environment.name, there, fold)
    return there


def _schema(database: Database, name: str) -> str | None:
    """A schema as the database spells it, or None where there is none."""
    return next((found for found in database.schemas() if fold(found) == fold(name)), None)


def _own_views(environment: Environment | None, present: Mapping[str, str]) -> set[str]:
    """The views present that are registered for an environment, as the database spells them."""
    known = {fold(view) for view in records.views_of(environment.nodes if environment else ())}
    return {name for name, kind in present.items() if kind == "VIEW" and fold(name) in known}


def _refuse_taken(
    wanted: Iterable[str], present: Mapping[str, str], ours: set[str], schema: str
) -> None:
    others = {fold(name): name for name in present if name not in ours}
    taken = [others[fold(name)] for name in wanted if fold(name) in others]
    records.refuse_taken_names(schema, taken, present)


def _remove_schema(database: Database, environment: Environment) -> None:
    """Drop an environment's views and schema, unless others put something there."""
    schema = _schema(database, environment.schema)
    if schema is None:
        return
    present = database.objects(schema)
    ours = _own_views(environment, present)
    others = sorted(f"{present[name].lower()} `{name}`" for name in set(present) - ours)
    if others:
        raise records.not_empty(schema, records.listed(others))
    for view in sorted(ours):
        database.cursor().execute(f"DROP VIEW {database.name(schema, view)}")
    try:
        database.cursor().execute(f"DROP SCHEMA {quote(database.catalog)}.{quote(schema)}")
    except duckdb.DependencyException as error:
        raise records.not_empty(schema, "a macro, a sequence or a type") from error
