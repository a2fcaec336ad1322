"""A profile as a query over its input: one row a column and metric.

Columns and metrics are named as in Seeknal 2.13 (`workflow/executors/profile_executor.py`). Unlike
there, percentiles are exact, frequent values with equal counts are sorted, and there is no
`freshness_hours`: a build is kept, and its age would be that of the day it was made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from seeknal_ci.model.features import ProfileSpec
from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Column, SqlText
from seeknal_ci.sql.aggregates import aggregated, input_table, locate
from seeknal_ci.sql.analysed import Analysed, Missing, Use
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.metrics import metric_value
from seeknal_ci.sql.references import Resolved
from seeknal_ci.sql.types import FLOATS, INTEGERS, UNSIGNED

# Where a metric is of the input as a whole.
TABLE = "_table_"
MEASURED = "measured"
METRICS = "metrics"

# Of these only what is missing can be told: they are not compared, or not shown as text.
OPAQUE = frozenset({"BIT", "BLOB", "GEOMETRY"})


OUTPUT = tuple(Column(name, "VARCHAR") for name in ("column_name", "metric", "value", "detail"))


@dataclass(frozen=True, slots=True)
class Profiled:
    """A column to look at, as a `number`, a `time`, as `text`, or as `opaque`; and where the
    project names it, if it does.
    """

    name: str
    kind: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of a profile: an expression over the input, or the name of a query for `detail`."""

    column: str
    name: str
    value: exp.Expr | None = None
    detail: str | None = None


def profile_query(
    spec: ProfileSpec, source: str, place: Place, columns: Sequence[Column] | None
) -> Resolved:
    """The query that a profile stands for; `columns` are the input's, None if they are unknown.

    Raises SqlError where it cannot be known which columns there are to look at.
    """
    return _Compiler(spec, source, place, profiled_columns(spec, source, place, columns)).query()


def profile_analysed(
    spec: ProfileSpec, source: str, place: Place, columns: Sequence[Column] | None
) -> Analysed:
    """What is known of a profile, without a look at its query: that is long where its input is
    wide, and says nothing that the columns do not. Raises SqlError as `profile_query` does.
    """
    profiled = profiled_columns(spec, source, place, columns)
    have = {column.name.lower(): column.name for column in columns or ()}
    candidates = tuple(sorted(have.values()))
    uses = tuple(
        Use(source, column.name, column.place or place, star=column.place is None)
        for column in profiled
        if columns is None or column.name.lower() in have
    )
    missing = tuple(
        Missing(column.name, (source,), candidates, column.place or place)
        for column in profiled
        if columns is not None and column.name.lower() not in have
    )
    content = [source, spec.top_values, [[column.name, column.kind] for column in profiled]]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Analysed(OUTPUT, canonical=f"profile {text}", uses=uses, missing=missing)


def profiled_columns(
    spec: ProfileSpec, source: str, place: Place, columns: Sequence[Column] | None
) -> tuple[Profiled, ...]:
    """The columns to look at: those that the project names, or all of them. Raises SqlError where
    it names none and the input's are unknown.
    """
    kinds = {column.name.lower(): _kind(column.type) for column in columns or ()}
    if spec.columns:
        return tuple(
            Profiled(named.name, kinds.get(named.name.lower(), "text"), named.place)
            for named in spec.columns
        )
    if columns is not None:
        return tuple(Profiled(column.name, kinds[column.name.lower()]) for column in columns)
    raise SqlError(
        "profile-columns",
        f"the columns of {source} are unknown, and so is what there is to profile",
        fix="declare a `schema:` on its sources, or name `columns:` under `profile:`",
        place=place,
    )


