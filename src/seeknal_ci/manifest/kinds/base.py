"""The shapes that every kind of node shares, as pydantic checks them.

Fields accept what real projects write.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from seeknal_ci.manifest.kinds.durations import Duration
from seeknal_ci.manifest.kinds.shape import (
    ColumnName,
    Names,
    Shape,
    Text,
    as_list,
    as_text,
    lower,
)
from seeknal_ci.manifest.kinds.upkeep import (
    Age,
    Columns,
    Incremental,
    MaterializationShape,
    Retry,
    Schedule,
)

__all__ = [
    "AuditShape",
    "ColumnName",
    "InputShape",
    "Inputs",
    "Names",
    "NodeShape",
    "Shape",
    "Text",
    "as_list",
    "as_text",
    "lower",
]


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


Inputs = Annotated[Sequence[InputShape], BeforeValidator(_inputs)]

CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class AuditShape(Shape):
    """One thing that is held true of a node's rows."""

    type: Literal["not_null", "unique", "accepted_values", "row_count", "custom_sql"]
    severity: Annotated[Literal["error", "warn"], BeforeValidator(lower)] = "error"
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
            raise ValueError(f"an audit of type {self.type} needs {name}; add {name}")
        return self


class NodeShape(Shape):
    """What every kind may say."""

    # pydantic takes a deep copy of a default that is a list, ten times as long as making one.

    kind: Text
    name: Annotated[Text, BeforeValidator(as_text), StringConstraints(max_length=200)]
    description: Any = None
    owner: Annotated[str | None, BeforeValidator(as_text)] = None
    tags: Annotated[list[Annotated[str, BeforeValidator(as_text)]], BeforeValidator(as_list)] = (
        Field(default_factory=list)
    )
    active: bool = True
    inputs: Inputs = Field(default_factory=list)
    params: dict[str, Any] | None = None
    columns: Columns = None
    audits: Annotated[list[AuditShape], BeforeValidator(as_list)] = Field(default_factory=list)
    materialization: MaterializationShape | None = None
    materializations: Annotated[list[MaterializationShape], BeforeValidator(as_list)] = Field(
        default_factory=list
    )
    alias: Annotated[Text | None, BeforeValidator(as_text)] = None
    pipeline_type: Annotated[Text | None, BeforeValidator(as_text)] = None
    schedule: Schedule = None
    freshness: Age = None
    timeliness: Age = None
    retry: Retry = None
    timeout: Duration | None = None
    incremental: Incremental = None

    @field_validator("name")
    @classmethod
    def _printable(cls, name: str) -> str:
        if CONTROL.search(name):
            raise ValueError(
                "a name has no control characters; write it without line breaks and tabs"
            )
        if name != name.strip():
            raise ValueError("a name has no space at its ends; remove the space")
        return name
