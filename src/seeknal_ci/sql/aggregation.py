"""An aggregation as a query over its input.

One row an entity, application date and group. `basic` aggregates the group's rows. A window of N
days is `RANGE BETWEEN INTERVAL N DAY PRECEDING AND CURRENT ROW`, as in Seeknal: where both dates
are one column it reaches back over the entity's earlier rows; where a row carries an application
date of its own, it takes the group's rows dated in the N days up to that date.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import AggregationSpec, Feature, Located, SqlText
from seeknal_ci.sql.aggregates import (
    aggregated,
    columns_needed,
    filtered,
    input_table,
    located_column,
    row_condition,
)
from seeknal_ci.sql.references import Resolved

# The query over the input that has the values of windows.
WINDOWED = "windowed"
DATED = "dated"


def aggregation_query(spec: AggregationSpec, source: str, place: Place, dialect: str) -> Resolved:
    """The query that an aggregation stands for. Raises SqlError for a condition that is no SQL.

    Every identifier carries the line on which the project's YAML writes it.
    """
    return _Compiler(spec, source, place, dialect).query()


def output_names(feature: Feature) -> tuple[str, ...]:
    """The columns that a feature makes, in order."""
    names = [f"{feature.name}_{_suffix(a)}" for a in feature.basic]
    for rolling in feature.rolling:
        names += [f"{feature.name}_{_suffix(a)}_{rolling.days}d" for a in rolling.aggregates]
    for ratio in feature.ratio:
        days = f"{ratio.numerator_days}d_{ratio.denominator_days}d"
        names += [f"{feature.name}_{a}_ratio_{days}" for a in ratio.aggregates]
    for since in feature.since:
        names += [f"{feature.name}_{_suffix(a)}_if" for a in since.aggregates]
    return tuple(names)


def _suffix(aggregate: str) -> str:
    """Seeknal names `mean` and `std` by the SQL function that they are, but not in ratios."""
    return {"mean": "avg", "std": "stddev"}.get(aggregate, aggregate)


class _Compiler:
    def __init__(self, spec: AggregationSpec, source: str, place: Place, dialect: str) -> None:
        self.spec = spec
        self.source = source
        self.place = place
        self.dialect = dialect
        keys = (spec.id_column, spec.application_date_column, *spec.group_by)
        unique: dict[str, Located] = {}
        for key in keys:
            unique.setdefault(key.name.lower(), key)
        self.keys = tuple(unique.values())
        # Reaching back over earlier rows needs windows, which SQL evaluates after grouping.
        self.reaches_back = (
            spec.feature_date_column.name.lower() == spec.application_date_column.name.lower()
        )
        self.windows: list[exp.Expr] = []

    def query(self) -> Resolved:
        outputs: list[exp.Expr] = [located_column(key) for key in self.keys]
        for feature in self.spec.features:
            expressions = list(self._expressions(feature))
            outputs += [
                exp.alias_(expression, name, quoted=True)
                for expression, name in zip(expressions, output_names(feature), strict=True)
            ]
        source: exp.Expr = input_table(self.source, self.place)
        needed = columns_needed(outputs)
        if self.windows:
            source = exp.select(*needed, *self.windows).from_(source).subquery(WINDOWED)
        elif not any(self._is_date(column) for column in needed):
            # No window looks at the date; read all the same, it cannot go without a word.
            date = located_column(self.spec.feature_date_column)
            source = exp.select(*needed, date).from_(source).subquery(DATED)
        tree = exp.select(*outputs).from_(source).group_by(*(located_column(k) for k in self.keys))
        origin = SqlText("", Place(self.place.path, 1))
        return Resolved(tree, tree, ((self.source, self.place),), origin)

    def _is_date(self, column: exp.Expr) -> bool:
        return column.name.lower() == self.spec.feature_date_column.name.lower()

    def _expressions(self, feature: Feature) -> Iterator[exp.Expr]:
        for aggregate in feature.basic:
            yield aggregated(aggregate, located_column(feature.column))
        for rolling in feature.rolling:
            for aggregate in rolling.aggregates:
                yield self._window(aggregate, feature, rolling.days)
        for ratio in feature.ratio:
            for aggregate in ratio.aggregates:
                over = self._window(aggregate, feature, ratio.numerator_days)
                under = self._window(aggregate, feature, ratio.denominator_days)
                zero = exp.Nullif(this=under, expression=exp.Literal.number(0))
                yield exp.Div(this=exp.cast(over, "DOUBLE"), expression=zero)
        for since in feature.since:
            for aggregate in since.aggregates:
                yield self._conditional(aggregate, feature, since.condition)

    def _window(self, aggregate: str, feature: Feature, days: int) -> exp.Expr:
        if not self.reaches_back:
            return filtered(
                aggregated(aggregate, located_column(feature.column)), self._within(days)
            )
        name = f"_window_{len(self.windows)}"
        partition = [
            located_column(key)
            for key in self.keys
            if key.name.lower() != self.spec.application_date_column.name.lower()
        ]
        window = exp.Window(
            this=aggregated(aggregate, located_column(feature.column)),
            partition_by=partition,
            order=exp.Order(expressions=[located_column(self.spec.feature_date_column)]),
            spec=exp.WindowSpec(
                kind="RANGE", start=_days(days), start_side="PRECEDING", end="CURRENT ROW"
            ),
        )
        self.windows.append(exp.alias_(window, name))
        # Rows of one group have one date, and so one value: any of them is the value.
        return exp.Max(this=exp.column(name, table=WINDOWED))

    def _within(self, days: int) -> exp.Expr:
        date = located_column(self.spec.feature_date_column)
        upto = located_column(self.spec.application_date_column)
        since = exp.Sub(this=upto.copy(), expression=_days(days))
        return exp.Between(this=date, low=since, high=upto)

    def _conditional(self, aggregate: str, feature: Feature, sql: SqlText) -> exp.Expr:
        condition = row_condition(sql, self.dialect)
        column = located_column(feature.column)
        if aggregate == "count":
            return exp.Count(this=exp.Case().when(condition, exp.Literal.number(1)))
        if aggregate == "sum":
            zero = exp.Literal.number(0)
            return exp.Sum(this=exp.Case().when(condition, column).else_(zero))
        return filtered(aggregated(aggregate, column), condition)


def _days(days: int) -> exp.Interval:
    return exp.Interval(this=exp.Literal.string(str(days)), unit=exp.var("DAY"))
