"""What DuckDB says about a file's content, in one sentence with file, line, column and value."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from seeknal_ci.errors import WarehouseError
from seeknal_ci.warehouse.duckdb_errors import is_retriable, sentence, shortened, warehouse_error
from seeknal_ci.warehouse.duckdb_files import files_query, shown_name
from seeknal_ci.warehouse.duckdb_text import fold, from_query, input_path
from seeknal_ci.warehouse.identifiers import quote
from seeknal_ci.warehouse.protocol import FileRelation

_VALUE_CHARACTERS = 80
_CSV_LINE = re.compile(r"CSV Error on Line: (?P<line>\d+)\n")
_CSV_FILE = re.compile(r"^  file = (?P<path>.*)$", re.MULTILINE)
_CSV_VALUE = re.compile(
    r'^Error when converting column "(?P<column>.*?)"\. '
    r"Could not convert string \"(?P<value>.*?)\" to '(?P<type>[^\n]*)'$",
    re.MULTILINE | re.DOTALL,
)
_CSV_WIDTH = re.compile(r"^Expected Number of Columns: (\d+) Found: (\d+)$", re.MULTILINE)
_JSON = re.compile(
    r'(?:JSON transform error|Malformed JSON) in file "(?P<path>.*?)", (?:at byte \d+ )?'
    r"in (?P<unit>line|record)(?:/value)? (?P<line>\d+): (?P<detail>[^\n]*)"
)
_FIX = "correct the file, or what the source says about it"
# Words in DuckDB's message, what they mean, and what to do.
_CSV_PROBLEMS = (
    ("unterminated quote", "a quote is never closed", "close it, or set `params.quote`"),
    (
        "Invalid unicode",
        "a character is not in the file's encoding",
        "save the file as UTF-8, or set `params.encoding` to latin-1 or utf-16",
    ),
    (
        "does not support the encoding",
        "this encoding cannot be read",
        "set `params.encoding` to utf-8, utf-16 or latin-1, or save the file as one of these",
    ),
    (
        "Error when sniffing file",
        "the rows do not have the same number of columns",
        "correct the file, or set `params.delimiter`; declared columns tell the line",
    ),
    (
        "state machine reached an invalid state",
        "a row cannot be taken apart",
        "let all lines end alike, and close every quote",
    ),
)


def file_error(
    error: duckdb.Error, relation: FileRelation, cursor: DuckDBPyConnection
) -> WarehouseError:
    """DuckDB's error about a relation's files; the cursor is free to read them once more."""
    if is_retriable(error):
        return warehouse_error(error)
    path, line, what, fix = (
        _json_problem(error, relation, cursor)
        if relation.format in ("json", "jsonl")
        else _csv_problem(error, relation)
    )
    shown = shown_name(relation, path or relation.paths[0])
    place = f"{shown}, {line}" if line else shown
    for one in relation.paths:
        for text in (input_path(one).strip("'"), str(one.absolute()), str(one)):
            what = what.replace(text, shown_name(relation, one))
    return WarehouseError(
        shortened(f"{place}: {what}"),
        fix=fix,
        error_class=type(error).__name__,
        where=f"{shown}:{line.removeprefix('line ')}" if line.startswith("line") else shown,
    )


_Problem = tuple[Path | None, str, str, str]


def _csv_problem(error: duckdb.Error, relation: FileRelation) -> _Problem:
    """File, line, what is wrong and what to do; a Parquet file has no lines to name."""
    text = str(error)
    file, at = _CSV_FILE.search(text), _CSV_LINE.search(text)
    path = Path(file["path"]) if file else None
    line = f"line {at['line']}" if at else ""
    value, width = _CSV_VALUE.search(text), _CSV_WIDTH.search(text)
    if value:
        return path, line, *_unlike(value["value"], value["column"], value["type"], relation)
    if width:
        expected, found = width.groups()
        columns = f"{found} column{'' if found == '1' else 's'}"
        return path, line, f"{columns} where {expected} are expected", "correct the row"
    for words, what, fix in _CSV_PROBLEMS:
        if words in text:
            return path, line, what, fix
    # Between the line as it is and the blank line that ends the problem stands what it is.
    said = str(error).split("\n\n")[0].splitlines()[-1] if at else sentence(error)
    return path, line, said, _FIX


def _unlike(value: str, column: str, kind: str, relation: FileRelation) -> tuple[str, str]:
    # DuckDB leaves out the type's parameters: DECIMAL for DECIMAL(10,2).
    declared = {fold(one.name): one.type for one in relation.columns or () if one.type}
    shown = shortened(value, _VALUE_CHARACTERS)
    what = f"`{shown}` in column `{column}` does not convert to {declared.get(fold(column), kind)}"
    if kind == "DATE":
        return what, "correct it, or set `params.date_format`"
    if kind.startswith("TIMESTAMP"):
        return what, "correct it, or set `params.timestamp_format`"
    return what, "correct it, or declare the column as VARCHAR"


def _json_problem(
    error: duckdb.Error, relation: FileRelation, cursor: DuckDBPyConnection
) -> _Problem:
    found = _JSON.search(str(error))
    if not found:
        return None, "", sentence(error), _FIX
    path, line = Path(found["path"]), f"{found['unit']} {found['line']}"
    detail = found["detail"].strip().rstrip(".")
    if "Malformed" in found[0]:
        return path, line, f"this is no JSON: {detail}", "correct the file"
    column = _json_column(found[0], relation, cursor)
    named = f"column `{column[0]}`, declared {column[1]}: {detail}" if column else detail
    return path, line, named, "correct it, or declare the column as VARCHAR"


def _json_column(
    said: str, relation: FileRelation, cursor: DuckDBPyConnection
) -> tuple[str, str] | None:
    """The declared column that gives the same error by itself: DuckDB does not name it."""
    for column in relation.columns or ():
        alone = FileRelation(relation.paths, relation.format, (column,), relation.params)
        try:
            counted = f"SELECT count({quote(column.name)})"
            cursor.execute(f"{counted} {from_query(files_query(cursor, alone))}")
        except duckdb.Error as error:
            if said in str(error):
                return column.name, str(column.type)
    return None
