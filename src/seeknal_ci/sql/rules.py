"""The checks of a rule as queries over its inputs, each for one number of objections.

As with constraints of SQL, what is NULL is not objected to, unless it is what is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlglot import exp

from seeknal_ci.model.checks import Check, RuleSpec, Threshold
from seeknal_ci.model.node import Input
from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import SqlText
from seeknal_ci.sql.aggregates import input_table, locate, located_column, row_condition
from seeknal_ci.sql.metrics import metric_value
from seeknal_ci.sql.parse import parse_query
from seeknal_ci.sql.references import Resolved, resolve

# Names that Seeknal gives the first input (`workflow/executors/rule_executor.py`, 2.13), beside
# `source_orders` for source.orders.
FIRST_INPUT = ("input_data", "input_0")

# A kind whose rows are metrics, under these names.
PROFILE = "profile"
TABLE = "_table_"

COMPARED: Mapping[str, type[exp.Binary]] = {
    ">": exp.GT,
    ">=": exp.GTE,
    "<": exp.LT,
    "<=": exp.LTE,
    "=": exp.EQ,
    "!=": exp.NEQ,
}


@dataclass(frozen=True, slots=True)
class Question:
    """A check as a query. It returns how many objections there are, or else the objections."""

    check: Check
    query: Resolved
    counts: bool = True

    @property
    def counted(self) -> Resolved:
        """The query for the number of objections."""
        if self.counts:
            return self.query
        rows = self.query.tree.subquery("objections")
        tree = exp.select(exp.Count(this=exp.Star())).from_(rows)
        return replace(self.query, tree=tree)


# A time at which checks are looked at, and not asked.
SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def questions(
    spec: RuleSpec, inputs: Sequence[Input], dialect: str, now: datetime = SOME_DAY
) -> Iterator[Question]:
    """The checks of a rule with these inputs as queries, those alone that can be asked.

    Raises SqlError for SQL that cannot be read.
    """
    for check in spec.asked if inputs else ():
        yield question(check, inputs, dialect, now)


def question(check: Check, inputs: Sequence[Input], dialect: str, now: datetime) -> Question:
    """One check as a query, asked at this time. Raises SqlError."""
    if check.type == "sql_assertion":
        assert check.sql is not None, "the shape of a rule says so"
        return Question(check, assertion(check.sql, inputs, dialect), counts=False)
    tree = _tree(check, inputs[0], dialect, now)
    # Else DuckDB calls it by its whole text, which PostgreSQL refuses as too long a name.
    tree.select(exp.alias_(tree.selects[0], "objections"), append=False, copy=False)
    origin = SqlText("", Place(check.place.path, 1))
    return Question(check, Resolved(tree, tree, ((inputs[0].ref, inputs[0].place),), origin))


def assertion(sql: SqlText, inputs: Sequence[Input], dialect: str) -> Resolved:
    """The project's own query; the rows that it returns are objections. Raises SqlError."""
    query = parse_query(sql, dialect).copy()
    names = {edge.ref.replace(".", "_").lower(): index for index, edge in enumerate(inputs)}
    names |= dict.fromkeys(FIRST_INPUT, 0)
    ctes = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    for table in query.find_all(exp.Table):
        index = names.get(table.name.lower())
        if index is not None and not table.args.get("db") and table.name.lower() not in ctes:
            _by_place(table, index)
    return resolve(query, sql, [edge.ref for edge in inputs])


def _by_place(table: exp.Table, index: int) -> None:
    """Name a table as the input of this number, and keep what the query calls it."""
    meta = dict(table.this.meta)
    if not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
    table.set("this", exp.to_identifier(f"input_{index}"))
    table.this.meta.update(meta)


def _tree(check: Check, first: Input, dialect: str, now: datetime) -> exp.Select:
    source = input_table(first.ref, first.place)
    columns = [located_column(column) for column in check.columns]
    if check.type == "null":
        return _nulls(columns, check.tolerance, source)
    if check.type == "range":
        outside = [part for column in columns for part in _outside(column, check)]
        return _rows(exp.or_(*outside), source)
    if check.type == "uniqueness":
        return _repeated(columns, check.tolerance, source)
    if check.type == "freshness":
        return _stale(columns, check, now, source)
    if check.type == "profile_check":
        if first.ref.startswith(f"{PROFILE}."):
            return _kept_metric(check, source)
        return _metric(check, source)
    assert check.sql is not None, f"a check of type {check.type} is an expression"
    return _rows(exp.not_(exp.paren(row_condition(check.sql, dialect))), source)


def _rows(condition: exp.Expr, source: exp.Table) -> exp.Select:
    return exp.select(exp.Count(this=exp.Star())).from_(source).where(condition)


def _null(column: exp.Expr) -> exp.Expr:
    return column.copy().is_(exp.null())


