"""Data that enters the pipeline: its shape, and its columns as declared."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import ColumnName, NodeShape, Shape, Text, as_text, lower
from seeknal_ci.manifest.parameters import check_parameters
from seeknal_ci.model.problem import Severity
from seeknal_ci.model.spec import Column, SourceSpec
from seeknal_ci.sql.types import canonical_type

# What is loaded, and what is known to be elsewhere.
TYPES = (
    "csv",
    "excel",
    "hive",
    "iceberg",
    "json",
    "jsonl",
    "parquet",
    "postgresql",
    "sqlite",
    "starrocks",
)
# Where a source without `table:` names what it reads.
TABLES = ("path", "table")
SPELLINGS = {"postgres": "postgresql", "ndjson": "jsonl", "xlsx": "excel"}


class SchemaColumn(Shape):
    """One entry of a source's `schema:`."""

    name: Annotated[ColumnName, BeforeValidator(as_text)]
    data_type: Annotated[str | None, Field(validation_alias=AliasChoices("data_type", "type"))] = (
        None
    )
    description: Any = None
    nullable: Any = None


class SourceShape(NodeShape):
    """Data that enters the pipeline."""

    source: Annotated[Text, BeforeValidator(lower)]
    table: Annotated[str, BeforeValidator(as_text)]
    schema_: Annotated[list[SchemaColumn] | None, Field(alias="schema")] = None

    @model_validator(mode="before")
    @classmethod
    def _table_elsewhere(cls, value: Any) -> Any:
        """A path or a table may be among the parameters; a query stands for one."""
        if not isinstance(value, dict) or "table" in value:
            return value
        params = value.get("params")
        given = params if isinstance(params, dict) else {}
        names = [given[name] for name in TABLES if isinstance(given.get(name), str)]
        if not names and "query" not in given:
            return value
        return {**value, "table": names[0] if names else ""}

    @model_validator(mode="after")
    def _reads_something(self) -> SourceShape:
        if not self.table and not (self.params or {}).get("query"):
            raise ValueError("`table` is empty; write the path of a file, or the name of a table")
        return self


def source_spec(shape: SourceShape, fields: Fields) -> SourceSpec:
    """The data that a source names, with the columns that it is declared to have."""
    kind = SPELLINGS.get(shape.source, shape.source)
    _check_type(kind, fields)
    params = dict(shape.params or {})
    if "table" not in fields.value:
        # So that both spellings are one thing.
        params = {name: value for name, value in params.items() if name not in TABLES}
    check_parameters(kind, params, fields)
    return SourceSpec(kind, shape.table, params, _columns(shape, fields))


def _check_type(kind: str, fields: Fields) -> None:
    if kind not in TYPES:
        close = get_close_matches(kind, TYPES, n=1)
        fields.problem(
            "source-type",
            f"`{kind}` is no type of source that is known; the node is compared, but not loaded",
            f"did you mean `{close[0]}`?" if close else f"use one of {', '.join(TYPES)}",
            fields.place("source"),
            Severity.WARNING,
        )


def declared_columns(columns: object) -> tuple[Column, ...] | None:
    """The columns that a source's `columns:` names, in each of its four shapes; None for none.

    A value that is no SQL type is a description, and leaves the type unknown.
    """
    if isinstance(columns, list):
        found = [_listed_column(entry) for entry in columns]
    elif isinstance(columns, dict):
        found = [Column(str(name), _declared_type(said)) for name, said in columns.items()]
    else:
        return None
    return tuple(column for column in found if column.name) or None


def _listed_column(entry: object) -> Column:
    """`name`, or `{name: …}` as in a schema."""
    if isinstance(entry, dict):
        return Column(str(entry.get("name") or ""), _declared_type(entry))
    return Column("" if entry is None else str(entry))


def _declared_type(said: object) -> str | None:
    if isinstance(said, dict):
        said = next((said[key] for key in ("dtype", "data_type", "type") if key in said), None)
    return canonical_type(said) if isinstance(said, str) else None


def _columns(shape: SourceShape, fields: Fields) -> tuple[Column, ...] | None:
    if not shape.schema_:
        columns = declared_columns(fields.value.get("columns"))
        _refuse_twins([column.name for column in columns or ()], "columns", fields)
        return columns
    _refuse_twins([entry.name for entry in shape.schema_], "schema", fields)
    return tuple(
        Column(entry.name, _type(entry.data_type, entry.name, i, fields))
        for i, entry in enumerate(shape.schema_)
    )


def _refuse_twins(names: list[str], field: str, fields: Fields) -> None:
    """Names are told apart as SQL does it, without case."""
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        twin = seen.setdefault(name.lower(), index)
        if twin != index:
            first = fields.place(field, twin)
            fields.problem(
                "duplicate-column",
                f"`{field}` names the column `{name}` twice, first on line {first.line}",
                "remove one of the two",
                fields.place(field, index),
            )


def _type(data_type: str | None, column: str, index: int, fields: Fields) -> str | None:
    if data_type is None:
        return None
    found = canonical_type(data_type)
    if found is None:
        fields.problem(
            "unknown-type",
            f"`{data_type}`, the type of `{column}`, is no SQL type",
            "use a type such as integer, double, string, date, timestamp or boolean",
            fields.place("schema", index),
        )
    return found
