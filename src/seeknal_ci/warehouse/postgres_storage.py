"""What the builds' schema of a PostgreSQL database holds, how big it is, and who reads it."""

from __future__ import annotations

from collections import defaultdict

from seeknal_ci.model.cleanup import StoredTable
from seeknal_ci.warehouse import records
from seeknal_ci.warehouse.identifiers import qualified
from seeknal_ci.warehouse.postgres_database import Database
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA

_TABLES = """
SELECT c.relname, c.relkind::text, pg_catalog.pg_total_relation_size(c.oid)
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ? AND c.relkind NOT IN ('i', 'I', 't', 'c')
AND NOT EXISTS (
    SELECT 1 FROM pg_catalog.pg_depend AS d
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
    AND d.deptype IN ('a', 'i') AND c.relkind = 'S')
"""
_READERS = """
SELECT DISTINCT t.relname, n.nspname, v.relname
FROM pg_catalog.pg_depend AS d
JOIN pg_catalog.pg_rewrite AS r ON r.oid = d.objid
JOIN pg_catalog.pg_class AS v ON v.oid = r.ev_class
JOIN pg_catalog.pg_namespace AS n ON n.oid = v.relnamespace
JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid
JOIN pg_catalog.pg_namespace AS b ON b.oid = t.relnamespace
WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass
AND d.refclassid = 'pg_catalog.pg_class'::regclass AND b.nspname = ? AND v.oid <> t.oid
"""
# Longer waits are for those who read an old build, and not for those who clean up.
_LOCK_TIMEOUT = "500ms"


def stored(database: Database) -> tuple[StoredTable, ...]:
    """Everything in the builds' schema, sorted by name."""
    with database.snapshot():
        builds = records.builds_by_table(database)
        readers: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for table, schema, view in database.rows(_READERS, [BUILDS_SCHEMA]):
            readers[table].add((schema, view))
        rows = database.rows(_TABLES, [BUILDS_SCHEMA])
    return tuple(
        StoredTable(
            name=name,
            bytes=int(size) if kind == "r" else None,
            build=builds.get(name),
            readers=tuple(sorted(readers[name])),
            is_table=kind == "r",
        )
        for name, kind, size in sorted(rows)
    )


def discard(database: Database, name: str) -> None:
    """Drop a table of the builds' schema and its record, in one transaction; never with CASCADE."""
    with database.transaction() as session:
        session.ours(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
        session.ours(f"DROP TABLE IF EXISTS {qualified(BUILDS_SCHEMA, name)}")
        records.forget_build(database, name)
