"""The shapes of YAML, kind by kind, as pydantic checks them.

Fields accept what real projects write; `nodes.py` turns a checked shape into the model.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

AGGREGATES = ("count", "sum", "avg", "mean", "min", "max", "stddev", "std")
Aggregate = Literal["count", "sum", "avg", "mean", "min", "max", "stddev", "std"]
Text = Annotated[str, StringConstraints(min_length=1)]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=255)]


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) or value is None else [value]


def _as_text(value: Any) -> Any:
    """Numbers stand for their text where YAML read a name such as `2024` as one."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


Names = Annotated[list[Annotated[ColumnName, BeforeValidator(_as_text)]], BeforeValidator(_as_list)]
Aggregates = Annotated[
    list[Annotated[Aggregate, BeforeValidator(_lower)]], BeforeValidator(_as_list)
]


class Shape(BaseModel):
    """Unknown fields are kept apart: they are a warning, not an error."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, value: Any) -> Any:
        """`inputs:` with nothing below it is read as null, and means none."""
        if not isinstance(value, dict):
            return value
        return {key: item for key, item in value.items() if item is not None}


class InputShape(Shape):
    """One edge."""

    ref: Text


def _inputs(value: Any) -> Any:
    """The list form, the old mapping `{users: "ref:source.users"}`, and bare ids."""
    if isinstance(value, dict):
        return [_edge(item) for item in value.values()]
    return [_edge(item) for item in value] if isinstance(value, list) else value


def _edge(item: Any) -> Any:
    return {"ref": item.removeprefix("ref:").strip()} if isinstance(item, str) else item


Inputs = Annotated[list[InputShape], BeforeValidator(_inputs)]


class AuditShape(Shape):
    """One thing that is held true of a node's rows."""

    type: Literal["not_null", "unique", "accepted_values", "row_count", "custom_sql"]
    severity: Literal["error", "warn"] = "error"
    columns: Names = []
    values: list[Any] = []
    min: Annotated[int | None, Field(ge=0)] = None
    max: Annotated[int | None, Field(ge=0)] = None
    sql: Text | None = None

    @model_validator(mode="after")
    def _complete(self) -> AuditShape:
        needs = {
            "not_null": (self.columns, "columns"),
            "unique": (self.columns, "columns"),
            "accepted_values": (self.columns and self.values, "columns and values"),
            "row_count": (self.min is not None or self.max is not None, "min or max"),
            "custom_sql": (self.sql, "sql"),
        }
        given, name = needs[self.type]
        if not given:
            raise ValueError(f"an audit of type {self.type} needs {name}")
        return self


class NodeShape(Shape):
    """What every kind may say."""

    kind: Text
    name: Annotated[Text, BeforeValidator(_as_text), StringConstraints(max_length=200)]
    description: Any = None
    owner: Annotated[str | None, BeforeValidator(_as_text)] = None
    tags: Annotated[list[Annotated[str, BeforeValidator(_as_text)]], BeforeValidator(_as_list)] = []
    active: bool = True
    inputs: Inputs = []
    params: dict[str, Any] | None = None
    columns: Any = None
    audits: list[AuditShape] = []
    materialization: Any = None
    materializations: Any = None
    alias: str | None = None
    pipeline_type: Any = None
    schedule: Any = None
    freshness: Any = None
    timeliness: Any = None
    retry: Any = None
    timeout: Any = None
    incremental: Any = None

    @field_validator("name")
    @classmethod
    def _printable(cls, name: str) -> str:
        if any(ord(character) < 32 or ord(character) == 127 for character in name):
            raise ValueError("a name has no control characters")
        if name != name.strip():
            raise ValueError("a name has no space at its ends")
        return name


class SchemaColumn(Shape):
    """One entry of a source's `schema:`."""

    name: Annotated[ColumnName, BeforeValidator(_as_text)]
    data_type: Annotated[str | None, Field(validation_alias=AliasChoices("data_type", "type"))] = (
        None
    )
    description: Any = None
    nullable: Any = None


class SourceShape(NodeShape):
    """Data that enters the pipeline."""

    source: Annotated[Text, BeforeValidator(_lower)]
    table: Annotated[Text, BeforeValidator(_as_text)]
    schema_: Annotated[list[SchemaColumn] | None, Field(alias="schema")] = None


class TransformShape(NodeShape):
    """A query."""

    transform: Annotated[Text, Field(validation_alias=AliasChoices("transform", "sql"))]


class RollingShape(Shape):
    """`{window: [1, 7], aggs: […]}` or `{window: 7d, functions: […]}`."""

    window: list[Annotated[int, Field(gt=0, le=36_500)]]
    aggs: Annotated[Aggregates, Field(validation_alias=AliasChoices("aggs", "functions"))]

    @field_validator("window", mode="before")
    @classmethod
    def _days(cls, value: Any) -> Any:
        return [_days(item) for item in _as_list(value) or []]


class RatioShape(Shape):
    """One aggregate over one window, by the same over another."""

    numerator: list[Annotated[int, Field(gt=0, le=36_500)]]
    denominator: list[Annotated[int, Field(gt=0, le=36_500)]]
    aggs: Aggregates = ["sum"]

    @field_validator("numerator", "denominator", mode="before")
    @classmethod
    def _as_days(cls, value: Any) -> Any:
        return [_days(item) for item in _as_list(value) or []]


class SinceShape(Shape):
    """Aggregates of the rows that meet a condition."""

    condition: Text
    aggs: Aggregates = ["count"]


class FeatureShape(Shape):
    """One column, aggregated."""

    name: Annotated[ColumnName, BeforeValidator(_as_text)]
    column: Annotated[ColumnName | None, BeforeValidator(_as_text)] = None
    basic: Aggregates = []
    rolling: Annotated[list[RollingShape], BeforeValidator(_as_list)] = []
    ratio: Annotated[list[RatioShape], BeforeValidator(_as_list)] = []
    since: Annotated[list[SinceShape], BeforeValidator(_as_list)] = []

    @model_validator(mode="after")
    def _aggregates_something(self) -> FeatureShape:
        if not (self.basic or self.rolling or self.ratio or self.since):
            raise ValueError("a feature has one of `basic`, `rolling`, `ratio`, `since`")
        return self


class AggregationShape(NodeShape):
    """Features by entity and date."""

    id_col: ColumnName
    feature_date_col: ColumnName
    application_date_col: ColumnName
    group_by: Names = []
    features: Annotated[list[FeatureShape], Field(min_length=1)]
    source: Text | None = None


class ExposureShape(NodeShape):
    """Where results leave the pipeline."""

    type: Annotated[Text, BeforeValidator(_lower)]
    depends_on: Inputs = []
    path: Text | None = None
    format: Annotated[str | None, BeforeValidator(_lower)] = None
    partition_by: Names = []
    compression: str | None = None


def _days(value: Any) -> Any:
    """`7`, `"7"` and `"7d"` are seven days."""
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+)\s*d?\s*", value)
        if match:
            return int(match[1])
    return value


SHAPES: dict[str, type[NodeShape]] = {
    "source": SourceShape,
    "transform": TransformShape,
    "aggregation": AggregationShape,
    "exposure": ExposureShape,
}
