"""The shapes that every kind of node shares, as pydantic checks them.

Fields accept what real projects write.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

Text = Annotated[str, StringConstraints(min_length=1)]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=255)]


def as_list(value: Any) -> Any:
    return value if isinstance(value, list) or value is None else [value]


def as_text(value: Any) -> Any:
    """Numbers stand for their text where YAML read a name such as `2024` as one."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


Names = Annotated[list[Annotated[ColumnName, BeforeValidator(as_text)]], BeforeValidator(as_list)]


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
    name: Annotated[Text, BeforeValidator(as_text), StringConstraints(max_length=200)]
    description: Any = None
    owner: Annotated[str | None, BeforeValidator(as_text)] = None
    tags: Annotated[list[Annotated[str, BeforeValidator(as_text)]], BeforeValidator(as_list)] = []
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
