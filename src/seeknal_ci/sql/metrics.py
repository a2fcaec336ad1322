"""Metrics of one column, or of a whole table, as a profile names them."""

from __future__ import annotations

from sqlglot import exp

from seeknal_ci.sql.aggregates import aggregated

PERCENTILES = {"p25": "percentile_25", "p50": "percentile_50", "p75": "percentile_75"}


def metric_value(name: str, column: exp.Expr | None) -> exp.Expr:
    """The metric over all rows; `column` is None for one of the whole table."""
    if name == "row_count" or column is None:
        return exp.Count(this=exp.Star())
    if name == "null_count":
        return _nulls(column)
    if name == "null_percent":
        return _percent(_nulls(column))
    if name == "distinct_count":
        return exp.Count(this=exp.Distinct(expressions=[column]))
    if name in ("min", "max"):
        return aggregated(name, column)
    return aggregated(PERCENTILES.get(name, name), exp.cast(column, "DOUBLE"))


def _nulls(column: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Case().when(column.is_(exp.null()), exp.Literal.number(1)))


def _percent(nulls: exp.Expr) -> exp.Expr:
    """Of no rows, none is NULL."""
    rows = exp.Nullif(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(0))
    share = exp.Div(
        this=exp.Mul(this=exp.cast(nulls, "DOUBLE"), expression=exp.Literal.number(100)),
        expression=rows,
    )
    return exp.Coalesce(this=share, expressions=[exp.Literal.number(0)])
