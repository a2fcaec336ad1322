"""Types of DuckDB and of PostgreSQL, and how values travel from one to the other as text.

A column's type has DuckDB's name everywhere in this program. What PostgreSQL lacks becomes the
narrowest type that holds every value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from seeknal_ci.errors import WarehouseError
from seeknal_ci.warehouse.duckdb_inputs import INVALID

_PLAIN: Mapping[str, str] = {
    "BIGINT": "bigint",
    "BIT": "bit varying",
    "BLOB": "bytea",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "HUGEINT": "numeric(39,0)",
    "INTEGER": "integer",
    "INTERVAL": "interval",
    "JSON": "jsonb",
    "SMALLINT": "smallint",
    "TIME": "time without time zone",
    "TIME WITH TIME ZONE": "time with time zone",
    "TIMESTAMP": "timestamp without time zone",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "TIMESTAMP_MS": "timestamp without time zone",
    "TIMESTAMP_NS": "timestamp without time zone",
    "TIMESTAMP_S": "timestamp without time zone",
    "TIME_NS": "time without time zone",
    "TINYINT": "smallint",
    "UBIGINT": "numeric(20,0)",
    "UHUGEINT": "numeric(39,0)",
    "UINTEGER": "bigint",
    "USMALLINT": "integer",
    "UTINYINT": "smallint",
    "UUID": "uuid",
    "VARCHAR": "text",
    # What DuckDB calls a column of nothing but NULL, and makes an INTEGER of.
    '"NULL"': "integer",
}
_COARSER = {
    "TIMESTAMP_MS": "TIMESTAMP",
    "TIMESTAMP_NS": "TIMESTAMP",
    "TIMESTAMP_S": "TIMESTAMP",
    "TIME_NS": "TIME",
}
_NESTED = ("STRUCT(", "MAP(")
_LIST = re.compile(r"(?P<item>.+)\[\d*\]")
_DECIMAL = re.compile(r"DECIMAL\(\d+,\d+\)")

# By PostgreSQL's own names; what is not here is text to DuckDB.
_BACK: Mapping[str, str] = {
    "bigint": "BIGINT",
    "bit varying": "BIT",
    "boolean": "BOOLEAN",
    "bytea": "BLOB",
    "date": "DATE",
    "double precision": "DOUBLE",
    "integer": "INTEGER",
    "interval": "INTERVAL",
    "json": "JSON",
    "jsonb": "JSON",
    "numeric": "DECIMAL",
    "numeric(39,0)": "HUGEINT",
    "real": "FLOAT",
    "smallint": "SMALLINT",
    "time with time zone": "TIME WITH TIME ZONE",
    "time without time zone": "TIME",
    "timestamp with time zone": "TIMESTAMP WITH TIME ZONE",
    "timestamp without time zone": "TIMESTAMP",
    "uuid": "UUID",
}
_NUMERIC = re.compile(r"numeric\((\d+),(\d+)\)")
_DIGITS = 38


def postgres_type(kind: str) -> str:
    """PostgreSQL's type for one of DuckDB's: lists are arrays, structs and maps are jsonb.

    Raises `WarehouseError` for a type that has no such.
    """
    if kind in _PLAIN:
        return _PLAIN[kind]
    if _DECIMAL.fullmatch(kind):
        return kind.replace("DECIMAL", "numeric")
    if kind.startswith("ENUM("):
        return "text"
    item = list_item(kind)
    if item is not None and list_item(item) is None and not item.startswith(_NESTED):
        return f"{postgres_type(item)}[]"
    if item is not None or kind.startswith(_NESTED):
        return "jsonb"
    raise WarehouseError(
        f"PostgreSQL has no type for {kind}",
        fix="cast it, to VARCHAR or JSON for instance",
        error_class=INVALID,
    )


def duckdb_type(kind: str) -> str:
    """DuckDB's name for a type as PostgreSQL's format_type() writes it."""
    if kind.endswith("[]"):
        return f"{duckdb_type(kind[:-2])}[]"
    found = _NUMERIC.fullmatch(kind)
    if found and int(found[1]) <= _DIGITS:
        return f"DECIMAL({found[1]},{found[2]})"
    # Fewer digits of a second, or a length, are no type of their own.
    return _BACK.get(kind) or _BACK.get(re.sub(r"\(\d+\)", "", kind), "VARCHAR")


def list_item(kind: str) -> str | None:
    """The type in a list of DuckDB, or None for what is no list."""
    found = _LIST.fullmatch(kind)
    return found["item"] if found else None


def leaving_duckdb(name: str, kind: str) -> str:
    """DuckDB's SQL for a value as the text that PostgreSQL reads; `name` is quoted."""
    made = postgres_type(kind)
    if made == "jsonb":
        return f"CAST(to_json({name}) AS VARCHAR)" if kind != "JSON" else f"CAST({name} AS VARCHAR)"
    if kind in _COARSER:
        return f"CAST({name} AS {_COARSER[kind]})"
    if kind == "BLOB":
        return f"'\\x' || hex({name})"
    item = list_item(kind)
    if item is None:
        return name
    text = f"CAST({leaving_duckdb('item', item)} AS VARCHAR)"
    escaped = f"""replace(replace({text}, '\\', '\\\\'), '"', '\\"')"""
    part = f"""CASE WHEN item IS NULL THEN 'NULL' ELSE '"' || {escaped} || '"' END"""
    return (
        f"CASE WHEN {name} IS NOT NULL THEN '{{' || "
        f"array_to_string(list_transform({name}, lambda item: {part}), ',') || '}}' END"
    )


def leaving_postgres(name: str, kind: str) -> str:
    """PostgreSQL's SQL for a value as the text that DuckDB reads; `name` is quoted."""
    if kind == "BLOB":
        return f"encode({name}, 'hex')"
    if list_item(kind) is not None and postgres_type(kind) != "jsonb":
        # As texts, because a JSON number is a DOUBLE to DuckDB.
        return f"array_to_json({name}::text[])::text"
    return f"{name}::text"


def entering_duckdb(name: str, kind: str) -> str:
    """DuckDB's SQL for a value that came as text; `name` is quoted."""
    if kind == "BLOB":
        return f"unhex({name})"
    if list_item(kind) is not None and postgres_type(kind) != "jsonb":
        texts = f"CAST(CAST({name} AS JSON) AS VARCHAR[])"
        if list_item(kind) == "BLOB":
            return f"list_transform({texts}, lambda item: unhex(item[3:]))"
        return f"CAST({texts} AS {kind})"
    if list_item(kind) is not None or kind.startswith(_NESTED):
        return f"CAST(CAST({name} AS JSON) AS {kind})"
    return f"CAST({name} AS {kind})" if kind != "VARCHAR" else name
