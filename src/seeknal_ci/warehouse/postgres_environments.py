"""Environments in PostgreSQL: schemas of views, moved together with their record.

Only what the registry knows is ever dropped, and never with CASCADE.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.environment import Environment, EnvironmentNode, Promotion
from seeknal_ci.model.execution import Entries
from seeknal_ci.warehouse import postgres_views, records
from seeknal_ci.warehouse.identifiers import NAME_BYTES, quote
from seeknal_ci.warehouse.ledger import Writer
from seeknal_ci.warehouse.postgres_database import Database
from seeknal_ci.warehouse.postgres_locks import (
    POINTERS,
    Locks,
    environment_lock,
)
from seeknal_ci.warehouse.postgres_readers import OldSnapshots, in_the_way
from seeknal_ci.warehouse.postgres_session import Session
from seeknal_ci.warehouse.registry import DELIVERY

# Less than the second after which PostgreSQL looks for a deadlock: it would stop the reader.
_LOCK_TIMEOUT = "500ms"

_KINDS = {
    "r": "TABLE",
    "p": "TABLE",
    "f": "FOREIGN TABLE",
    "v": "VIEW",
    "m": "MATERIALIZED VIEW",
    "S": "SEQUENCE",
    "c": "TYPE",
}
_OBJECTS = """
SELECT c.relname, c.relkind::text
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ? AND c.relkind NOT IN ('i', 'I', 't')
"""


def publish(
    database: Database,
    locks: Locks,
    ledger: Writer,
    environment: Environment,
    promotion: Promotion | None,
    entries: Entries,
) -> None:
    """Make the environment's schema show exactly its nodes, or change nothing.

    A view that somebody reads is waited for, in turns so short that other readers get through.
    """
    nodes = _nodes_by_view(environment)
    snapshots = OldSnapshots(environment.schema, idle=promotion is not None)

    def attempt() -> str | None:
        with database.transaction() as session:
            _begin(session, locks)
            tables = records.tables_of(database, environment)
            previous = records.recorded(database, environment.name)
            shown = previous.build_ids.values() if previous else ()
            left = snapshots.left(database, set(tables).difference(shown))
            if left is not None:
                return left
            if previous and previous.schema != environment.schema:
                _remove_schema(database, session, previous)
                previous = None
            _move(database, session, environment, previous, nodes, tables)
            records.record(database, environment, promotion)
            ledger.write(database, entries)
            locks.check(session, environment_lock(environment.name))
        return None

    locks.retry(attempt, lambda: in_the_way(database, environment.schema))


def delete(database: Database, locks: Locks, name: str) -> None:
    """Drop an environment's views, its schema, its record and its deliveries."""

    def attempt() -> None:
        with database.transaction() as session:
            _begin(session, locks)
            _remove_schema(database, session, records.existing(database, name))
            records.forget(database, name)
            database.write(DELIVERY.delete("environment"), [(name,)])

    schema = records.environment(database, name)
    locks.retry(attempt, lambda: in_the_way(database, schema.schema if schema else name))


def _begin(session: Session, locks: Locks) -> None:
    """One process moves pointers at a time: others might take the same schema."""
    locks.take(session, POINTERS)
    session.ours(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")


def _move(
    database: Database,
    session: Session,
    environment: Environment,
    previous: Environment | None,
    nodes: Mapping[str, EnvironmentNode],
    tables: Mapping[str, str],
) -> None:
    schema = environment.schema
    _claim(database, session, environment, previous)
    present = _objects(database, schema)
    ours = _own_views(previous, present)
    taken = [name for name in nodes if name in present and name not in ours]
    records.refuse_taken_names(schema, taken, present)
    for view in sorted(ours - set(nodes)):
        postgres_views.drop(session, schema, view)
    for view, node in sorted(nodes.items()):
        table = tables[node.build_id]
        postgres_views.show(session, schema, view, table, there=view in ours)


def _nodes_by_view(environment: Environment) -> Mapping[str, EnvironmentNode]:
    """What each view shows. Raises for a name that PostgreSQL cuts, and for one given twice."""
    nodes: dict[str, EnvironmentNode] = {}
    for node in environment.nodes:
        if node.view is None:
            continue
        if len(node.view.encode()) > NAME_BYTES:
            raise _too_long(f"the view of {node.node}", node.view)
        other = nodes.setdefault(node.view, node)
        if other is not node:
            raise SeeknalCiError(
                f"{other.node} and {node.node} would both be the view `{node.view}`",
                fix="give one of them another name, or an `alias`",
            )
    if len(environment.schema.encode()) > NAME_BYTES:
        raise _too_long(f"the schema of environment `{environment.name}`", environment.schema)
    return nodes


def _too_long(what: str, name: str) -> SeeknalCiError:
    return SeeknalCiError(
        f"{what} has a name of {len(name.encode())} bytes, and PostgreSQL takes {NAME_BYTES}: "
        f"`{name}`",
        fix="give it a shorter name, or an `alias`",
    )


def _claim(
    database: Database, session: Session, environment: Environment, previous: Environment | None
) -> None:
    """Make the environment's schema if it is absent. Raises if it is another's."""
    schema = environment.schema
    if not _has_schema(database, schema):
        session.ours(f"CREATE SCHEMA {quote(schema)}")
    elif previous is None:
        records.refuse_taken_schema(database, environment.name, schema)


def _has_schema(database: Database, name: str) -> bool:
    return bool(database.rows("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?", [name]))


def _objects(database: Database, schema: str) -> dict[str, str]:
    """Name to type of what is in a schema and has a name like that of a table."""
    return {name: _KINDS.get(kind, "OBJECT") for name, kind in database.rows(_OBJECTS, [schema])}


def _own_views(environment: Environment | None, present: Mapping[str, str]) -> set[str]:
    """The views present that are registered for an environment."""
    known = records.views_of(environment.nodes if environment else ())
    return {name for name, kind in present.items() if kind == "VIEW" and name in known}


def _remove_schema(database: Database, session: Session, environment: Environment) -> None:
    """Drop an environment's views and schema, unless others put something there."""
    schema = environment.schema
    if not _has_schema(database, schema):
        return
    present = _objects(database, schema)
    ours = _own_views(environment, present)
    others = sorted(f"{present[name].lower()} `{name}`" for name in set(present) - ours)
    if others:
        raise records.not_empty(schema, records.listed(others))
    for view in sorted(ours):
        postgres_views.drop(session, schema, view)
    try:
        session.ours(f"DROP SCHEMA {quote(schema)}")
    except psycopg.errors.DependentObjectsStillExist as error:
        raise records.not_empty(schema, "a function, a type or the like") from error
