"""Environments in DuckDB: schemas of views, moved together with their record.

Names are compared as DuckDB compares them, and only what the registry knows is ever dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import duckdb
from duckdb import DuckDBPyConnection

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.environment import Environment, EnvironmentNode, Promotion
from seeknal_ci.warehouse import registry
from seeknal_ci.warehouse.duckdb_builds import registered
from seeknal_ci.warehouse.duckdb_database import Database
from seeknal_ci.warehouse.duckdb_text import fold
from seeknal_ci.warehouse.identifiers import qualified, quote
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA
from seeknal_ci.warehouse.registry import (
    DELIVERY,
    ENVIRONMENT,
    ENVIRONMENT_NODE,
    PROMOTION,
    PROMOTION_NODE,
    Row,
    Table,
)

_LISTED = 5


def environments(database: Database) -> tuple[Environment, ...]:
    """All environments, sorted by name."""
    with database.transaction():
        rows = database.rows(ENVIRONMENT.select())
        nodes = _by_owner(database, ENVIRONMENT_NODE)
    found = (registry.environment_of(row, nodes[row[0]]) for row in rows)
    return tuple(sorted(found, key=lambda environment: environment.name))


def environment(database: Database, name: str) -> Environment | None:
    """One environment with its nodes."""
    with database.transaction():
        return _environment(database, name)


def promotions(database: Database) -> tuple[Promotion, ...]:
    """All promotions, the newest first."""
    with database.transaction():
        rows = database.rows(PROMOTION.select())
        nodes = _by_owner(database, PROMOTION_NODE)
    found = (registry.promotion_of(row, nodes[row[0]]) for row in rows)
    return tuple(sorted(found, key=lambda one: (one.finished_at, one.id), reverse=True))


def publish(database: Database, environment: Environment, promotion: Promotion | None) -> None:
    """Make the environment's schema show exactly its nodes, or change nothing."""
    nodes = _nodes_by_view(environment)
    with database.transaction() as cursor:
        tables = _tables(database, environment)
        previous = _environment(database, environment.name)
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
        _record(cursor, environment, promotion)


def delete(database: Database, name: str) -> None:
    """Drop an environment's views, its schema, its record and its deliveries."""
    with database.transaction() as cursor:
        previous = _environment(database, name)
        if previous is None:
            raise SeeknalCiError(
                f"there is no environment `{name}`", fix="see `seeknal-ci env list`"
            )
        _remove_schema(database, previous)
        _forget(cursor, name)
        cursor.execute(DELIVERY.delete("environment"), [name])


def _environment(database: Database, name: str) -> Environment | None:
    rows = database.rows(ENVIRONMENT.select("name"), [name])
    nodes = database.rows(ENVIRONMENT_NODE.select("environment"), [name])
    return registry.environment_of(rows[0], nodes) if rows else None


def _by_owner(database: Database, table: Table) -> Mapping[object, list[Row]]:
    """Rows of a table of nodes, by what they belong to."""
    found: dict[object, list[Row]] = defaultdict(list)
    for row in database.rows(table.select()):
        found[row[0]].append(row)
    return found


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


def _tables(database: Database, environment: Environment) -> Mapping[str, str]:
    """Build id to table of everything that the environment shows."""
    shown = [node for node in environment.nodes if node.view is not None]
    found = registered(database, {node.build_id for node in shown})
    absent = sorted(node.node for node in shown if node.build_id not in found)
    if absent:
        raise SeeknalCiError(
            f"environment `{environment.name}` cannot show what is not built: {_list(absent)}",
            fix="apply it again: what is missing is built then",
        )
    return {build_id: build.table for build_id, build in found.items()}


def _claim(database: Database, environment: Environment, previous: Environment | None) -> str:
    """The environment's schema as the database spells it, made if it is absent."""
    there = _schema(database, environment.schema)
    if there is None:
        schema = f"{quote(database.catalog)}.{quote(environment.schema)}"
        database.cursor().execute(f"CREATE SCHEMA {schema}")
        return environment.schema
    if previous is None:
        rows = database.rows(ENVIRONMENT.select())
        owner = next((row[0] for row in rows if fold(row[1]) == fold(there)), None)
        whose = f"belongs to environment `{owner}`" if owner else "is not one of ours"
        raise SeeknalCiError(
            f"environment `{environment.name}` cannot have the schema `{there}`: it {whose}",
            fix="choose another name, or drop or rename that schema yourself",
        )
    return there


def _schema(database: Database, name: str) -> str | None:
    """A schema as the database spells it, or None where there is none."""
    return next((found for found in database.schemas() if fold(found) == fold(name)), None)


def _own_views(environment: Environment | None, present: Mapping[str, str]) -> set[str]:
    """The views present that are registered for an environment, as the database spells them."""
    nodes = environment.nodes if environment else ()
    registered_views = {fold(node.view) for node in nodes if node.view is not None}
    return {
        name for name, kind in present.items() if kind == "VIEW" and fold(name) in registered_views
    }


def _refuse_taken(
    wanted: Iterable[str], present: Mapping[str, str], ours: set[str], schema: str
) -> None:
    others = {fold(name): name for name in present if name not in ours}
    taken = sorted(others[fold(name)] for name in wanted if fold(name) in others)
    if taken:
        kinds = [f"{present[name].lower()} `{name}`" for name in taken]
        raise SeeknalCiError(
            f"schema `{schema}` already has something else of that name: {_list(kinds)}",
            fix="move or drop it yourself: it was not made by seeknal-ci",
        )


def _remove_schema(database: Database, environment: Environment) -> None:
    """Drop an environment's views and schema, unless others put something there."""
    schema = _schema(database, environment.schema)
    if schema is None:
        return
    present = database.objects(schema)
    ours = _own_views(environment, present)
    others = sorted(f"{present[name].lower()} `{name}`" for name in set(present) - ours)
    if others:
        raise _not_empty(schema, _list(others))
    for view in sorted(ours):
        database.cursor().execute(f"DROP VIEW {database.name(schema, view)}")
    try:
        database.cursor().execute(f"DROP SCHEMA {quote(database.catalog)}.{quote(schema)}")
    except duckdb.DependencyException as error:
        raise _not_empty(schema, "a macro, a sequence or a type") from error


def _not_empty(schema: str, what: str) -> SeeknalCiError:
    return SeeknalCiError(
        f"schema `{schema}` has more in it than this environment: {what}",
        fix="move or drop it yourself: it was not made by seeknal-ci",
    )


def _record(
    cursor: DuckDBPyConnection, environment: Environment, promotion: Promotion | None
) -> None:
    _forget(cursor, environment.name)
    cursor.execute(ENVIRONMENT.insert, registry.row_of(ENVIRONMENT, environment))
    _insert_nodes(cursor, ENVIRONMENT_NODE, environment.name, environment.nodes)
    if promotion:
        cursor.execute(PROMOTION.insert, registry.row_of(PROMOTION, promotion))
        _insert_nodes(cursor, PROMOTION_NODE, promotion.id, promotion.nodes)


def _insert_nodes(
    cursor: DuckDBPyConnection, table: Table, owner: str, nodes: Sequence[EnvironmentNode]
) -> None:
    # DuckDB refuses executemany without rows.
    if nodes:
        cursor.executemany(table.insert, registry.node_rows(owner, nodes))


def _forget(cursor: DuckDBPyConnection, name: str) -> None:
    cursor.execute(ENVIRONMENT_NODE.delete("environment"), [name])
    cursor.execute(ENVIRONMENT.delete("name"), [name])


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
