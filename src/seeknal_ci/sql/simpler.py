"""Other ways to write the same query, made one: steps that only pass rows on, turned comparisons.

Each rewriting keeps rows, columns and NULLs as they are; two texts become one only by way of these.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.merge_subqueries import merge_subqueries

from seeknal_ci.sql.copies import copied

TURNED: dict[type[exp.Expr], type[exp.Binary]] = {exp.GT: exp.LT, exp.GTE: exp.LTE}
# NULL on either side makes NULL of both; DuckDB and PostgreSQL put NaN above all other numbers.
OPPOSITE: dict[type[exp.Expr], type[exp.Binary]] = {
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
    exp.LT: exp.GTE,
    exp.LTE: exp.GT,
    exp.GT: exp.LTE,
    exp.GTE: exp.LT,
}
FOLDED: dict[type[exp.Expr], Callable[[int, int], int]] = {
    exp.Add: operator.add,
    exp.Sub: operator.sub,
    exp.Mul: operator.mul,
}
# Sums below this are of the type INTEGER, as what they are made of.
LARGEST = 1 << 31


def simpler(query: exp.Expr) -> exp.Expr:
    """The query with steps merged and comparisons turned one way; changes `query` itself."""
    query = _merged(query)
    if query.find(exp.Between, exp.Fetch, exp.Not, exp.Order) is not None:
        for between in list(query.find_all(exp.Between)):
            _write_out(between)
        for negation in reversed(list(query.find_all(exp.Not))):
            _push_in(negation)
        for select in query.find_all(exp.Select):
            _order_by_columns(select)
        for fetch in list(query.find_all(exp.Fetch)):
            _limit(fetch)
    for folded in reversed(list(query.find_all(*FOLDED))):
        _fold(folded)
    for comparison in list(query.find_all(*TURNED)):
        turned = TURNED[type(comparison)]
        _put(comparison, turned(this=comparison.expression, expression=comparison.this))
    return query


def _merged(query: exp.Expr) -> exp.Expr:
    """Steps in WITH or FROM that only choose, compute or filter, put into the query around them.

    What a function does is computed once in a step, and once a use without it: where a function
    may have another value each time, steps are kept.
    """
    if query.find(exp.CTE, exp.Subquery) is None or not _is_steady(query):
        return query
    inlined = copied(query)
    _inline(inlined)
    try:
        return merge_subqueries(inlined)
    except (SqlglotError, KeyError, ValueError):
        return query  # what cannot be merged stays as it is written, and is compared so


def _inline(query: exp.Expr) -> None:
    """Put what is defined in WITH and read once to where it is read."""
    names = [cte.alias.lower() for cte in query.find_all(exp.CTE)]
    if len(set(names)) < len(names):
        return
    readers: dict[str, list[exp.Table]] = {}
    for table in query.find_all(exp.Table):
        readers.setdefault(table.name.lower(), []).append(table)
    for cte in list(query.find_all(exp.CTE)):
        found = readers.get(cte.alias.lower(), [])
        with_ = cte.parent
        if len(found) != 1 or not isinstance(with_, exp.With) or with_.recursive:
            continue
        table, alias = found[0], cte.args["alias"]
        said = {key for key, value in table.args.items() if value}
        if alias.columns or not said <= {"this", "alias"}:
            continue
        name = exp.TableAlias(this=exp.to_identifier(table.alias_or_name))
        cte.pop()
        table.replace(exp.Subquery(this=cte.this, alias=name))
        if not with_.expressions:
            with_.pop()


def _is_steady(node: exp.Expr) -> bool:
    return node.find(exp.Anonymous, exp.Rand, exp.Randn, exp.Uuid, exp.UserDefinedFunction) is None


def _write_out(between: exp.Between) -> None:
    if not _is_plain(between.this) or between.args.get("symmetric"):
        return
    low = exp.GTE(this=between.this.copy(), expression=between.args["low"])
    high = exp.LTE(this=between.this, expression=between.args["high"])
    for side in (low, high):
        side.meta.update(between.meta)
    _put(between, exp.Paren(this=exp.And(this=low, expression=high)))


def _put(old: exp.Expr, new: exp.Expr) -> None:
    """Replace a part by another way to write it, which is shown in the words of the old."""
    new.meta.update(old.meta)
    old.replace(new)


def _is_plain(node: exp.Expr) -> bool:
    """True for columns, literals, and arithmetic of these."""
    kinds = (exp.Column, exp.Identifier, exp.Literal, exp.Paren, exp.Binary, exp.Neg)
    return all(isinstance(part, kinds) for part in node.walk())


def _push_in(negation: exp.Not) -> None:
    inner = negation.this.unnest()
    opposite = OPPOSITE.get(type(inner))
    if opposite is not None:
        _put(negation, opposite(this=inner.this, expression=inner.expression))


def _order_by_columns(select: exp.Select) -> None:
    """In ORDER BY, put columns of inputs in place of the output names that stand for them."""
    order = select.args.get("order")
    outputs: dict[str, list[exp.Expr]] = {}
    for output in select.selects:
        outputs.setdefault(output.alias_or_name, []).append(output.unalias())
    for term in order.expressions if order is not None else ():
        column = term.this
        found = outputs.get(column.name, []) if isinstance(column, exp.Column) else []
        plain = len(found) == 1 and isinstance(found[0], exp.Column) and found[0].text("table")
        if plain and not column.text("table"):
            column.replace(found[0].copy())


def _limit(fetch: exp.Fetch) -> None:
    options = fetch.args.get("limit_options")
    said = {key for key, value in options.args.items() if value} if options is not None else set()
    count = fetch.args.get("count")
    if count is not None and said <= {"rows"} and fetch.parent is not None:
        limit = exp.Limit(expression=count)
        limit.meta.update(fetch.meta)
        fetch.parent.set("limit", limit)


def _fold(node: exp.Expr) -> None:
    left, right = (_integer(part) for part in (node.this, node.expression))
    if left is None or right is None:
        return
    value = FOLDED[type(node)](left, right)
    if abs(value) < LARGEST:
        literal = exp.Literal.number(value)
        literal.type = node.type
        _put(node, literal)


def _integer(node: exp.Expr) -> int | None:
    node = node.unnest()
    is_number = isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit()
    return int(node.name) if is_number and int(node.name) < LARGEST else None
