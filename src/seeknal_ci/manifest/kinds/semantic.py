"""Semantic models: their shapes, and what their names stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import (
    NodeShape,
    Shape,
    Text,
    as_list,
    lower,
)
from seeknal_ci.manifest.kinds.metric import Calculated, Expression, Name, calculation
from seeknal_ci.model.node import Input
from seeknal_ci.model.spec import SqlText
from seeknal_ci.model.tracked import Measure, SemanticSpec, Term

REF = re.compile(r"""\s*ref\(\s*['"](.+?)['"]\s*\)\s*|\s*ref:\s*(\S+)\s*""")
AGGREGATES = {
    "sum": "sum",
    "count": "count",
    "count_distinct": "count_distinct",
    "avg": "avg",
    "average": "avg",
    "mean": "avg",
    "min": "min",
    "max": "max",
    "median": "median",
    "stddev": "stddev",
    "std": "stddev",
}


def _named(value: Any) -> Any:
    """`[order_id]` names columns; a mapping names what it has."""
    items = value if isinstance(value, list) else [value]
    return [{"name": item} if isinstance(item, str) else item for item in items]


class TermShape(Shape):
    """An entity or a dimension: a name, and what it stands for, by default the column so named."""

    name: Name
    type: Annotated[Text | None, BeforeValidator(lower)] = None
    expr: Annotated[Expression, Field(validation_alias=AliasChoices("expr", "sql"))] = None
    time_granularity: Annotated[
        Any, Field(validation_alias=AliasChoices("time_granularity", "granularity"))
    ] = None
    type_params: Any = None
    description: Any = None
    label: Any = None


class FilterShape(Shape):
    """A condition of a measure."""

    sql: Annotated[Text, Field(validation_alias=AliasChoices("sql", "expr"))]


def _filters(value: Any) -> Any:
    items = value if isinstance(value, list) else [value]
    return [{"sql": item} if isinstance(item, str) else item for item in items]


class MeasureShape(Shape):
    """An aggregate of the rows."""

    name: Name
    expr: Annotated[Expression, Field(validation_alias=AliasChoices("expr", "sql"))] = None
    agg: Annotated[
        Text,
        BeforeValidator(lower),
        Field(validation_alias=AliasChoices("agg", "aggregation", "type")),
    ] = "sum"
    filters: Annotated[
        list[FilterShape],
        BeforeValidator(_filters),
        Field(validation_alias=AliasChoices("filters", "filter")),
    ] = []
    agg_time_dimension: Any = None
    description: Any = None
    label: Any = None
    format: Any = None


class JoinShape(Shape):
    """How rows of another semantic model belong to these; it is kept, and not looked into."""

    name: Any = None
    to: Annotated[Any, Field(validation_alias=AliasChoices("to", "model", "with", "ref"))] = None
    type: Any = None
    relationship: Any = None
    sql: Annotated[Any, Field(validation_alias=AliasChoices("sql", "on", "sql_on"))] = None
    description: Any = None


class SemanticShape(NodeShape):
    """Entities, dimensions and measures of a node."""

    model: Text | None = None
    entities: Annotated[list[TermShape], BeforeValidator(_named)] = []
    dimensions: Annotated[list[TermShape], BeforeValidator(_named)] = []
    measures: Annotated[list[MeasureShape], BeforeValidator(as_list)] = []
    metrics: Annotated[list[Calculated], BeforeValidator(as_list)] = []
    joins: Annotated[list[JoinShape], BeforeValidator(as_list)] = []
    default_time_dimension: Text | None = None
    label: Any = None

    @model_validator(mode="after")
    def _reads_something(self) -> SemanticShape:
        if self.model is None and not self.inputs:
            raise ValueError("a semantic model needs `model`; add `model: ref('kind.name')`")
        return self


def semantic_edges(shape: SemanticShape, fields: Fields) -> list[Input]:
    """What `model:` names."""
    if shape.model is None:
        return []
    match = REF.fullmatch(shape.model)
    ref = shape.model.strip() if match is None else match[1] or match[2]
    return [Input(ref, fields.place("model"))]


def semantic_spec(shape: SemanticShape, fields: Fields) -> SemanticSpec:
    """What the names stand for; what is wrong with them is left in `fields.problems`."""
    for key, items in (
        ("entities", shape.entities),
        ("dimensions", shape.dimensions),
        ("measures", shape.measures),
        ("metrics", shape.metrics),
    ):
        _refuse_twins(key, [item.name for item in items], fields)
    time = shape.default_time_dimension
    return SemanticSpec(
        "a semantic model is compared, and asked by others",
        entities=_terms("entities", shape.entities, fields),
        dimensions=_terms("dimensions", shape.dimensions, fields),
        measures=tuple(_one_measure(m, i, fields) for i, m in enumerate(shape.measures)),
        metrics=tuple(
            calculation(m, ("metrics", i), fields.located(m.name, "metrics", i, "name"), fields)
            for i, m in enumerate(shape.metrics)
        ),
        time_dimension=None if time is None else fields.located(time, "default_time_dimension"),
    )


def _terms(key: str, items: Sequence[TermShape], fields: Fields) -> tuple[Term, ...]:
    return tuple(
        Term(
            fields.located(item.name, key, index, "name"),
            _expression(item.expr, item.name, (key, index), fields),
        )
        for index, item in enumerate(items)
    )


def _expression(given: str | None, name: str, at: tuple[str | int, ...], fields: Fields) -> SqlText:
    """The expression, or the column that has the name."""
    if given is None:
        quoted = '"' + name.replace('"', '""') + '"'
        return SqlText(quoted, fields.place(*at, "name"), literal=False)
    return fields.sql(given, *at, _key(at, ("expr", "sql"), fields))


def _key(at: tuple[str | int, ...], names: Iterable[str], fields: Fields) -> str:
    """That of several spellings of a field which the file has."""
    first, *others = names
    marks = fields.document.marks
    path = ".".join(str(part) for part in at)
    return next((name for name in (first, *others) if f"{path}.{name}" in marks), first)


def _one_measure(shape: MeasureShape, index: int, fields: Fields) -> Measure:
    at = ("measures", index)
    aggregate = AGGREGATES.get(shape.agg)
    if aggregate is None:
        close = get_close_matches(shape.agg, AGGREGATES, n=1)
        fields.problem(
            "unknown-aggregate",
            f"`{shape.agg}` is no aggregate of a measure",
            f"did you mean `{close[0]}`?" if close else f"use one of {', '.join(AGGREGATES)}",
            fields.place(*at, _key(at, ("agg", "aggregation", "type"), fields)),
        )
    filters = _key(at, ("filters", "filter"), fields)
    return Measure(
        fields.located(shape.name, *at, "name"),
        aggregate or "sum",
        _expression(shape.expr, shape.name, at, fields),
        tuple(
            fields.sql(item.sql, *at, filters, *_inside((*at, filters), i, fields))
            for i, item in enumerate(shape.filters)
        ),
    )


def _inside(at: tuple[str | int, ...], index: int, fields: Fields) -> tuple[str | int, ...]:
    """Where a filter's text is: the field itself, an item of it, or a key of the item."""
    marks = fields.document.marks
    path = ".".join(str(part) for part in at)
    for inner in ((index, "sql"), (index, "expr"), (index,)):
        if f"{path}.{'.'.join(str(part) for part in inner)}" in marks:
            return inner
    return ()


def _refuse_twins(key: str, names: Sequence[str], fields: Fields) -> None:
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        first = seen.setdefault(name.lower(), index)
        if first != index:
            fields.problem(
                "duplicate-column",
                f"`{key}` names `{name}` twice, first on line {fields.place(key, first).line}",
                "give one of the two another name",
                fields.place(key, index, "name"),
            )
