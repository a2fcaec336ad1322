"""Who reads an environment while it is to move: whom PostgreSQL's locks make us wait for, and for
whom we wait beyond that.

A view is looked up as it is now, whatever snapshot a transaction has. One that began before a table
was filled would find the new view over it, and no rows (measured on PostgreSQL 16). So whoever has
such a snapshot is let finish first.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from seeknal_ci.warehouse.postgres_database import Database
from seeknal_ci.warehouse.postgres_locks import session_shown
from seeknal_ci.warehouse.protocol import REGISTRY_SCHEMA
from seeknal_ci.warehouse.records import listed
from seeknal_ci.warehouse.registry import BUILD

# What a session is at, and since when; NULL for whom we may not know that of.
_SESSION = """a.pid, a.application_name, a.usename, a.state,
    to_char(CASE a.state WHEN 'active' THEN a.query_start ELSE a.xact_start END
        AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"""
# Views of the schema that somebody uses, and tables of ours that somebody has locked.
_READERS = f"""
SELECT DISTINCT n.nspname || '.' || c.relname, {_SESSION}
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_database AS d ON d.oid = l.database
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()
AND d.datname = current_database() AND (n.nspname = ? OR n.nspname = '{REGISTRY_SCHEMA}'
    AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
ORDER BY 1, 2
"""  # noqa: S608
# Transactions whose snapshot may be older than a build, by the name that locks know them by. They
# use a view of the schema, or, if we ask for `idle` ones, stand between two statements: that they
# have a snapshot there says that the next statement has the same. A statement that is a
# transaction by itself has found its views already. What is NULL, we may not know.
_SNAPSHOTS = f"""
SELECT v.virtualtransaction, {_SESSION}
FROM pg_catalog.pg_stat_activity AS a
JOIN pg_catalog.pg_locks AS v ON v.pid = a.pid AND v.locktype = 'virtualxid' AND v.granted
    AND v.virtualxid = v.virtualtransaction
WHERE a.datname = current_database() AND (a.backend_type = 'client backend') IS NOT FALSE
AND a.pid <> pg_catalog.pg_backend_pid() AND a.backend_xmin IS NOT NULL
AND (a.state = 'active' AND a.xact_start = a.query_start) IS NOT TRUE
AND EXISTS (
    SELECT 1 FROM {BUILD.target} AS b WHERE b."id" = ANY(?)
    AND pg_catalog.age(b.xmin) BETWEEN 0 AND pg_catalog.age(a.backend_xmin))
AND (? AND a.state LIKE 'idle in transaction%%' OR EXISTS (
    SELECT 1 FROM pg_catalog.pg_locks AS l
    JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE l.pid = a.pid AND l.locktype = 'relation' AND l.granted AND l.database = a.datid
    AND n.nspname = ?))
ORDER BY a.pid
"""  # noqa: S608


def in_the_way(database: Database, schema: str) -> str:
    """Who keeps the views of a schema from being changed, and with which of them."""
    rows = database.rows(_READERS, [schema])
    shown = [f"{view} by {_shown(*session)}" for view, *session in rows]
    return f"in use: {listed(shown)}" if shown else f"views of `{schema}` were in use"


class OldSnapshots:
    """The transactions that were there when this was first asked, until they are over."""

    def __init__(self, schema: str, *, idle: bool) -> None:
        self._schema = schema
        self._idle = idle
        self._first: set[str] | None = None

    def left(self, database: Database, build_ids: Collection[str]) -> str | None:
        """Who may not see the rows of these builds, and would have to; None if that is nobody."""
        asked = [sorted(build_ids), self._idle, self._schema]
        rows = database.rows(_SNAPSHOTS, asked) if build_ids else []
        if self._first is None:
            self._first = {row[0] for row in rows}
        shown = [_shown(*session) for name, *session in rows if name in self._first]
        return f"transactions are older than the new tables: {listed(shown)}" if shown else None


def _shown(pid: int, program: str | None, user: str | None, state: str | None, since: Any) -> str:
    """A session in words, and what it is at."""
    session = session_shown(pid, program, user)
    if since is None:
        return session
    what = "its query" if state == "active" else "its transaction"
    return f"{session[:-1]}, {what} began at {since} UTC)"
