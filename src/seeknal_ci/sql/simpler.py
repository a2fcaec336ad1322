"""Other ways to write the same query, made one: steps that only pass rows on, turned comparisons.

Each rewriting keeps rows, columns and NULLs as they are; two texts become one only by way of these.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from sqlglot import exp

from seeknal_ci.sql.merging import merged

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
# What has the same result for a number of any type.
INDIFFERENT = (*OPPOSITE, exp.Limit, exp.Offset)
# Sums below this are of the type INTEGER, as what they are made of.
LARGEST = 1 << 31


def simpler(query: exp.Expr) -> exp.Expr:
    """The query with steps merged and comparisons turned one way; changes `query` itself."""
    query = merged(query)
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
    # Not `= ANY (…)`: none of them is equal, which is not that one of them is another.
    if opposite is not None and not any(isinstance(s, exp.Any | exp.All) for s in _sides(inner)):
        _put(negation, opposite(this=inner.this, expression=inner.expression))


def _sides(comparison: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    return comparison.this.unnest(), comparison.expression.unnest()


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
    if left is None or right is None or not _is_alone(node):
        return
    value = FOLDED[type(node)](left, right)
    if abs(value) < LARGEST:
        literal = exp.Literal.number(value)
        literal.type = node.type
        _put(node, literal)


def _is_alone(node: exp.Expr) -> bool:
    """True where it is of no account which type of integer a number has.

    A literal takes the type of what stands beside it, as in `small + 2`, and a sum does not.
    """
    outer = node.parent
    while isinstance(outer, exp.Paren) or (type(outer) in FOLDED and _is_constant(outer)):
        outer = outer.parent if outer is not None else None
    if isinstance(outer, exp.Alias):
        return outer.find_ancestor(exp.SetOperation) is None
    return isinstance(outer, INDIFFERENT)


def _is_constant(node: exp.Expr | None) -> bool:
    parts = node.walk() if node is not None else ()
    return all(isinstance(part, (exp.Literal, exp.Paren, *FOLDED)) for part in parts)


def _integer(node: exp.Expr) -> int | None:
    node = node.unnest()
    is_number = isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit()
    return int(node.name) if is_number and int(node.name) < LARGEST else None
