"""The columns that a decorator declares, in the shapes that YAML has for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seeknal_ci.manifest.kinds.source import declared_columns
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import Column, Json
from seeknal_ci.sql.types import canonical_type

# The one that is first decides, as in YAML.
FIELDS = ("schema", "columns")


def columns_of(definition: Mapping[str, Json]) -> tuple[str, tuple[Column, ...]] | None:
    """The field that declares the node's columns, and these; None if there is none.

    A declaration that is computed is text here, and says nothing.
    """
    for field in FIELDS:
        columns = declared_columns(definition.get(field))
        if columns is not None:
            return field, columns
    return None


def column_problems(
    field: str, columns: tuple[Column, ...], said: Json, place: Place, node: str
) -> Iterator[Problem]:
    """Columns that are declared twice, and types of a schema that are no SQL types."""
    seen: set[str] = set()
    for column in columns:
        if column.name.lower() in seen:
            yield Problem(
                place,
                "duplicate-column",
                f"`{field}` names the column `{column.name}` twice",
                fix="remove one of the two",
                node=node,
            )
        seen.add(column.name.lower())
    for entry in said if field == "schema" and isinstance(said, list) else []:
        written = entry.get("data_type", entry.get("type")) if isinstance(entry, dict) else None
        if isinstance(written, str) and canonical_type(written) is None:
            assert isinstance(entry, dict), "only a mapping has a type"
            yield Problem(
                place,
                "unknown-type",
                f"`{written}`, the type of `{entry.get('name')}`, is no SQL type",
                fix="use a type such as integer, double, string, date, timestamp or boolean",
                node=node,
            )
