"""A second-order aggregation as a query over its input.

One row an entity. Days are counted from a row's feature date to its application date or, where
the node names none, to the last feature date of the whole input. Names and values are those of
Seeknal 2.13 (`tasks/duckdb/aggregators/second_order_aggregator.py`): `basic` takes the rows up to
the application date, `since` all that meet its condition. `percentile` and `delta`, which Seeknal
accepts and never computes, follow the same scheme.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from seeknal_ci.model.features import Compared, Days, SecondOrderFeature, SecondOrderSpec
from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Located, SqlText
from seeknal_ci.sql.aggregates import (
    aggregated,
    columns_needed,
    filtered,
    input_table,
    locate,
    located_column,
    row_condition,
)
from seeknal_ci.sql.references import Resolved

# The query over the input that counts the days; a condition may name them, as in Seeknal.
DATED = "dated"
DAYS = "_days_between"

# The name of a column, and what it is.
Output = tuple[str, exp.Expr]


def second_order_query(spec: SecondOrderSpec, source: str, place: Place, dialect: str) -> Resolved:
    """The query that the features stand for. Raises SqlError for a condition that is no SQL.

    Every identifier carries the line on which the project's YAML writes it. A column that two
    features ask for alike is made once.
    """
    outputs: list[exp.Expr] = [located_column(spec.id_column)]
    seen: set[tuple[str, str]] = set()
    for feature in spec.features:
        for name, expression in _outputs(feature, dialect):
            key = (name.lower(), expression.sql(dialect))
            if key not in seen:
                seen.add(key)
                outputs.append(_named(expression, name, feature.column.place))
    dates = (spec.feature_date_column, spec.application_date_column)
    inner = exp.select(*columns_needed(outputs, made=(DAYS,)), _days_between(*dates))
    dated = inner.from_(input_table(source, place)).subquery(DATED)
    tree = exp.select(*outputs).from_(dated).group_by(located_column(spec.id_column))
    return Resolved(tree, tree, ((source, place),), SqlText("", Place(place.path, 1)))


def _outputs(feature: SecondOrderFeature, dialect: str) -> Iterator[Output]:
    column = feature.column
    for word in feature.aggregates:
        yield f"{column.name}_{word.upper()}", _upto(word, column)
    if feature.window is not None:
        first, last = feature.window
        for word in feature.aggregates:
            yield f"{column.name}_{word.upper()}_{first}_{last}", _of(word, column, feature.window)
    for ratio in feature.ratios:
        for word in ratio.aggregates:
            yield f"{column.name}_{_both(word, ratio)}", _ratio(word, column, ratio)
    for delta in feature.deltas:
        for word in delta.aggregates:
            yield f"{column.name}_DELTA_{_both(word, delta)}", _delta(word, column, delta)
    yield from _conditional(feature, dialect)


def _conditional(feature: SecondOrderFeature, dialect: str) -> Iterator[Output]:
    column = feature.column
    for since in feature.since:
        for word in since.aggregates:
            name = f"SINCE_{word.upper()}_{column.name}_GEO_D"
            if since.condition is None:
                yield name, _upto(word, column)
            else:
                condition = row_condition(since.condition, dialect)
                yield name, filtered(aggregated(word, located_column(column)), condition)


def _both(word: str, compared: Compared) -> str:
    (first, last), (other_first, other_last) = compared.days, compared.other_days
    return f"{word.upper()}{first}_{last}_{word.upper()}{other_first}_{other_last}"


def _ratio(word: str, column: Located, ratio: Compared) -> exp.Expr:
    over = exp.cast(_of(word, column, ratio.days), "DOUBLE")
    under = exp.cast(_of(word, column, ratio.other_days), "DOUBLE")
    return exp.Div(this=over, expression=exp.Nullif(this=under, expression=_number(0)))


def _delta(word: str, column: Located, delta: Compared) -> exp.Expr:
    over, under = _of(word, column, delta.days), _of(word, column, delta.other_days)
    return exp.Sub(this=over, expression=under)


def _upto(word: str, column: Located) -> exp.Expr:
    """The aggregate of the rows that are not after the application date."""
    days = exp.GTE(this=exp.column(DAYS), expression=_number(0))
    return filtered(aggregated(word, located_column(column)), days)


def _of(word: str, column: Located, days: Days) -> exp.Expr:
    first, last = days
    within = exp.Between(this=exp.column(DAYS), low=_number(first), high=_number(last))
    return filtered(aggregated(word, located_column(column)), within)


def _days_between(feature: Located, application: Located | None) -> exp.Expr:
    date = exp.cast(located_column(feature), "DATE")
    until: exp.Expr
    if application is None:
        until = exp.Window(this=exp.Max(this=date.copy()))
    else:
        until = exp.cast(located_column(application), "DATE")
    return exp.alias_(exp.DateDiff(this=until, expression=date, unit=exp.var("DAY")), DAYS)


def _named(expression: exp.Expr, name: str, place: Place) -> exp.Expr:
    alias = exp.to_identifier(name, quoted=True)
    locate(alias, place)
    return exp.Alias(this=expression, alias=alias)


def _number(value: int) -> exp.Expr:
    return exp.convert(value)
