"""Features by entity and date: their shapes, and what they stand for."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, field_validator, model_validator

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import NodeShape
from seeknal_ci.manifest.kinds.shape import ColumnName, Names, Shape, Text, as_list, as_text, lower
from seeknal_ci.model.node import Input
from seeknal_ci.model.spec import AggregationSpec, Feature, Ratio, Rolling, Since

Aggregate = Literal["count", "sum", "avg", "mean", "min", "max", "stddev", "std"]
Aggregates = Annotated[list[Annotated[Aggregate, BeforeValidator(lower)]], BeforeValidator(as_list)]


class RollingShape(Shape):
    """`{window: [1, 7], aggs: […]}` or `{window: 7d, functions: […]}`."""

    window: list[Annotated[int, Field(gt=0, le=36_500)]]
    aggs: Annotated[Aggregates, Field(validation_alias=AliasChoices("aggs", "functions"))]

    @field_validator("window", mode="before")
    @classmethod
    def _days(cls, value: Any) -> Any:
        return [days_of(item) for item in as_list(value) or []]


class RatioShape(Shape):
    """One aggregate over one window, by the same over another."""

    numerator: list[Annotated[int, Field(gt=0, le=36_500)]]
    denominator: list[Annotated[int, Field(gt=0, le=36_500)]]
    aggs: Aggregates = ["sum"]

    @field_validator("numerator", "denominator", mode="before")
    @classmethod
    def _as_days(cls, value: Any) -> Any:
        return [days_of(item) for item in as_list(value) or []]


class SinceShape(Shape):
    """Aggregates of the rows that meet a condition."""

    condition: Text
    aggs: Aggregates = ["count"]


class FeatureShape(Shape):
    """One column, aggregated."""

    name: Annotated[ColumnName, BeforeValidator(as_text)]
    column: Annotated[ColumnName | None, BeforeValidator(as_text)] = None
    basic: Aggregates = []
    rolling: Annotated[list[RollingShape], BeforeValidator(as_list)] = []
    ratio: Annotated[list[RatioShape], BeforeValidator(as_list)] = []
    since: Annotated[list[SinceShape], BeforeValidator(as_list)] = []

    @model_validator(mode="after")
    def _aggregates_something(self) -> FeatureShape:
        if not (self.basic or self.rolling or self.ratio or self.since):
            raise ValueError(
                "a feature has one of `basic`, `rolling`, `ratio`, `since`; add what it aggregates"
            )
        return self


class AggregationShape(NodeShape):
    """Features by entity and date."""

    id_col: ColumnName
    feature_date_col: ColumnName
    application_date_col: ColumnName
    group_by: Names = []
    features: Annotated[list[FeatureShape], Field(min_length=1)]
    source: Text | None = None


def aggregation_spec(shape: AggregationShape, fields: Fields) -> AggregationSpec:
    """The features, each with its place."""
    return AggregationSpec(
        id_column=fields.located(shape.id_col, "id_col"),
        feature_date_column=fields.located(shape.feature_date_col, "feature_date_col"),
        application_date_column=fields.located(shape.application_date_col, "application_date_col"),
        group_by=tuple(
            fields.located(name, "group_by", index) for index, name in enumerate(shape.group_by)
        ),
        features=tuple(_feature(f, index, fields) for index, f in enumerate(shape.features)),
    )


def _feature(shape: FeatureShape, index: int, fields: Fields) -> Feature:
    at = ("features", index)
    column = (
        fields.located(shape.column, *at, "column")
        if shape.column is not None
        else fields.located(shape.name, *at, "name")
    )
    return Feature(
        name=shape.name,
        column=column,
        basic=tuple(shape.basic),
        rolling=tuple(
            Rolling(days, tuple(item.aggs)) for item in shape.rolling for days in item.window
        ),
        ratio=tuple(
            Ratio(over, under, tuple(item.aggs))
            for item in shape.ratio
            for over in item.numerator
            for under in item.denominator
        ),
        since=tuple(
            Since(
                fields.sql(item.condition, *entry(fields, i, *at, "since"), "condition"),
                tuple(item.aggs),
            )
            for i, item in enumerate(shape.since)
        ),
    )


def aggregation_edges(shape: AggregationShape, fields: Fields) -> list[Input]:
    """What `source:` names, the other word for an input."""
    return [] if shape.source is None else [Input(shape.source, fields.place("source"))]


def entry(fields: Fields, index: int, *keys: str | int) -> tuple[str | int, ...]:
    """Where an entry of a list stands, which may be written without the list around it."""
    listed = (*keys, index)
    return listed if ".".join(map(str, listed)) in fields.document.marks else keys


def days_of(value: Any) -> Any:
    """`7`, `"7"` and `"7d"` are seven days. Raises ValueError for text that means no days."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"\s*(\d+)\s*d?\s*", value)
    if match is None:
        raise ValueError(f"`{value[:40]}` is no number of days; write one such as 7, or 7d")
    return int(match[1])
