"""Names, values and paths as text in DuckDB's SQL, where it takes no bound parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection, Statement

from seeknal_ci.errors import SeeknalCiError, WarehouseError

Value = bool | int | str | Sequence["Value"] | Mapping[str, "Value"]


def literal(value: Value) -> str:
    """A value as SQL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        fields = (f"{_text(name)}: {literal(field)}" for name, field in value.items())
        return "{" + ", ".join(fields) + "}"
    return "[" + ", ".join(literal(part) for part in value) + "]"


def arguments(options: Mapping[str, Value]) -> str:
    """Named arguments of a table function, each with a comma before it."""
    return "".join(f", {name} = {literal(value)}" for name, value in options.items())


def input_path(path: Path) -> str:
    """A path to read as SQL: DuckDB would take `*`, `?` and `[` for a pattern."""
    text = str(path.absolute())
    return _text("".join(f"[{sign}]" if sign in "*?[" else sign for sign in text))


def output_path(path: Path) -> str:
    """A path to write as SQL; here DuckDB knows no patterns."""
    return _text(str(path.absolute()))


def fold(name: str) -> str:
    """A name as DuckDB compares it: ASCII letters are equal in both cases, others are not."""
    return name.encode().lower().decode()


def own(sql: str, dialect: str | None) -> str:
    """The SQL, which must be DuckDB's: that of others may mean something else here."""
    if dialect not in (None, "duckdb"):
        raise SeeknalCiError(
            f"the project is written in the dialect {dialect}, and the warehouse is DuckDB",
            fix="name a PostgreSQL database in `warehouse:`, or write the project with "
            "`dialect: duckdb`, which both engines take",
        )
    return sql


def from_query(sql: str) -> str:
    """A FROM clause over somebody's query.

    DuckDB 2.0 lets a WITH clause hold INSERT, DELETE and COPY, but not inside parentheses.
    """
    return f"FROM (\n{sql}\n)"


def one_statement(cursor: DuckDBPyConnection, sql: str) -> Statement:
    """SQL made around somebody's query, refused if the query ends it and begins another."""
    statements = cursor.extract_statements(sql)
    if len(statements) != 1:
        raise WarehouseError(
            "the SQL is more than one query",
            fix="write one SELECT, without a semicolon",
            error_class="ParserException",
        )
    return statements[0]


def _text(value: str) -> str:
    if "\0" in value:
        raise SeeknalCiError(f"{value!r} has a NUL in it", fix="remove it")
    return "'" + value.replace("'", "''") + "'"