class _Compiler:
    def __init__(
        self, spec: ProfileSpec, source: str, place: Place, columns: Sequence[Profiled]
    ) -> None:
        self.spec = spec
        self.source = source
        self.place = place
        self.columns = columns
        self.frequent: list[exp.CTE] = []

    def query(self) -> Resolved:
        star = exp.Star()
        star.meta["line"] = self.place.line
        metrics = [Metric(TABLE, "row_count", exp.Count(this=star))]
        for column in self.columns:
            metrics += self._metrics(column)
        tree = _listed(metrics)
        measured = exp.select(
            *(
                exp.alias_(exp.cast(metric.value, "VARCHAR"), f"m{number}")
                for number, metric in enumerate(metrics)
                if metric.value is not None
            )
        ).from_(self._table())
        for cte in (_cte(MEASURED, measured), *self.frequent):
            tree = tree.with_(cte.alias, as_=cte.this, copy=False)
        origin = SqlText("", Place(self.place.path, 1))
        return Resolved(tree, tree, ((self.source, self.place),), origin)

    def _metrics(self, column: Profiled) -> Iterator[Metric]:
        name = column.name
        for metric in ("null_count", "null_percent"):
            yield Metric(name, metric, metric_value(metric, _read(column)))
        if column.kind == "opaque":
            return
        value = _read(column) if column.kind != "text" else _shown(column)
        yield Metric(name, "distinct_count", metric_value("distinct_count", value))
        if column.kind == "text":
            yield Metric(name, "top_values", detail=self._top_values(column))
            return
        for metric in ("min", "max"):
            yield Metric(name, metric, metric_value(metric, _read(column)))
        if column.kind == "number":
            # As it is, the sum of whole and decimal numbers is exact.
            yield Metric(name, "sum", exp.cast(aggregated("sum", _read(column)), "DOUBLE"))
            for metric in ("avg", "stddev", "p25", "p50", "p75"):
                yield Metric(name, metric, metric_value(metric, _read(column)))

    def _top_values(self, column: Profiled) -> str:
        """The name of a query for the most frequent values, as a JSON list of one row."""
        counts = (
            exp.select(
                exp.alias_(_shown(column), "text"),
                exp.alias_(exp.Count(this=exp.Star()), "times"),
                exp.alias_(exp.Window(this=exp.Sum(this=exp.Count(this=exp.Star()))), "total"),
            )
            .from_(self._table())
            .where(exp.not_(_read(column).is_(exp.null())))
            .group_by(_shown(column))
        )
        first = (
            exp.select("text", "times", "total")
            .from_(counts.subquery("counted"))
            .order_by(exp.Ordered(this=exp.column("times"), desc=True), exp.column("text"))
            .limit(self.spec.top_values)
        )
        cte = f"top_{len(self.frequent)}"
        self.frequent.append(_cte(cte, exp.select(_as_json()).from_(first.subquery("kept"))))
        return cte

    def _table(self) -> exp.Table:
        return input_table(self.source, self.place)


def _read(column: Profiled) -> exp.Column:
    """Where all columns are taken, they have no place of their own, as with `*`."""
    identifier = exp.to_identifier(column.name, quoted=True)
    if column.place is not None:
        locate(identifier, column.place)
    return exp.Column(this=identifier)


def _shown(column: Profiled) -> exp.Expr:
    return exp.cast(_read(column), "VARCHAR")


def _kind(type_: str | None) -> str:
    """What can be told of a column's values; all that is nothing else is told as text."""
    if type_ in OPAQUE:
        return "opaque"
    if type_ in (*INTEGERS, *UNSIGNED, *FLOATS) or (type_ or "").startswith("DECIMAL"):
        return "number"
    return "time" if (type_ or "").startswith(("DATE", "TIMESTAMP")) else "text"


def _as_json() -> exp.Expr:
    """`[{"value": …, "count": …, "percent": …}, …]` of the rows kept, as text."""
    share = exp.Div(
        this=exp.Mul(this=exp.cast(exp.column("times"), "DOUBLE"), expression=exp.convert(100)),
        expression=exp.column("total"),
    )
    percent = exp.Round(this=exp.cast(share, "DECIMAL(9, 4)"), decimals=exp.convert(2))
    parts = (
        exp.Literal.string('{"value":'),
        exp.cast(exp.func("to_json", exp.column("text")), "VARCHAR"),
        exp.Literal.string(',"count":'),
        exp.cast(exp.column("times"), "VARCHAR"),
        exp.Literal.string(',"percent":'),
        exp.cast(percent, "VARCHAR"),
        exp.Literal.string("}"),
    )
    order = exp.Order(
        this=_joined(parts),
        expressions=[exp.Ordered(this=exp.column("times"), desc=True), exp.column("text")],
    )
    entries = exp.GroupConcat(this=order, separator=exp.Literal.string(", "))
    listed = _joined((exp.Literal.string("["), entries, exp.Literal.string("]")))
    return exp.alias_(listed, "detail")


def _joined(parts: Sequence[exp.Expr]) -> exp.Expr:
    whole = parts[0]
    for part in parts[1:]:
        whole = exp.DPipe(this=whole, expression=part)
    return whole


def _listed(metrics: Sequence[Metric]) -> exp.Select:
    """One row a metric: its value is a column of the one row of `measured`, picked by number."""
    value, detail = (exp.Case(this=exp.column("number", table=METRICS)) for _ in range(2))
    for number, metric in enumerate(metrics):
        picked = exp.convert(number)
        if metric.value is not None:
            value = value.when(picked, exp.column(f"m{number}", table=MEASURED), copy=False)
        if metric.detail is not None:
            text = exp.select("detail").from_(metric.detail).subquery()
            detail = detail.when(picked, text, copy=False)
    rows = exp.values(
        [(number, metric.column, metric.name) for number, metric in enumerate(metrics)],
        alias=METRICS,
        columns=["number", "column_name", "metric"],
    )
    return (
        exp.select(
            exp.column("column_name", table=METRICS),
            exp.column("metric", table=METRICS),
            exp.alias_(exp.cast(value, "VARCHAR"), "value"),
            exp.alias_(_text(detail), "detail"),
        )
        .from_(MEASURED)
        .join(rows, join_type="CROSS")
    )


def _text(case: exp.Case) -> exp.Expr:
    return exp.cast(case if case.args.get("ifs") else exp.null(), "VARCHAR")


def _cte(name: str, query: exp.Select) -> exp.CTE:
    return exp.CTE(this=query, alias=exp.TableAlias(this=exp.to_identifier(name)))
