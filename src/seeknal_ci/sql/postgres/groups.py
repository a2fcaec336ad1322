"""Aggregates that choose one row of a group, and that count conditions."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from seeknal_ci.sql.postgres.kinds import AROUND, Rewrite
from seeknal_ci.sql.postgres.unsayable import unsayable


def _any_value(node: exp.Expr) -> exp.Expr:
    inner = node.this
    if isinstance(node.parent, AROUND):
        raise unsayable("any_value() with FILTER or OVER")
    return _first_of(inner.this, None, [inner.this])


def _first(node: exp.Expr) -> exp.Expr:
    if isinstance(node.parent, AROUND):
        raise unsayable("first() with FILTER or OVER")
    inner = node.this
    value, order = (inner.this, inner) if isinstance(inner, exp.Order) else (inner, None)
    ordered = None if order is None else order.expressions
    return _first_of(value, ordered, [])


def _best(node: exp.Expr) -> exp.Expr:
    """arg_max and arg_min leave out rows in which either is NULL."""
    if isinstance(node.parent, AROUND) or node.args.get("count") is not None:
        raise unsayable(f"{node.key}() with FILTER, OVER or a count")
    by = exp.Ordered(this=node.expression.copy(), desc=isinstance(node, exp.ArgMax))
    return _first_of(node.this, [by], [node.this, node.expression])


def _first_of(value: exp.Expr, ordered: list[exp.Expr] | None, present: list[exp.Expr]) -> exp.Expr:
    this = exp.Order(this=value.copy(), expressions=ordered) if ordered else value.copy()
    found: exp.Expr = exp.ArrayAgg(this=this)
    if present:
        there = exp.and_(*(exp.not_(one.copy().is_(exp.null())) for one in present))
        found = exp.Filter(this=found, expression=exp.Where(this=there))
    return exp.Bracket(this=exp.paren(found), expressions=[exp.Literal.number(1)], offset=1)


def _count_if(node: exp.Expr) -> exp.Expr:
    """NULL where every condition is NULL."""
    return exp.Sum(this=exp.cast(node.this, "INT"))


REWRITES: Mapping[type[exp.Expr], Rewrite] = {
    exp.ArgMax: _best,
    exp.ArgMin: _best,
    exp.CountIf: _count_if,
    exp.First: _first,
    exp.IgnoreNulls: _any_value,
}
