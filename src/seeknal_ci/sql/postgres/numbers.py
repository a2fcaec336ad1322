"""Numbers: division, averages and rounding."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.expressions import DType as Type

from seeknal_ci.sql.postgres.kinds import (
    AROUND,
    INTEGERS,
    TEMPORAL,
    Rewrite,
    double,
    is_of,
)
from seeknal_ci.sql.postgres.unsayable import unsayable

_ARITHMETIC = (exp.Avg, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance, exp.VariancePop)


def _division(node: exp.Expr) -> exp.Expr:
    """`/` is floating-point to DuckDB, whatever it divides."""
    if is_of(node.this, {Type.INTERVAL}):
        return node
    return exp.Div(this=double(node.this), expression=node.expression, typed=True)


def _whole_division(node: exp.Expr) -> exp.Expr:
    if not (is_of(node.this, INTEGERS) and is_of(node.expression, INTEGERS)):
        raise unsayable("`//` of numbers that are no integers")
    return node


def _average(node: exp.Expr) -> exp.Expr:
    """Of integers and decimals PostgreSQL makes a decimal, and DuckDB a DOUBLE."""
    if is_of(node.this, TEMPORAL):
        raise unsayable(f"{node.key}() of dates or times")
    top = node
    while isinstance(top.parent, AROUND) and top.arg_key == "this":
        top = top.parent
    if top is node:
        return double(node.copy())
    top.replace(double(top.copy()))
    return node


def _round(node: exp.Expr) -> exp.Expr:
    """DuckDB rounds halves away from zero; PostgreSQL does that with decimals only."""
    if is_of(node.this, INTEGERS) or is_of(node.this, {Type.DECIMAL}):
        return node
    exact = exp.Round(this=exp.cast(node.this, exp.DataType(this=Type.DECIMAL)), **_digits(node))
    exact.this.meta["exact"] = True
    return double(exact)


def _digits(node: exp.Expr) -> dict[str, exp.Expr]:
    found = node.args.get("decimals")
    return {} if found is None else {"decimals": found}


REWRITES: Mapping[type[exp.Expr], Rewrite] = {
    **dict.fromkeys(_ARITHMETIC, _average),
    exp.Div: _division,
    exp.IntDiv: _whole_division,
    exp.Round: _round,
}
