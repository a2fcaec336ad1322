"""Files of any format as one SELECT, whose columns have the declared names and types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from seeknal_ci.model.spec import Column
from seeknal_ci.warehouse import duckdb_csv, duckdb_json
from seeknal_ci.warehouse.duckdb_inputs import (
    Input,
    Wanted,
    invalid,
    no_such_column,
    null,
    position,
)
from seeknal_ci.warehouse.duckdb_text import input_path
from seeknal_ci.warehouse.identifiers import quote
from seeknal_ci.warehouse.protocol import FileRelation

PARAMS: Mapping[str, tuple[str, ...]] = {
    "csv": duckdb_csv.PARAMS,
    "json": duckdb_json.PARAMS,
    "jsonl": duckdb_json.LINES_PARAMS,
    "parquet": (),
}


@dataclass(frozen=True, slots=True)
class ParquetFile:
    """A Parquet file; its values are cast to the declared types."""

    path: Path
    names: tuple[str, ...]

    def everything(self) -> str:
        return f"SELECT * {self._from}"

    def chosen(self, columns: Sequence[Wanted]) -> str:
        return f"SELECT {', '.join(self._item(column) for column in columns)} {self._from}"

    def _item(self, column: Wanted) -> str:
        if column.position is None:
            return null(column)
        name = quote(self.names[column.position])
        return f"CAST({name} AS {column.type}) AS {quote(column.name)}"

    @property
    def _from(self) -> str:
        return f"FROM read_parquet({input_path(self.path)}, hive_partitioning = false)"


def files_query(cursor: DuckDBPyConnection, relation: FileRelation) -> str:
    """A query over all files of a relation.

    A declared column that only some of the files have is NULL in the others. Raises
    `WarehouseError` for what is wrong with the files or their params, naming them as shown.
    """
    _check(relation)
    open_input = _opener(cursor, relation)
    inputs = [open_input(path, shown_name(relation, path)) for path in relation.paths]
    if relation.columns is None:
        told = [one for one in inputs if one.names] or inputs
        return "\nUNION ALL BY NAME\n".join(one.everything() for one in told)
    columns = [
        (column.name, _type(cursor, relation, column, inputs)) for column in relation.columns
    ]
    shown = _shown(relation)
    selects = []
    for one in inputs:
        wanted = [Wanted(name, kind, position(name, one.names, shown)) for name, kind in columns]
        selects.append(one.chosen(wanted))
    return "\nUNION ALL\n".join(selects)


def shown_name(relation: FileRelation, path: Path) -> str:
    """What to call one of the files: as the project does, and by its own name among several."""
    shown = _shown(relation)
    return shown if len(relation.paths) == 1 else f"{shown} ({path.name})"


def _shown(relation: FileRelation) -> str:
    return relation.shown_as or ", ".join(str(path) for path in relation.paths[:1])


def _check(relation: FileRelation) -> None:
    shown = _shown(relation)
    if relation.format not in PARAMS:
        raise invalid(
            f"{shown}: files of the format `{relation.format}` cannot be loaded",
            fix=f"use one of: {', '.join(sorted(PARAMS))}",
            where=shown,
        )
    known = PARAMS[relation.format]
    unknown = sorted(set(relation.params) - set(known))
    if unknown:
        raise invalid(
            f"{shown}: unknown params: {', '.join(unknown)}",
            fix=f"params of {relation.format}: {', '.join(known) or 'none'}",
            where=shown,
        )
    missing = [path for path in relation.paths if not path.is_file()]
    if missing or not relation.paths:
        name = shown_name(relation, missing[0]) if missing else shown
        raise invalid(f"there is no file {name}", fix="correct the path, or add it", where=shown)


def _opener(cursor: DuckDBPyConnection, relation: FileRelation) -> Callable[[Path, str], Input]:
    columns = relation.columns or ()
    if relation.format == "csv":
        options = duckdb_csv.csv_options(relation.params, _shown(relation))
        return lambda path, shown: duckdb_csv.csv_file(cursor, path, shown, columns, options)
    if relation.format == "parquet":
        return lambda path, shown: ParquetFile(path, _parquet_names(cursor, path))
    return lambda path, shown: duckdb_json.json_file(cursor, path, shown, columns, relation)


def _parquet_names(cursor: DuckDBPyConnection, path: Path) -> tuple[str, ...]:
    everything = ParquetFile(path, ()).everything()
    described = cursor.execute(f"{everything} LIMIT 0").description or []
    return tuple(str(column[0]) for column in described)


def _type(
    cursor: DuckDBPyConnection, relation: FileRelation, column: Column, inputs: Sequence[Input]
) -> str:
    """The declared type as DuckDB spells it, or else the one in the first file with the column."""
    shown = _shown(relation)
    told = [one for one in inputs if one.names]
    having = [one for one in told if position(column.name, one.names, shown) is not None]
    if told and not having:
        raise no_such_column(column.name, told[0].names, shown)
    if column.type is not None:
        return _spelled(cursor, column.name, column.type, shown)
    if not having:
        return "VARCHAR"
    described = cursor.execute(f"DESCRIBE {having[0].everything()}").fetchall()
    return str(described[position(column.name, having[0].names, shown) or 0][1])


def _spelled(cursor: DuckDBPyConnection, name: str, declared: str, shown: str) -> str:
    """A type in DuckDB's spelling, which is safe inside a statement."""
    try:
        return str(cursor.dtype(declared))
    except duckdb.Error as error:
        raise invalid(
            f"{shown}: column `{name}` is declared as `{declared}`, which is no type of DuckDB",
            fix="correct the declared type, such as BIGINT, DECIMAL(10,2) or TIMESTAMP",
            where=shown,
        ) from error
