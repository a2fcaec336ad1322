"""Features of features: their shapes, and what they stand for."""

from __future__ import annotations

import re
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.aggregation import Aggregate, days_of, entry
from seeknal_ci.manifest.kinds.base import NodeShape
from seeknal_ci.manifest.kinds.shape import ColumnName, Shape, Text, as_list, as_text, lower
from seeknal_ci.model.features import (
    Compared,
    Conditional,
    Days,
    SecondOrderFeature,
    SecondOrderSpec,
)
from seeknal_ci.model.node import Input

WORDS = (*get_args(Aggregate), "median")
PERCENTILE = re.compile(r"percentile_(?:100|[1-9]?\d(?:_\d{1,4})?)")


def _known(word: str) -> str:
    if word not in WORDS and not PERCENTILE.fullmatch(word):
        close = get_close_matches(word, WORDS, n=1)
        listed = f"use one of {', '.join(WORDS)}, or percentile_95"
        more = f"did you mean `{close[0]}`?" if close else listed
        raise ValueError(f"`{word}` is no aggregate; {more}")
    return word


def _in_order(days: list[int]) -> list[int]:
    if len(days) != 2:
        raise ValueError("it is no first and last day; write both, as in [1, 7]")
    first, last = days
    if first > last:
        raise ValueError(f"the nearer day comes first; write [{last}, {first}]")
    return days


Words = Annotated[
    list[Annotated[str, BeforeValidator(lower), AfterValidator(_known)]], BeforeValidator(as_list)
]
Day = Annotated[int, BeforeValidator(days_of), Field(ge=-36_500, le=36_500)]
Span = Annotated[list[Day], AfterValidator(_in_order)]


class RatioShape(Shape):
    """An aggregate over some days, by the same over others."""

    numerator: Span
    denominator: Span
    aggs: Words = ["sum"]


class DeltaShape(Shape):
    """An aggregate over some days, less the same over others."""

    current: Span
    previous: Span
    aggs: Words = ["sum"]


class SinceShape(Shape):
    """Aggregates of the rows that meet a condition."""

    condition: Text | None = None
    aggs: Words = ["count"]


def _period(value: Any) -> Any:
    """`7`, or `7d`: the last seven days, less the seven before them."""
    days = days_of(value)
    if isinstance(days, int) and not isinstance(days, bool) and days > 0:
        return {"current": [1, days], "previous": [days + 1, 2 * days]}
    return value


def _percent(value: Any) -> Any:
    """`0.95` is 95 of a hundred."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    number = Decimal(str(value))
    return number * 100 if 0 < number < 1 else number


Percent = Annotated[Decimal, BeforeValidator(_percent), Field(gt=0, le=100, decimal_places=4)]


class SecondOrderFeatureShape(Shape):
    """One column of the input, aggregated."""

    source_feature: Annotated[ColumnName | None, BeforeValidator(as_text)] = None
    basic: Words = []
    percentile: Annotated[list[Percent], BeforeValidator(as_list)] = []
    window: Span | None = None
    ratio: Annotated[list[RatioShape], BeforeValidator(as_list)] = []
    delta: Annotated[
        list[Annotated[DeltaShape, BeforeValidator(_period)]], BeforeValidator(as_list)
    ] = []
    since: Annotated[list[SinceShape], BeforeValidator(as_list)] = []

    @model_validator(mode="after")
    def _aggregates_something(self) -> SecondOrderFeatureShape:
        plain = self.basic or self.percentile
        if self.window is not None and not plain:
            raise ValueError(
                "`window` says of which days, and nothing says what; add `basic` or `percentile`"
            )
        if not (plain or self.ratio or self.delta or self.since):
            raise ValueError(
                "a feature has one of `basic`, `percentile`, `ratio`, `delta`, `since`; "
                "add what it aggregates"
            )
        return self


class SecondOrderShape(NodeShape):
    """Features of features."""

    id_col: ColumnName
    feature_date_col: ColumnName
    application_date_col: ColumnName | None = None
    source: Text
    features: Annotated[
        dict[Annotated[str, Field(max_length=255)], SecondOrderFeatureShape], Field(min_length=1)
    ]


def second_order_spec(shape: SecondOrderShape, fields: Fields) -> SecondOrderSpec:
    """The features, each with its place."""
    applied = shape.application_date_col
    return SecondOrderSpec(
        id_column=fields.located(shape.id_col, "id_col"),
        feature_date_column=fields.located(shape.feature_date_col, "feature_date_col"),
        application_date_column=(
            None if applied is None else fields.located(applied, "application_date_col")
        ),
        features=tuple(_feature(name, item, fields) for name, item in shape.features.items()),
    )


def second_order_edges(shape: SecondOrderShape, fields: Fields) -> list[Input]:
    """What `source:` names."""
    return [Input(shape.source, fields.place("source"))]


def _feature(name: str, shape: SecondOrderFeatureShape, fields: Fields) -> SecondOrderFeature:
    at = ("features", name)
    column = (
        fields.located(name, *at)
        if shape.source_feature is None
        else fields.located(shape.source_feature, *at, "source_feature")
    )
    since = tuple(
        Conditional(
            None
            if item.condition is None
            else fields.sql(item.condition, *entry(fields, i, *at, "since"), "condition"),
            tuple(item.aggs),
        )
        for i, item in enumerate(shape.since)
    )
    return SecondOrderFeature(
        column=column,
        aggregates=(*shape.basic, *(_word(percent) for percent in shape.percentile)),
        window=None if shape.window is None else _days(shape.window),
        ratios=tuple(
            Compared(_days(item.numerator), _days(item.denominator), tuple(item.aggs))
            for item in shape.ratio
        ),
        deltas=tuple(
            Compared(_days(item.current), _days(item.previous), tuple(item.aggs))
            for item in shape.delta
        ),
        since=since,
    )


def _word(percent: Decimal) -> str:
    return f"percentile_{percent.normalize():f}".replace(".", "_")


def _days(span: list[int]) -> Days:
    first, last = span
    return first, last
