"""JSON objects, in an array or one a line; a key that an object lacks is NULL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from seeknal_ci.model.spec import Column
from seeknal_ci.warehouse.duckdb_inputs import Input, NoRows, Wanted, null, position
from seeknal_ci.warehouse.duckdb_text import Value, arguments, input_path
from seeknal_ci.warehouse.identifiers import quote
from seeknal_ci.warehouse.protocol import FileRelation

_ARGUMENTS = {
    "format": "format",
    "date_format": "dateformat",
    "timestamp_format": "timestampformat",
}
PARAMS = tuple(sorted(_ARGUMENTS))
LINES_PARAMS = ("date_format", "timestamp_format")
# DuckDB 2.0 makes one MAP of objects with many different keys, unless told not to.
_ALWAYS: Mapping[str, Value] = {"hive_partitioning": False, "map_inference_threshold": -1}
# What DuckDB calls the one column of a file in which it finds no object.
_NO_OBJECT = ("json",)


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A file whose keys are known."""

    path: Path
    names: tuple[str, ...]
    arguments: Mapping[str, Value]

    def everything(self) -> str:
        return f"SELECT * {self._from(self.arguments)}"

    def chosen(self, columns: Sequence[Wanted]) -> str:
        items, types = [], {}
        for column in columns:
            if column.position is None:
                items.append(null(column))
                continue
            name = self.names[column.position]
            types[name] = column.type
            items.append(f"{quote(name)} AS {quote(column.name)}")
        options = {**self.arguments, "columns": types} if types else self.arguments
        return f"SELECT {', '.join(items)} {self._from(options)}"

    def _from(self, options: Mapping[str, Value]) -> str:
        return f"FROM read_json({input_path(self.path)}{arguments(options)})"


def json_file(
    cursor: DuckDBPyConnection,
    path: Path,
    shown: str,
    columns: Sequence[Column],
    relation: FileRelation,
) -> Input:
    """A file as its first objects show it, or all of them if a declared column is not there."""
    options: dict[str, Value] = {**_ALWAYS, "format": "auto"}
    if relation.format == "jsonl":
        options["format"] = "newline_delimited"
    options |= {_ARGUMENTS[param]: str(value) for param, value in relation.params.items()}
    found = JsonFile(path, (), options)
    names = _names(cursor, found)
    if names == _NO_OBJECT and not cursor.execute(f"{found.everything()} LIMIT 1").fetchall():
        return NoRows(path, shown)
    if any(position(column.name, names, shown) is None for column in columns):
        names = _names(cursor, JsonFile(path, (), {**options, "sample_size": -1}))
    return JsonFile(path, names, options)


def _names(cursor: DuckDBPyConnection, file: JsonFile) -> tuple[str, ...]:
    described = cursor.execute(f"{file.everything()} LIMIT 0").description or []
    return tuple(str(column[0]) for column in described)
