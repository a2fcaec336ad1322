"""Data that enters the pipeline: its shape, and its columns as declared."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import ColumnName, NodeShape, Shape, Text, as_text, lower
from seeknal_ci.manifest.parameters import check_parameters
from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Column, SourceSpec
from seeknal_ci.sql.types import canonical_type


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
    table: Annotated[Text, BeforeValidator(as_text)]
    schema_: Annotated[list[SchemaColumn] | None, Field(alias="schema")] = None


def source_spec(shape: SourceShape, fields: Fields) -> SourceSpec:
    """The data that a source names, with the columns that it is declared to have."""
    check_parameters(shape.source, fields)
    return SourceSpec(shape.source, shape.table, shape.params or {}, _columns(shape, fields))


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
        columns = declared_columns(shape.columns)
        _refuse_twins([column.name for column in columns or ()], "columns", fields)
        return columns
    _refuse_twins([entry.name for entry in shape.schema_], "schema", fields)
    return tuple(
        Column(entry.name, _type(entry.data_type, entry.name, fields.place("schema", i), fields))
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


def _type(data_type: str | None, column: str, place: Place, fields: Fields) -> str | None:
    if data_type is None:
        return None
    found = canonical_type(data_type)
    if found is None:
        fields.problem(
            "unknown-type",
            f"`{data_type}`, the type of `{column}`, is no SQL type",
            "use a type such as integer, double, string, date, timestamp or boolean",
            place,
        )
    return found
