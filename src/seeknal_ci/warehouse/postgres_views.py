"""Views that are made anew without a loss: who may read them, what is said of them, who depends.

PostgreSQL changes a view in place only if its first columns keep their names and types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.warehouse.identifiers import qualified, quote
from seeknal_ci.warehouse.postgres_session import Session
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA
from seeknal_ci.warehouse.records import listed

_COLUMNS = """
SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attcollation
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = %s::oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""
# The tables that a view is made of.
_READS = """
SELECT DISTINCT d.refobjid
FROM pg_catalog.pg_depend AS d
JOIN pg_catalog.pg_rewrite AS r ON r.oid = d.objid
WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass
AND d.refclassid = 'pg_catalog.pg_class'::regclass
AND r.ev_class = %s::oid AND d.refobjid <> %s::oid
"""
# What else is made of a view, or of its row type.
_DEPENDANTS = """
SELECT DISTINCT pg_catalog.pg_describe_object(
    CASE WHEN r.oid IS NULL THEN d.classid ELSE 'pg_catalog.pg_class'::regclass END,
    COALESCE(r.ev_class, d.objid),
    CASE WHEN r.oid IS NULL THEN d.objsubid ELSE 0 END)
FROM pg_catalog.pg_depend AS d
LEFT JOIN pg_catalog.pg_rewrite AS r
    ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND r.oid = d.objid
JOIN pg_catalog.pg_class AS c ON c.oid = %s::oid
WHERE d.deptype <> 'i' AND COALESCE(r.ev_class, 0) <> c.oid AND (
    d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.oid
    OR d.refclassid = 'pg_catalog.pg_type'::regclass AND d.refobjid = c.reltype)
ORDER BY 1
"""
_GRANTS = """
SELECT '' AS "column", g.grantee, g.privilege_type, g.is_grantable, c.relowner
FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS g WHERE c.oid = %s::oid
UNION ALL
SELECT a.attname, g.grantee, g.privilege_type, g.is_grantable, c.relowner
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid, pg_catalog.aclexplode(a.attacl) AS g
WHERE c.oid = %s::oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY 1, 2, 3
"""
_COMMENTS = """
SELECT COALESCE(a.attname, ''), d.description
FROM pg_catalog.pg_description AS d
LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = %s::oid
AND (d.objsubid = 0 OR a.attname IS NOT NULL)
ORDER BY 1
"""
_ABOUT = """
SELECT pg_catalog.pg_get_userbyid(c.relowner),
    pg_catalog.pg_get_userbyid(c.relowner) = current_user, COALESCE(c.reloptions, '{}')
FROM pg_catalog.pg_class AS c WHERE c.oid = %s::oid
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What people gave to a view; a column of "" is the view itself."""

    owner: str | None
    options: tuple[str, ...]
    grants: tuple[tuple[str, str | None, str, bool], ...]
    comments: tuple[tuple[str, str], ...]


def show(session: Session, schema: str, view: str, table: str, *, there: bool) -> None:
    """Make a view show all rows of a build, whatever it showed before."""
    source, target = qualified(BUILDS_SCHEMA, table), qualified(schema, view)
    query = f"SELECT * FROM {source}"  # noqa: S608
    if not there:
        session.ours(f"CREATE VIEW {target} AS {query}")
        return
    old, new = _oid(session, target), _oid(session, source)
    before, after = _columns(session, old), _columns(session, new)
    reads = {row[0] for row in session.ours(_READS, old, old).fetchall()}
    if reads == {new} and before == after:
        return
    if before == after[: len(before)]:
        session.ours(f"CREATE OR REPLACE VIEW {target} AS {query}")
        return
    kept = _kept(session, old)
    drop(session, schema, view)
    options = f" WITH ({', '.join(kept.options)})" if kept.options else ""
    session.ours(f"CREATE VIEW {target}{options} AS {query}")
    _give(session, target, kept, {name for name, _, _ in after})


def drop(session: Session, schema: str, view: str) -> None:
    """Drop a view. Raises, and says what, if something of others is made of it."""
    target = qualified(schema, view)
    dependants = [row[0] for row in session.ours(_DEPENDANTS, _oid(session, target)).fetchall()]
    if dependants:
        raise SeeknalCiError(
            f"view `{view}` of schema `{schema}` cannot change its columns or go, because "
            f"others depend on it: {listed(dependants)}",
            fix="drop these first, or let their owners do so, and make them anew afterwards",
        )
    session.ours(f"DROP VIEW {target}")


def _oid(session: Session, target: str) -> int:
    found = session.ours("SELECT %s::text::regclass::oid", target).fetchone()
    assert found is not None
    return int(found[0])


def _columns(session: Session, oid: int) -> list[Any]:
    return session.ours(_COLUMNS, oid).fetchall()


def _kept(session: Session, oid: int) -> Kept:
    about = session.ours(_ABOUT, oid).fetchone()
    assert about is not None
    owner, mine, options = about
    return Kept(
        owner=None if mine else owner,
        options=tuple(options),
        grants=_grants(session, oid),
        comments=tuple(session.ours(_COMMENTS, oid).fetchall()),
    )


def _grants(session: Session, oid: int) -> tuple[tuple[str, str | None, str, bool], ...]:
    """Column, role (None: PUBLIC), privilege and whether it may be passed on; not the owner's."""
    found = []
    for column, grantee, privilege, passed_on, owner in session.ours(_GRANTS, oid, oid).fetchall():
        if grantee != owner:
            found.append((column, _role(session, grantee), privilege, passed_on))
    return tuple(found)


def _role(session: Session, oid: int) -> str | None:
    found = session.ours("SELECT rolname FROM pg_catalog.pg_roles WHERE oid = %s::oid", oid)
    row = found.fetchone()
    return None if row is None else str(row[0])


def _give(session: Session, target: str, kept: Kept, columns: set[str]) -> None:
    """Let a new view have exactly what the old one had, as far as its columns are still there."""
    for column, role, privilege, _ in _grants(session, _oid(session, target)):
        session.ours(f"REVOKE {_granted(privilege, column)} ON {target} FROM {_named(role)}")
    for column, role, privilege, passed_on in kept.grants:
        if column in columns or not column:
            option = " WITH GRANT OPTION" if passed_on else ""
            granted = f"GRANT {_granted(privilege, column)} ON {target} TO {_named(role)}"
            session.ours(granted + option)
    for column, text in kept.comments:
        if column in columns or not column:
            on = f"COLUMN {target}.{quote(column)}" if column else f"VIEW {target}"
            session.ours(f"COMMENT ON {on} IS {_literal(session, text)}")
    if kept.owner is not None:
        session.ours(f"ALTER VIEW {target} OWNER TO {quote(kept.owner)}")


def _granted(privilege: str, column: str) -> str:
    return f"{privilege} ({quote(column)})" if column else privilege


def _named(role: str | None) -> str:
    return "PUBLIC" if role is None else quote(role)


def _literal(session: Session, text: str) -> str:
    """A text as SQL, where PostgreSQL takes no parameters."""
    found = session.ours("SELECT quote_literal(%s::text)", text).fetchone()
    assert found is not None
    return str(found[0])
