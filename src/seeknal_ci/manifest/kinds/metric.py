"""Metrics, of their own or inside a semantic model: their shapes, and what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import (
    ColumnName,
    InputShape,
    NodeShape,
    Shape,
    Text,
    as_text,
    lower,
)
from seeknal_ci.model.spec import Located
from seeknal_ci.model.tracked import Calculation, MetricSpec

Expression = Annotated[Text | None, BeforeValidator(as_text)]
Name = Annotated[ColumnName, BeforeValidator(as_text)]


class MetricParams(Shape):
    """The fields of a metric, one level deeper, as some projects have them."""

    measure: Expression = None
    numerator: Expression = None
    denominator: Expression = None
    expr: Expression = None
    grain_to_date: Any = None


def _measure(value: Any) -> Any:
    """`measure: {name: revenue}` is `measure: revenue`."""
    named = isinstance(value, dict) and isinstance(value.get("name"), str)
    return as_text(value["name"]) if named else as_text(value)


MeasureName = Annotated[Text | None, BeforeValidator(_measure)]


class MetricInput(InputShape):
    """A metric that another is made of, or a node that it reads."""

    ref: str = ""
    metric: Annotated[Name | None, Field(validation_alias=AliasChoices("metric", "name"))] = None
    alias: Annotated[str | None, BeforeValidator(as_text)] = None
    offset: Any = None


def _metric_inputs(value: Any) -> Any:
    """Names of metrics, ids of nodes, and mappings that name either."""
    items = value if isinstance(value, list) else [value]
    return [_metric_input(item) for item in items]


def _metric_input(item: Any) -> Any:
    if not isinstance(item, str):
        return item
    bare = item.removeprefix("ref:").strip()
    return {"ref": bare} if "." in bare else {"metric": bare}


class Calculated(Shape):
    """What both a metric of its own and one inside a semantic model have."""

    name: Name
    type: Annotated[Literal["simple", "ratio", "cumulative", "derived"], BeforeValidator(lower)] = (
        "simple"
    )
    measure: MeasureName = None
    numerator: MeasureName = None
    denominator: MeasureName = None
    expr: Expression = None
    filter: Text | None = None
    grain_to_date: Any = None
    type_params: MetricParams = MetricParams()
    inputs: Annotated[Sequence[MetricInput], BeforeValidator(_metric_inputs)] = []
    description: Any = None
    label: Any = None

    @model_validator(mode="after")
    def _complete(self) -> Calculated:
        _require(self)
        return self


class MetricShape(NodeShape):
    """A number that a business goes by."""

    type: Annotated[Literal["simple", "ratio", "cumulative", "derived"], BeforeValidator(lower)]
    measure: MeasureName = None
    numerator: MeasureName = None
    denominator: MeasureName = None
    expr: Expression = None
    filter: Text | None = None
    grain_to_date: Any = None
    type_params: MetricParams = MetricParams()
    inputs: Annotated[Sequence[MetricInput], BeforeValidator(_metric_inputs)] = []
    label: Any = None

    @model_validator(mode="after")
    def _complete(self) -> MetricShape:
        _require(self)
        return self


def _require(metric: Calculated | MetricShape) -> None:
    needs = {
        "simple": ("measure",),
        "cumulative": ("measure",),
        "ratio": ("numerator", "denominator"),
        "derived": ("expr",),
    }[metric.type]
    for name in needs:
        if getattr(metric, name) is None and getattr(metric.type_params, name) is None:
            raise ValueError(f"a metric of type {metric.type} needs `{name}`; add `{name}:`")


def metric_spec(shape: MetricShape, fields: Fields) -> MetricSpec:
    """The metric, with the places of all names in it."""
    name = fields.located(shape.name, "name")
    return MetricSpec(
        "a metric is compared, and asked by others",
        metric=calculation(shape, (), name, fields),
    )


def calculation(
    shape: Calculated | MetricShape, at: tuple[str | int, ...], name: Located, fields: Fields
) -> Calculation:
    """What a metric at a place in the file is made of."""
    operands = []
    for field in ("measure", "numerator", "denominator"):
        value = getattr(shape, field) or getattr(shape.type_params, field)
        if value is not None:
            operands.append(fields.located(value, *at, *_level(shape, field), field))
    for index, item in enumerate(shape.inputs):
        if item.metric is not None:
            place = fields.place(*at, "inputs", index, "metric")
            operands.append(Located(item.metric, place))
    expr = shape.expr or shape.type_params.expr
    aliases = {item.alias: item.metric for item in shape.inputs if item.alias and item.metric}
    return Calculation(
        name,
        shape.type,
        tuple(operands),
        None if expr is None else fields.sql(expr, *at, *_level(shape, "expr"), "expr"),
        None if shape.filter is None else fields.sql(shape.filter, *at, "filter"),
        aliases,
    )


def _level(shape: Calculated | MetricShape, field: str) -> tuple[str, ...]:
    return () if getattr(shape, field) is not None else ("type_params",)