def _nulls(columns: Sequence[exp.Expr], tolerance: float, source: exp.Table) -> exp.Select:
    """Rows with a NULL; with a tolerance, the NULLs of those columns that have too many."""
    if tolerance == 0:
        return _rows(exp.or_(*(_null(column) for column in columns)), source)
    counts = [
        _beyond_share(
            exp.Count(this=exp.Case().when(_null(column), exp.Literal.number(1))),
            exp.Count(this=exp.Star()),
            tolerance,
        )
        for column in columns
    ]
    total = counts[0]
    for count in counts[1:]:
        total = exp.Add(this=total, expression=count)
    return exp.select(total).from_(source)


def _beyond_share(count: exp.Expr, rows: exp.Expr, tolerance: float) -> exp.Expr:
    """A count that is more than a share of the rows, else 0."""
    allowed = exp.Mul(this=exp.Literal.number(tolerance), expression=rows)
    too_many = exp.GT(this=count, expression=allowed)
    return exp.Case().when(too_many, count.copy()).else_(exp.Literal.number(0))


def _outside(column: exp.Expr, check: Check) -> list[exp.Expr]:
    parts: list[exp.Expr] = []
    if check.low is not None:
        parts.append(exp.LT(this=column.copy(), expression=exp.convert(check.low)))
    if check.high is not None:
        parts.append(exp.GT(this=column.copy(), expression=exp.convert(check.high)))
    return parts


def _repeated(columns: Sequence[exp.Expr], tolerance: float, source: exp.Table) -> exp.Select:
    """Rows beyond the first of each key. Rows with a NULL in the key are unique."""
    keys = (
        exp.select(exp.alias_(exp.Count(this=exp.Star()), "times"))
        .from_(source)
        .where(exp.and_(*(exp.not_(_null(column)) for column in columns)))
        .group_by(*(column.copy() for column in columns))
    )
    times = exp.column("times", table="keys")
    repeats = exp.Sub(this=times, expression=exp.Literal.number(1))
    extra, rows = (
        exp.Coalesce(this=exp.Sum(this=what), expressions=[exp.Literal.number(0)])
        for what in (repeats, times.copy())
    )
    return exp.select(exp.cast(_beyond_share(extra, rows, tolerance), "BIGINT")).from_(
        keys.subquery("keys")
    )


def _stale(
    columns: Sequence[exp.Expr], check: Check, now: datetime, source: exp.Table
) -> exp.Select:
    """1 if the newest date of a column is too old, or if there is none."""
    assert check.max_age_seconds is not None, "the shape of a rule says so"
    moment = now if check.reference is None else datetime.fromisoformat(check.reference)
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    age = timedelta(seconds=check.max_age_seconds)
    oldest = exp.cast(exp.Literal.string((moment - age).isoformat(" ")), "TIMESTAMP")
    newest = exp.cast(exp.Max(this=columns[0]), "TIMESTAMP")
    fresh = exp.GTE(this=newest, expression=oldest)
    answer = exp.Case().when(fresh, exp.Literal.number(0)).else_(exp.Literal.number(1))
    return exp.select(answer).from_(source)


def _metric(check: Check, source: exp.Table) -> exp.Select:
    """1 if a metric of the input is what it must not be."""
    assert check.metric is not None, "the shape of a rule says so"
    assert check.threshold is not None, "the shape of a rule says so"
    column = located_column(check.columns[0]) if check.columns else None
    beyond = _beyond(metric_value(check.metric.name, column), check.threshold)
    answer = exp.Case().when(beyond, exp.Literal.number(1)).else_(exp.Literal.number(0))
    return exp.select(answer).from_(source)


def _kept_metric(check: Check, source: exp.Table) -> exp.Select:
    """1 if a metric that a profile has is what it must not be, or if the profile has it not."""
    assert check.metric is not None, "the shape of a rule says so"
    assert check.threshold is not None, "the shape of a rule says so"
    table_wide = check.metric.name == "row_count" or not check.columns
    name = TABLE if table_wide else check.columns[0].name
    beyond = _beyond(exp.cast(_of_profile("value", check), "DOUBLE"), check.threshold)
    answer = (
        exp.Case()
        .when(
            exp.EQ(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(0)),
            exp.Literal.number(1),
        )
        .else_(exp.Count(this=exp.Case().when(beyond, exp.Literal.number(1))))
    )
    same_name = exp.EQ(
        this=exp.Lower(this=_of_profile("column_name", check)),
        expression=exp.Literal.string(name.lower()),
    )
    same_metric = exp.EQ(
        this=_of_profile("metric", check), expression=exp.Literal.string(check.metric.name)
    )
    return exp.select(answer).from_(source).where(exp.and_(same_name, same_metric))


def _of_profile(name: str, check: Check) -> exp.Column:
    identifier = exp.to_identifier(name, quoted=True)
    locate(identifier, check.place)
    return exp.Column(this=identifier)


def _beyond(value: exp.Expr, threshold: Threshold) -> exp.Expr:
    low = exp.convert(threshold.low)
    if threshold.high is None:
        return COMPARED[threshold.operator](this=value, expression=low)
    inside = exp.Between(this=value, low=low, high=exp.convert(threshold.high))
    return inside if threshold.operator == "between" else exp.not_(inside)
