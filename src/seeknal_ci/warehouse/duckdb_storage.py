"""What the builds' schema of a DuckDB file holds, how big it is, and who reads it."""

from __future__ import annotations

import re
from collections import defaultdict

from seeknal_ci.model.cleanup import StoredTable
from seeknal_ci.warehouse import records
from seeknal_ci.warehouse.duckdb_database import Database
from seeknal_ci.warehouse.identifiers import qualified
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA

_VIEWS = """
SELECT schema_name, view_name, sql FROM duckdb_views()
WHERE NOT internal AND database_name = current_database()
"""
# Blocks on disk; small tables share some, and what is only in the log has none yet.
_BLOCKS = "SELECT count(DISTINCT block_id) FROM pragma_storage_info(?) WHERE block_id >= 0"
_BLOCK_SIZE = "SELECT block_size FROM pragma_database_size() WHERE database_name = ?"
_TAIL = re.compile(r"__([0-9a-f]{12})(?![0-9a-f])")


def stored(database: Database) -> tuple[StoredTable, ...]:
    """Everything in the builds' schema, sorted by name."""
    with database.snapshot():
        builds = records.builds_by_table(database)
        readers = _readers(database)
        sizes = database.rows(_BLOCK_SIZE, [database.catalog])
        block = int(sizes[0][0]) if sizes else None
        present = database.objects(BUILDS_SCHEMA)
        return tuple(
            StoredTable(
                name=name,
                bytes=_bytes(database, name, block) if present[name] == "BASE TABLE" else None,
                build=builds.get(name),
                readers=readers.get(_tail(name), ()),
                is_table=present[name] == "BASE TABLE",
            )
            for name in sorted(present)
        )


def discard(database: Database, name: str) -> None:
    """Drop a table of the builds' schema and its record, in one transaction."""
    with database.transaction() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {database.name(BUILDS_SCHEMA, name)}")
        records.forget_build(database, name)


def _bytes(database: Database, name: str, block: int | None) -> int | None:
    if block is None:
        return None
    return int(database.rows(_BLOCKS, [qualified(BUILDS_SCHEMA, name)])[0][0]) * block


def _readers(database: Database) -> dict[str, tuple[tuple[str, str], ...]]:
    """The last digits of a table's name to the views whose text has them.

    DuckDB keeps no record of what a view depends on; its text may only say too much.
    """
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for schema, view, sql in database.rows(_VIEWS):
        for tail in set(_TAIL.findall(sql or "")):
            found[tail].add((schema, view))
    return {tail: tuple(sorted(views)) for tail, views in found.items()}


def _tail(name: str) -> str:
    match = _TAIL.search(name[-14:])
    return match[1] if match else ""
