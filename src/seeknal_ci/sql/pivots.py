"""PIVOT and UNPIVOT as the SELECT that they stand for, for analysis.

The columns of a PIVOT are known where its values are listed; otherwise they are the data's.
https://duckdb.org/docs/stable/sql/statements/pivot
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from sqlglot import exp

from seeknal_ci.sql.columns_expression import matching
from seeknal_ci.sql.expansion import ABSENT, WHY, Surroundings
from seeknal_ci.sql.naming import text_of_output
from seeknal_ci.sql.patterns import AbsentError, UnknowableError

# In the places of conditions, so that no other query has the canonical text of a pivot: DuckDB
# compares values as text, and leaves out rows whose values are all NULL.
PIVOTED = "PIVOTED"
UNPIVOTED = "UNPIVOTED"

# A value of an IN list, and the name that its column begins with.
Value = tuple[exp.Expr, str]


def expand_pivot(pivot: exp.Pivot, around: Surroundings) -> None:
    """Put a SELECT where a PIVOT or UNPIVOT is; left as it is, with the reason, if none is known.

    Those of a table are written out from the first to the last.
    """
    source = pivot.this if pivot.this is not None else pivot.parent
    assert isinstance(source, exp.Expr), "a pivot is of a table"
    relation = _relation(source)
    try:
        if any(WHY in other.meta for other in source.args.get("pivots") or ()):
            raise UnknowableError("the columns of its input, which are unknown")
        make = _unpivot if pivot.args.get("unpivot") else _pivot
        query = make(pivot, relation, around)
    except AbsentError as error:
        pivot.meta[WHY] = "it picks no column of its input"
        pivot.meta[ABSENT] = (error.absent, error.have)
        return
    except UnknowableError as error:
        pivot.meta[WHY] = f"its columns depend on {error}"
        return
    if pivot.this is not None:
        query.set("with_", pivot.args.get("with_"))
        pivot.replace(query)
        return
    alias = pivot.args.get("alias") or source.args.get("alias")
    if alias is None or not alias.this:
        alias = exp.TableAlias(this=exp.to_identifier(around.fresh()))
    rest = [other for other in source.args["pivots"] if other is not pivot]
    source.replace(exp.Subquery(this=query, alias=alias.copy(), pivots=rest))


def _relation(source: exp.Expr) -> exp.Expr:
    relation = source.copy()
    relation.set("pivots", None)
    return relation


def _from(relation: exp.Expr, pivot: exp.Pivot, around: Surroundings) -> exp.Select:
    """A SELECT from a relation, in the place of the pivot, so that it sees the same CTEs."""
    if isinstance(relation, exp.Subquery) and not relation.alias:
        relation.set("alias", exp.TableAlias(this=exp.to_identifier(around.fresh())))
    query = exp.Select(expressions=[exp.Star()]).from_(relation, copy=False)
    query.parent = pivot.parent
    if pivot.args.get("with_") is not None:
        query.set("with_", pivot.args["with_"].copy())
    return query


def _pivot(pivot: exp.Pivot, relation: exp.Expr, around: Surroundings) -> exp.Select:
    statement = pivot.this is not None
    on = pivot.expressions if statement else pivot.args["fields"]
    counted = [exp.Count(this=exp.Star(), big_int=True)]
    aggregates = (pivot.args.get("using") or counted) if statement else pivot.expressions
    lists = [[(item.this, *value) for value in _values(item)] for item in on]
    group = pivot.args.get("group")
    query = _from(relation, pivot, around)
    keys = [key.copy() for key in group.expressions] if group is not None else []
    if group is None:
        taken = {column.name.lower() for part in (*on, *aggregates) for column in _mentioned(part)}
        names = [output.name for output in around.outputs(query, exp.Star())]
        keys = [_column(name) for name in names if name.lower() not in taken]
    outputs: list[exp.Expr] = [key.copy() for key in keys]
    for chosen in product(*lists):
        tests = [exp.Anonymous(this=PIVOTED, expressions=[o, value]) for o, value, _ in chosen]
        prefix = "_".join(name for _, _, name in chosen)
        for aggregate in aggregates:
            name = _name_of(prefix, aggregate, alone=len(aggregates) == 1)
            value = _filtered(aggregate.unalias(), tests)
            outputs.append(exp.alias_(value, around.name(name), copy=False))
    query.set("expressions", outputs)
    if keys:
        query.set("group", exp.Group(expressions=keys))
    return _alone(query)


def _mentioned(part: exp.Expr) -> Iterator[exp.Column]:
    """The columns of a part, without those names that stand for values."""
    yield from (part.this if isinstance(part, exp.In) else part).find_all(exp.Column)


def _name_of(prefix: str, aggregate: exp.Expr, *, alone: bool) -> str:
    if isinstance(aggregate, exp.Alias):
        return f"{prefix}_{aggregate.alias}"
    return prefix if alone else f"{prefix}_{text_of_output(aggregate)}"


def _filtered(aggregate: exp.Expr, tests: list[exp.Anonymous]) -> exp.Expr:
    """An aggregate of the rows of one value."""
    copies = [test.copy() for test in tests]
    if isinstance(aggregate, exp.Filter):
        copies.append(aggregate.expression.this.copy())
        aggregate = aggregate.this
    where = exp.Where(this=exp.and_(*copies, copy=False))
    return exp.Filter(this=aggregate.copy(), expression=where)


def _values(item: exp.Expr) -> list[Value]:
    """The values that ON or FOR lists, each with its name. Raises UnknowableError."""
    if not isinstance(item, exp.In) or not item.expressions:
        words = (item.this if isinstance(item, exp.In) else item).sql("duckdb")
        raise UnknowableError(f"the values of `{words}`, which are not listed with IN (…)")
    return [_value(value) for value in item.expressions]


def _value(value: exp.Expr) -> Value:
    if isinstance(value, exp.PivotAlias | exp.Alias):
        return _value(value.this)[0], value.args["alias"].name
    if isinstance(value, exp.Column) and not value.table:
        return exp.Literal.string(value.name), value.name
    if isinstance(value, exp.Null):
        return value, "NULL"
    if isinstance(value, exp.Boolean):
        return value, "true" if value.this else "false"
    if isinstance(value, exp.Literal):
        return value, value.name
    raise UnknowableError(f"how DuckDB names the column of `{value.sql('duckdb')}`")


def _unpivot(pivot: exp.Pivot, relation: exp.Expr, around: Surroundings) -> exp.Select:
    query = _from(relation, pivot, around)
    name, values, listed = _parts(pivot)
    items = [item for own in listed for item in _items(own, query, around)]
    if not items or any(len(item) != len(values) for item in items):
        raise UnknowableError("how many columns it puts into one")
    parts = [part for item in items for part in item]
    taken = {column.name.lower() for part in parts for column in part.find_all(exp.Column)}
    names = [output.name for output in around.outputs(query, exp.Star())]
    outputs: list[exp.Expr] = [_column(kept) for kept in names if kept.lower() not in taken]
    texts = exp.Array(expressions=[exp.Literal.string(_label(item)) for item in items])
    outputs.append(exp.alias_(exp.Explode(this=texts), around.name(name.name), copy=False))
    for index, value in enumerate(values):
        column = exp.Array(expressions=[item[index].copy() for item in items])
        outputs.append(exp.alias_(exp.Explode(this=column), around.name(value.name), copy=False))
    query.set("expressions", outputs)
    kept = exp.Anonymous(
        this=UNPIVOTED, expressions=[exp.Boolean(this=bool(pivot.args.get("include_nulls")))]
    )
    return _alone(query.where(kept, copy=False))


def _parts(pivot: exp.Pivot) -> tuple[exp.Identifier, list[exp.Identifier], list[exp.Expr]]:
    """The name of the column of names, those of the columns of values, and what is listed."""
    if pivot.this is None:
        field = pivot.args["fields"][0]
        listed = field.expressions
        values = [value for own in pivot.expressions for value in own.find_all(exp.Identifier)]
        return _identifier(field.this), values, listed
    into = pivot.args.get("into")
    if into is None:
        return exp.to_identifier("name"), [exp.to_identifier("value")], pivot.expressions
    values = [_identifier(value) for value in into.expressions]
    return _identifier(into.this), values, pivot.expressions


def _identifier(node: exp.Expr) -> exp.Identifier:
    found = node.find(exp.Identifier, exp.Literal)
    if found is None:
        raise UnknowableError("how it names its columns")
    return exp.to_identifier(found.name, quoted=True)


def _items(
    own: exp.Expr, query: exp.Select, around: Surroundings
) -> Iterator[tuple[exp.Expr, ...]]:
    """The columns that UNPIVOT puts below each other, those of one row together."""
    inner = own.this if isinstance(own, exp.Alias | exp.PivotAlias) else own
    if isinstance(inner, exp.Columns) or inner.is_star:
        source = inner.this if isinstance(inner, exp.Columns) else inner
        for output in matching(source, query, around):
            yield (_column(output.name),)
    else:
        yield tuple(inner.expressions) if isinstance(inner, exp.Tuple) else (inner,)


def _label(item: tuple[exp.Expr, ...]) -> str:
    return "_".join(part.alias_or_name for part in item)


def _column(name: str) -> exp.Column:
    return exp.Column(this=exp.to_identifier(name, quoted=True))


def _alone(query: exp.Select) -> exp.Select:
    query.parent = None
    query.set("with_", None)
    return query
