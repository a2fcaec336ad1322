"""An audit as a query for one number: how many rows it objects to, or how many there are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from seeknal_ci.model.spec import Audit, Json, SqlText
from seeknal_ci.model.values import Values
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.parse import parse_query
from seeknal_ci.sql.placeholders import fill

ITSELF = "__this__"


def audit_query(
    audit: Audit, schema: str, table: str, dialect: str, values: Values | None = None
) -> str:
    """SQL that returns one number for a physical table. Raises SqlError for a query that is wrong.

    For `row_count` it is the number of rows, for all others that of rows objected to. Rows with a
    NULL in a key are unique, and NULL is an accepted value, as constraints of SQL have it. Without
    `values`, symbols stay as they are, which is no query that could be run.
    """
    target = exp.table_(table, db=schema, quoted=True)
    columns = [exp.column(column.name, quoted=True) for column in audit.columns]
    if audit.type == "row_count":
        return _count(target, dialect)
    if audit.type == "custom_sql":
        assert audit.sql is not None, "the shape of an audit says so"
        return _count(_custom(audit.sql, target, dialect, values), dialect)
    if audit.type == "unique":
        return _count(_repeated(columns, target), dialect)
    objections: list[exp.Expr] = [
        column.is_(exp.null())
        if audit.type == "not_null"
        else exp.not_(_accepted(column, audit.values))
        for column in columns
    ]
    rows = exp.select(exp.Count(this=exp.Star())).from_(target)
    return rows.where(exp.or_(*objections)).sql(dialect)


def _count(source: exp.Expr, dialect: str) -> str:
    return exp.select(exp.Count(this=exp.Star())).from_(source).sql(dialect, comments=False)


def _repeated(columns: Sequence[exp.Column], target: exp.Table) -> exp.Subquery:
    """The keys that more than one row has."""
    return (
        exp.select(exp.Literal.number(1))
        .from_(target)
        .where(exp.and_(*(exp.not_(column.copy().is_(exp.null())) for column in columns)))
        .group_by(*columns)
        .having(exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1)))
        .subquery("repeated")
    )


def _accepted(column: exp.Column, values: Sequence[Json]) -> exp.Expr:
    known = [exp.convert(value) for value in values if value is not None]
    return exp.or_(column.copy().is_(exp.null()), column.isin(*known))


def _custom(sql: SqlText, target: exp.Table, dialect: str, values: Values | None) -> exp.Subquery:
    """The project's own query, over the node itself; the rows that it returns are objections."""
    query = parse_query(sql, dialect).copy()
    if values is not None:
        fill(query, values)
    ctes = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    for table in list(query.find_all(exp.Table)):
        name = table.name.lower()
        if name == ITSELF and not table.args.get("db"):
            alias = table.alias or "__THIS__"
            table.replace(exp.alias_(target.copy(), alias, table=True))
        elif name not in ctes:
            raise SqlError(
                "audit-reads",
                f"an audit reads `{table.name or table.sql()}`, and may read __THIS__ alone",
                fix="write __THIS__ for the node's own rows",
                place=sql.place_of(1),
            )
    return query.subquery("objections")
