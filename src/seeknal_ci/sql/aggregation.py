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
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.parse import parse_condition
from seeknal_ci.sql.references import Resolved

FUNCTIONS = {
    "count": exp.Count,
    "sum": exp.Sum,
    "avg": exp.Avg,
    "mean": exp.Avg,
    "min": exp.Min,
    "max": exp.Max,
    "stddev": exp.Stddev,
    "std": exp.Stddev,
}

# The query over the input that has the values of windows.
WINDOWED = "windowed"


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
        names += [f"{feature.name}_{_suffix(a)}_ratio_{days}" for a in ratio.aggregates]
    for since in feature.since:
        names += [f"{feature.name}_{_suffix(a)}_if" for a in since.aggregates]
    return tuple(names)


def _suffix(aggregate: str) -> str:
    """Seeknal names `mean` and `std` by the SQL function that they are."""
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
        outputs: list[exp.Expr] = [self._column(key) for key in self.keys]
        for feature in self.spec.features:
            expressions = list(self._expressions(feature))
            outputs += [
                exp.alias_(expression, name, quoted=True)
                for expression, name in zip(expressions, output_names(feature), strict=True)
            ]
        source: exp.Expr = self._table()
        if self.windows:
            inner = exp.select(*self._needed(outputs), *self.windows).from_(source)
            source = inner.subquery(WINDOWED)
        tree = exp.select(*outputs).from_(source).group_by(*(self._column(k) for k in self.keys))
        origin = SqlText("", Place(self.place.path, 1))
        return Resolved(tree, tree, ((self.source, self.place),), origin)

    def _needed(self, outputs: list[exp.Expr]) -> list[exp.Expr]:
        """Columns that the query over the windows reads beside them, each once."""
        found: dict[str, exp.Expr] = {}
        for output in outputs:
            for column in output.find_all(exp.Column):
                if not column.table:
                    found.setdefault(column.name.lower(), column.copy())
        return list(found.values())

    def _expressions(self, feature: Feature) -> Iterator[exp.Expr]:
        for aggregate in feature.basic:
            yield self._call(aggregate, self._column(feature.column))
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
            return exp.Filter(
                this=self._call(aggregate, self._column(feature.column)),
                expression=exp.Where(this=self._within(days)),
            )
        name = f"_window_{len(self.windows)}"
        partition = [
            self._column(key)
            for key in self.keys
            if key.name.lower() != self.spec.application_date_column.name.lower()
        ]
        window = exp.Window(
            this=self._call(aggregate, self._column(feature.column)),
            partition_by=partition,
            order=exp.Order(expressions=[self._column(self.spec.feature_date_column)]),
            spec=exp.WindowSpec(
                kind="RANGE", start=_days(days), start_side="PRECEDING", end="CURRENT ROW"
            ),
        )
        self.windows.append(exp.alias_(window, name))
        # Rows of one group have one date, and so one value: any of them is the value.
        return exp.Max(this=exp.column(name, table=WINDOWED))

    def _within(self, days: int) -> exp.Expr:
        date = self._column(self.spec.feature_date_column)
        upto = self._column(self.spec.application_date_column)
        since = exp.Sub(this=upto.copy(), expression=_days(days))
        return exp.Between(this=date, low=since, high=upto)

    def _conditional(self, aggregate: str, feature: Feature, sql: SqlText) -> exp.Expr:
        condition = parse_condition(sql, self.dialect)
        if condition.find(exp.Table) is not None:
            raise SqlError(
                "condition-reads",
                "a condition reads another table, and may only look at the row itself",
                fix="join what it needs in a transform before this node",
                place=sql.place_of(1),
            )
        for part in condition.find_all(exp.Identifier, exp.Literal, exp.Anonymous):
            line = part.meta.get("line")
            if line is not None:
                _locate(part, sql.place_of(line))
        column = self._column(feature.column)
        if aggregate == "count":
            return exp.Count(this=exp.Case().when(condition, exp.Literal.number(1)))
        if aggregate == "sum":
            zero = exp.Literal.number(0)
            return exp.Sum(this=exp.Case().when(condition, column).else_(zero))
        return exp.Filter(this=self._call(aggregate, column), expression=exp.Where(this=condition))

    def _call(self, aggregate: str, argument: exp.Expr) -> exp.Expr:
        return FUNCTIONS[aggregate](this=argument)

    def _column(self, located: Located) -> exp.Column:
        identifier = exp.to_identifier(located.name, quoted=True)
        _locate(identifier, located.place)
        return exp.Column(this=identifier)

    def _table(self) -> exp.Table:
        identifier = exp.to_identifier(self.source, quoted=True)
        _locate(identifier, self.place)
        return exp.Table(this=identifier, alias=exp.TableAlias(this=exp.to_identifier("input_0")))


def _days(days: int) -> exp.Interval:
    return exp.Interval(this=exp.Literal.string(str(days)), unit=exp.var("DAY"))


def _locate(part: exp.Expr, place: Place) -> None:
    """Of a place in the YAML only the line is known."""
    part.meta.clear()
    part.meta["line"] = place.line
