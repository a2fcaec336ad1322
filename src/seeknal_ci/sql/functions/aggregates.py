"""What aggregates and window functions return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp
from sqlglot.expressions import DType as Type

from seeknal_ci.sql.arithmetic import (
    FLOATS,
    INTEGERS,
    MOMENTS,
    common,
    decimal,
    digits_of,
    is_numeric,
    kind_of,
    plain,
)
from seeknal_ci.sql.functions.rules import (
    LISTS,
    Named,
    element_of,
    first,
    list_of,
    returns,
    rule,
    same,
    type_at,
)


def sum_of(inner: exp.DataType | None) -> exp.DataType | None:
    """The type of the sum of values of a type."""
    kind = kind_of(inner)
    if kind in INTEGERS or kind is Type.BOOLEAN:
        return plain(Type.INT128)
    digits = digits_of(inner) if inner is not None and kind is Type.DECIMAL else None
    if digits:
        return decimal(38, digits[1])
    return plain(Type.DOUBLE) if kind in FLOATS else None


def _average(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
    kind = kind_of(type_at(arguments))
    if kind in MOMENTS or kind in (Type.INTERVAL, Type.TIME):
        return type_at(arguments) if kind is not Type.DATE else None
    return plain(Type.DOUBLE) if is_numeric(kind) else None


def middle_of(inner: exp.DataType | None) -> exp.DataType | None:
    """The type of a median, or of a quantile between two values."""
    kind = kind_of(inner)
    if kind in INTEGERS or kind is Type.DOUBLE:
        return plain(Type.DOUBLE)
    return inner if kind in (Type.DECIMAL, Type.FLOAT) else None


def _quantile(node: exp.Expr) -> exp.DataType | None:
    """One value for one quantile, a list for a list of them; the other values are in ORDER BY."""
    within = node.parent
    if isinstance(within, exp.WithinGroup):
        ordered = within.expression.expressions
        values, quantiles = (ordered[0].this if ordered else None), node.this
    else:
        values, quantiles = node.this, node.expression
    if values is None:
        return None
    if values.type is None:
        return None
    continuous = isinstance(node, exp.PercentileCont)
    found = middle_of(values.type) if continuous else values.type
    kind = kind_of(quantiles.type) if isinstance(quantiles, exp.Expr) else Type.UNKNOWN
    if kind in LISTS:
        return list_of(found)
    return found if is_numeric(kind) else None


def _best(node: exp.Expr) -> exp.DataType | None:
    """One value; the `n` first, as a list, where it is told how many."""
    return list_of(same(node)) if node.args.get("count") else same(node)


def _shifted(node: exp.Expr) -> exp.DataType | None:
    """LAG and LEAD: a default is cast to the type of the values."""
    default = node.args.get("default")
    if default is None or common((node.this, default)) == node.this.type:
        return same(node)
    return same(node) if isinstance(default, exp.Literal) and not default.is_string else None


def _deviation(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
    """The median of distances from the median."""
    kind = kind_of(type_at(arguments))
    return plain(Type.INTERVAL) if kind in MOMENTS else middle_of(type_at(arguments))


def histogram(inner: exp.DataType | None) -> exp.DataType | None:
    """How often each value comes."""
    if kind_of(inner) in (Type.UNKNOWN, Type.NULL):
        return None
    return exp.DataType(this=Type.MAP, expressions=[inner, plain(Type.UBIGINT)], nested=True)


def _first_or_many(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
    return list_of(first(arguments)) if len(arguments) == 3 else first(arguments)


NAMED: Mapping[str, Named] = {
    **dict.fromkeys(("arbitrary", "arg_max_null", "arg_min_null"), first),
    **dict.fromkeys(("arg_max_nulls_last", "arg_min_nulls_last"), _first_or_many),
    **dict.fromkeys(("histogram", "histogram_exact"), lambda a: histogram(type_at(a))),
    "approx_top_k": lambda a: list_of(type_at(a)),
    "mad": _deviation,
    "mean": _average,
    "sum_no_overflow": lambda a: sum_of(type_at(a)),
    "list_any_value": lambda a: element_of(type_at(a)),
    "list_histogram": lambda a: histogram(element_of(type_at(a))),
    "list_mad": lambda a: middle_of(element_of(type_at(a))),
    "list_median": lambda a: middle_of(element_of(type_at(a))),
    "list_sum": lambda a: sum_of(element_of(type_at(a))),
}

REGRESSIONS = (
    *(exp.RegrAvgx, exp.RegrAvgy, exp.RegrIntercept, exp.RegrR2, exp.RegrSlope),
    *(exp.RegrSxx, exp.RegrSxy, exp.RegrSyy),
)

RULES: dict[type[exp.Expr], dict[str, Any]] = {
    **dict.fromkeys((exp.First, exp.Last, exp.Mode), rule(same)),
    **dict.fromkeys((exp.ArgMax, exp.ArgMin, exp.Max, exp.Min), rule(_best)),
    **dict.fromkeys((exp.Lag, exp.Lead), rule(_shifted)),
    **dict.fromkeys((exp.PercentileCont, exp.PercentileDisc), rule(_quantile)),
    **dict.fromkeys((exp.Grouping, exp.GroupingId, exp.Count), returns(Type.BIGINT)),
    **dict.fromkeys(REGRESSIONS, returns(Type.DOUBLE)),
    exp.RegrCount: returns(Type.UINT),
    exp.Avg: rule(lambda node: _average([node.this])),
    exp.Median: rule(lambda node: middle_of(same(node))),
    exp.Sum: rule(lambda node: sum_of(same(node))),
}
