"""Two tables compared, as queries that return one row of whole numbers and no values.

Values are equal as `IS NOT DISTINCT FROM` has it: NULL is NULL, NaN is NaN, and floats are compared
exactly. Text is compared by its characters, whatever the collation. Every query is written in the
engine's own dialect.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from seeknal_ci.model.data_diff import Pair
from seeknal_ci.model.spec import Column

POSTGRES = "postgres"
BEFORE, AFTER, BOTH = "b", "a", "u"
# What says that a row is there, in a table that is joined from both sides.
THERE = "present"
SIDE = "side"
TEXT, JSON = "VARCHAR", "JSON"
_LIST = re.compile(r"\[\d*\]$")


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: schema and name."""

    schema: str
    name: str


def values_query(rows: Rows, columns: Sequence[Column], dialect: str) -> str:
    """How many rows there are; then, of each column, how many are not NULL, and how many distinct
    values these have.
    """
    counts: list[exp.Expr] = [_count()]
    for column in columns:
        counts.append(exp.Count(this=_column(column.name)))
        distinct = exp.Distinct(expressions=[_value(column, dialect)])
        counts.append(exp.Count(this=distinct))
    return exp.select(*counts).from_(_table(rows)).sql(dialect)


def keys_query(before: Rows, after: Rows, key: Sequence[Pair], dialect: str) -> str:
    """How many distinct keys there are before, and after. NULL is a value here."""
    sides = (
        _distinct(before, [pair.before for pair in key], dialect),
        _distinct(after, [pair.after for pair in key], dialect),
    )
    return exp.select(*sides).sql(dialect)


def keyed_query(
    before: Rows,
    after: Rows,
    key: Sequence[Pair],
    compared: Sequence[Pair],
    dialect: str,
    *,
    with_nulls: bool,
) -> str:
    """How many rows are only before, only after, and on both sides but changed; then in how many
    each of the `compared` columns differs. The key must be unique on both sides, and every pair of
    one type.

    `with_nulls` is whether NULLs may stand in the key; without them the join is faster.
    """
    olds = _side(before, [p.before for p in key], dialect, with_nulls=with_nulls)
    news = _side(after, [p.after for p in key], dialect, with_nulls=with_nulls)
    olds = _with_values(olds, [p.before for p in compared], dialect)
    news = _with_values(news, [p.after for p in compared], dialect)
    differ = [
        exp.NullSafeNEQ(this=_at(BEFORE, f"v{n}"), expression=_at(AFTER, f"v{n}"))
        for n, _ in enumerate(compared)
    ]
    both = exp.and_(_at(BEFORE, THERE), _at(AFTER, THERE))
    numbers = [
        _count_if(_at(AFTER, THERE).is_(exp.null())),
        _count_if(_at(BEFORE, THERE).is_(exp.null())),
        _count_if(exp.and_(both.copy(), exp.or_(exp.false(), *(d.copy() for d in differ)))),
        *(_count_if(exp.and_(both.copy(), one)) for one in differ),
    ]
    joined = exp.select(*numbers).from_(olds.subquery(BEFORE))
    keys = [f"k{n}" for n in range(1 if with_nulls else len(key))]
    on = exp.and_(*(_at(BEFORE, name).eq(_at(AFTER, name)) for name in keys))
    return joined.join(news.subquery(AFTER), on=on, join_type="full").sql(dialect)


def distinct_query(before: Rows, after: Rows, compared: Sequence[Pair], dialect: str) -> str:
    """How many distinct rows there are before, and after; how many of them only before, and only
    after; and how many are on both sides, but not the same number of times.
    """
    olds = _with_values(_marked(before, SIDE, 0), [p.before for p in compared], dialect)
    news = _with_values(_marked(after, SIDE, 1), [p.after for p in compared], dialect)
    names = [f"v{n}" for n, _ in enumerate(compared)]
    times = [
        exp.alias_(_count_if(exp.column(SIDE).eq(number)), alias)
        for number, alias in enumerate((BEFORE, AFTER))
    ]
    together = exp.union(olds, news, distinct=False)
    counted = exp.select(*times).from_(together.subquery(BOTH)).group_by(*names)
    old, new = exp.column(BEFORE), exp.column(AFTER)
    conditions = (
        old > 0,
        new > 0,
        new.eq(0),
        old.eq(0),
        exp.and_(old > 0, new > 0, old.neq(new)),
    )
    numbers = [_count_if(condition) for condition in conditions]
    return exp.select(*numbers).from_(counted.subquery("counted")).sql(dialect)


def _side(rows: Rows, key: Sequence[Column], dialect: str, *, with_nulls: bool) -> exp.Select:
    """A table's keys under names of ours, and a mark that a row is there.

    PostgreSQL joins no rows in full by IS NOT DISTINCT FROM, but it does by columns of records, in
    which NULL equals NULL on both engines. `ROW(…) = ROW(…)` in the condition is another thing.
    """
    parts = [_value(column, dialect) for column in key]
    if with_nulls:
        parts = [exp.Anonymous(this="ROW", expressions=parts)]
    keys = [exp.alias_(part, f"k{n}") for n, part in enumerate(parts)]
    return _marked(rows, THERE, exp.true()).select(*keys)


def _marked(rows: Rows, name: str, mark: exp.Expr | int) -> exp.Select:
    return exp.select(exp.alias_(exp.convert(mark), name)).from_(_table(rows))


def _with_values(query: exp.Select, columns: Sequence[Column], dialect: str) -> exp.Select:
    items = [exp.alias_(_value(column, dialect), f"v{n}") for n, column in enumerate(columns)]
    return query.select(*items)


def _distinct(rows: Rows, columns: Sequence[Column], dialect: str) -> exp.Expr:
    values = [exp.alias_(_value(column, dialect), f"k{n}") for n, column in enumerate(columns)]
    inner = exp.select(*values).from_(_table(rows)).distinct()
    return exp.select(_count()).from_(inner.subquery("q")).subquery()


def _table(rows: Rows) -> exp.Table:
    return exp.table_(rows.name, db=rows.schema, quoted=True)


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _at(side: str, name: str) -> exp.Column:
    return exp.column(name, table=side)


def _value(column: Column, dialect: str) -> exp.Expr:
    """A column as it is compared.

    In PostgreSQL a text may have any type that DuckDB does not know, some without equality, and
    any collation, some in which different texts are equal; and `json` has no equality.
    """
    value: exp.Expr = _column(column.name)
    if dialect != POSTGRES:
        return value
    kind = str(column.type)
    item = _LIST.sub("", kind)
    brackets = "" if item == kind else "[]"
    if item == TEXT or item.startswith("ENUM("):
        text = exp.cast(value, f"TEXT{brackets}", dialect=POSTGRES)
        return exp.Collate(this=text, expression=exp.to_identifier("C", quoted=True))
    return exp.cast(value, f"JSONB{brackets}", dialect=POSTGRES) if item == JSON else value


def _count() -> exp.Count:
    return exp.Count(this=exp.Star())


def _count_if(condition: exp.Expr) -> exp.Expr:
    return exp.Filter(this=_count(), expression=exp.Where(this=condition))
