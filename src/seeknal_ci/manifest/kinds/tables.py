"""Dimensions and facts: their shapes, and the columns that they go by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import (
    ColumnName,
    Names,
    NodeShape,
    Shape,
    Text,
    as_list,
    as_text,
)
from seeknal_ci.model.node import Input
from seeknal_ci.model.spec import Located
from seeknal_ci.model.tracked import Reference, TableSpec

DIMENSION = "dimension"
Column = Annotated[ColumnName | None, BeforeValidator(as_text)]


class KeysShape(Shape):
    """What tells rows apart: a key of the table's own, and those of its origin."""

    surrogate_key: Column = None
    natural_keys: Annotated[
        Names, Field(validation_alias=AliasChoices("natural_keys", "natural_key"))
    ] = []


class ForeignKeyShape(Shape):
    """A column that holds the key of a dimension."""

    column: Annotated[ColumnName, BeforeValidator(as_text)]
    references: Text
    dimension_key: Column = None


def _scd(value: Any) -> Any:
    """`2`, `"2"`, `SCD2` and `type 2` are one thing."""
    return (
        int(value.strip()[-1]) if isinstance(value, str) and value.strip()[-1:] in "12" else value
    )


class TableShape(NodeShape):
    """A dimension or a fact."""

    transform: Annotated[
        Text | None,
        Field(validation_alias=AliasChoices("transform", "sql", "transformation_sql")),
    ] = None
    keys: KeysShape = KeysShape()
    merge_keys: Names = []
    foreign_keys: Annotated[list[ForeignKeyShape], BeforeValidator(as_list)] = []
    scd_type: Annotated[Literal[1, 2] | None, BeforeValidator(_scd)] = None
    grain: Names = []


def table_spec(shape: TableShape, fields: Fields) -> TableSpec:
    """The query, and every column that another field names."""
    spellings = ("transform", "sql", "transformation_sql")
    key = next((name for name in spellings if name in fields.value), "transform")
    surrogate = shape.keys.surrogate_key
    at = ("keys", "natural_keys" if "natural_keys" in _keys(fields) else "natural_key")
    return TableSpec(
        f"a {shape.kind} is compared, but not built yet",
        sql=None if shape.transform is None else fields.sql(shape.transform, key),
        keys=(
            *_located(shape.keys.natural_keys, at, fields),
            *_located(shape.merge_keys, ("merge_keys",), fields),
            *_grain(shape.grain, fields),
            *(
                fields.located(item.column, "foreign_keys", index, "column")
                for index, item in enumerate(shape.foreign_keys)
            ),
        ),
        surrogate=(
            None if surrogate is None else fields.located(surrogate, "keys", "surrogate_key")
        ),
        references=tuple(
            _reference(item, index, fields) for index, item in enumerate(shape.foreign_keys)
        ),
        reads=tuple(item.ref for item in shape.inputs),
    )


def table_edges(shape: TableShape, fields: Fields) -> list[Input]:
    """The dimensions that the foreign keys name, beside the inputs."""
    return [
        Input(_node_id(item.references), fields.place("foreign_keys", index, "references"))
        for index, item in enumerate(shape.foreign_keys)
    ]


def _keys(fields: Fields) -> dict[str, Any]:
    value = fields.value.get("keys")
    return value if isinstance(value, dict) else {}


def _located(names: Sequence[str], at: tuple[str, ...], fields: Fields) -> tuple[Located, ...]:
    return tuple(fields.located(name, *at, index) for index, name in enumerate(names))


def _grain(names: Sequence[str], fields: Fields) -> tuple[Located, ...]:
    """A grain may also be told in a sentence, `one row per order line`, which names no column."""
    return tuple(
        item for item in _located(names, ("grain",), fields) if " " not in item.name.strip()
    )


def _node_id(reference: str) -> str:
    """`customers` is the dimension of that name."""
    bare = reference.strip()
    return bare if "." in bare else f"{DIMENSION}.{bare}"


def _reference(shape: ForeignKeyShape, index: int, fields: Fields) -> Reference:
    """Without a `dimension_key` both columns have one name."""
    at = ("foreign_keys", index)
    column = fields.located(shape.column, *at, "column")
    key = (
        column
        if shape.dimension_key is None
        else fields.located(shape.dimension_key, *at, "dimension_key")
    )
    return Reference(column, _node_id(shape.references), key)
