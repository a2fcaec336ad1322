"""Semantic models and metrics as queries, so that what they read and mean can be told.

They are never run. A semantic model's columns are its entities, dimensions, measures and metrics,
sorted, since their order has no meaning; a metric has one column, of its own name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from seeknal_ci.model.node import Input
from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Column, Located, SqlText
from seeknal_ci.model.tracked import Calculation, Measure, MetricSpec, SemanticSpec
from seeknal_ci.sql.aggregates import aggregated, input_table, located_column, row_condition
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.references import Resolved

ColumnsOf = Callable[[str], tuple[Column, ...] | None]


def semantic_query(spec: SemanticSpec, source: Input, dialect: str) -> Resolved:
    """A semantic model as a query over its node. Raises SqlError."""
    outputs: dict[str, tuple[str, exp.Expr]] = {}
    for term in (*spec.entities, *spec.dimensions):
        _put(outputs, term.name.name, _expression(term.expression, dialect))
    for measure in spec.measures:
        _put(outputs, measure.name.name, _measure(measure, dialect))
    known = {name: value for name, (_, value) in outputs.items()}
    for metric in spec.metrics:
        value = _of_names(_calculation(metric, dialect), known)
        if metric.filter is not None:
            value = exp.Case().when(_expression(metric.filter, dialect), value)
        _put(outputs, metric.name.name, value)
        known[metric.name.name.lower()] = value
    selects = [exp.alias_(value, name, quoted=True) for _, (name, value) in sorted(outputs.items())]
    tree = exp.select(*selects).from_(input_table(source.ref, source.place))
    return _resolved(tree, (source,))


def metric_query(
    spec: MetricSpec, inputs: Sequence[Input], place: Place, dialect: str, columns_of: ColumnsOf
) -> Resolved:
    """A metric as a query over all that it is made of. Raises SqlError."""
    if not inputs:
        raise SqlError(
            "metric-reads",
            "there is no semantic model, so no measure of this name",
            fix="add a semantic model that has the measure",
            place=place,
        )
    value = _calculation(spec.metric, dialect)
    name = spec.metric.name.name
    tree = exp.select(exp.alias_(value, name, quoted=True))
    for number, edge in enumerate(inputs):
        table = input_table(edge.ref, edge.place)
        table.set("alias", exp.TableAlias(this=exp.to_identifier(f"input_{number}")))
        tree = tree.from_(table) if number == 0 else tree.join(table, join_type="CROSS")
    if spec.metric.filter is not None:
        tree = tree.where(_expression(spec.metric.filter, dialect))
    written = tree.copy()
    for column in tree.find_all(exp.Column):
        holder = _holder(column.name, inputs, columns_of)
        if holder is not None:
            column.set("table", exp.to_identifier(f"input_{holder}"))
    return replace(_resolved(tree, inputs), written=written)


def _holder(name: str, inputs: Sequence[Input], columns_of: ColumnsOf) -> int | None:
    """The number of the first input that has a column; the only input if none is known to."""
    for number, edge in enumerate(inputs):
        if name.lower() in {column.name.lower() for column in columns_of(edge.ref) or ()}:
            return number
    return 0 if len(inputs) == 1 else None


def _resolved(tree: exp.Select, inputs: Sequence[Input]) -> Resolved:
    origin = SqlText("", Place(inputs[0].place.path, 1))
    return Resolved(tree, tree, tuple((edge.ref, edge.place) for edge in inputs), origin)


def _put(outputs: dict[str, tuple[str, exp.Expr]], name: str, value: exp.Expr) -> None:
    """An entity that is a dimension too is one column."""
    outputs.setdefault(name.lower(), (name, value))


def _expression(sql: SqlText, dialect: str) -> exp.Expr:
    try:
        return row_condition(sql, dialect)
    except SqlError as error:
        if error.code == "sql-condition":
            text = " ".join(sql.text.split())[:40]
            raise SqlError(
                "sql-expression",
                f"`{text}` is no expression",
                fix="write one SQL expression, such as a column or a computation",
                place=error.place,
            ) from error
        raise


def _measure(measure: Measure, dialect: str) -> exp.Expr:
    if measure.expression.text.strip() == "*":
        value: exp.Expr = exp.Literal.number(1)
    else:
        value = _expression(measure.expression, dialect)
    if measure.filters:
        conditions = (exp.paren(_expression(item, dialect)) for item in measure.filters)
        value = exp.Case().when(exp.and_(*conditions), value)
    if measure.aggregate == "count_distinct":
        return exp.Count(this=exp.Distinct(expressions=[value]))
    return aggregated(measure.aggregate, value)


def _calculation(metric: Calculation, dialect: str) -> exp.Expr:
    """What a metric computes, of columns that are named as measures and metrics are."""
    if metric.expression is not None:
        return _aliased(_expression(metric.expression, dialect), metric.aliases)
    columns = [_operand(item) for item in metric.operands]
    if metric.type != "ratio":
        return columns[0]
    zero = exp.Literal.number(0)
    return exp.Div(this=columns[0], expression=exp.Nullif(this=columns[1], expression=zero))


def _operand(item: Located) -> exp.Column:
    """`orders.revenue` is the measure `revenue` of the semantic model `orders`."""
    return located_column(Located(item.name.rsplit(".", 1)[-1], item.place))


def _aliased(expression: exp.Expr, aliases: Mapping[str, str]) -> exp.Expr:
    """The expression with the metrics' own names, where it says `metric('x')` or an alias."""
    root = exp.Paren(this=expression)
    for call in list(root.find_all(exp.Anonymous)):
        argument = call.expressions[0] if len(call.expressions) == 1 else None
        if call.name.lower() == "metric" and isinstance(argument, exp.Literal):
            identifier = exp.to_identifier(argument.name, quoted=True)
            identifier.meta.update(argument.meta)
            call.replace(exp.Column(this=identifier))
    names = {alias.lower(): name for alias, name in aliases.items()}
    for column in list(root.find_all(exp.Column)):
        name = names.get(column.name.lower())
        if name is not None:
            column.this.set("this", name)
    inner: exp.Expr = root.this
    return inner


def _of_names(expression: exp.Expr, known: Mapping[str, exp.Expr]) -> exp.Expr:
    """The expression with each name replaced by what it stands for."""
    root = exp.Paren(this=expression)
    for column in list(root.find_all(exp.Column)):
        value = known.get(column.name.lower())
        if value is not None:
            column.replace(exp.paren(value.copy()))
    inner: exp.Expr = root.this
    return inner
