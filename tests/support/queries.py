"""Queries over a few known tables: as the project's analysis sees them, and as DuckDB runs them."""

from __future__ import annotations

from collections import Counter

import duckdb

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Column, SqlText
from seeknal_ci.sql.analyse import analyse
from seeknal_ci.sql.analysed import Analysed
from seeknal_ci.sql.compile import physical_sql
from seeknal_ci.sql.parse import parse_query
from seeknal_ci.sql.references import Resolved, resolve

DUCKDB = "duckdb"
PATH = "seeknal/t.yml"

# Node id to its columns; `source.raw` declares none.
TABLES: dict[str, tuple[Column, ...] | None] = {
    "source.orders": (
        Column("order_id", "INTEGER"),
        Column("customer_id", "INTEGER"),
        Column("amount", "DOUBLE"),
        Column("status", "VARCHAR"),
        Column("ordered_at", "DATE"),
    ),
    "source.customers": (
        Column("customer_id", "INTEGER"),
        Column("name", "VARCHAR"),
        Column("tags", "VARCHAR[]"),
        Column("address", "STRUCT(city VARCHAR, zip VARCHAR)"),
    ),
    "source.raw": None,
}


def text(sql: str) -> SqlText:
    """SQL as a literal block whose first line is line 1 of its file."""
    return SqlText(sql, Place(PATH))


def resolved(sql: str, *inputs: str) -> Resolved:
    """The query with its references resolved, of a node with these inputs, or with all tables."""
    origin = text(sql)
    return resolve(parse_query(origin, DUCKDB), origin, inputs or tuple(TABLES))


def understood(sql: str, *inputs: str) -> Analysed:
    """All that is known of the query."""
    query = resolved(sql, *inputs)
    return analyse(query, {node: TABLES.get(node) for node, _ in query.reads}, DUCKDB)


def columns(sql: str) -> list[tuple[str, str | None]] | None:
    """Names and types of the query's columns."""
    found = understood(sql).columns
    return None if found is None else [(column.name, column.type) for column in found]


def canonical(sql: str) -> str:
    """The query's canonical text."""
    return understood(sql).canonical


def missing(sql: str) -> list[str]:
    """What the query reads in vain: name, line and column, and a mark where it is ambiguous."""
    return [
        f"{m.column}@{m.place.line}:{m.place.column}{' ambiguous' if m.ambiguous else ''}"
        for m in understood(sql).missing
    ]


def uses(sql: str) -> list[str]:
    """The columns of inputs that the query reads, with a star where it takes them by `*`."""
    found = {f"{u.node}.{u.column}{'*' if u.star else ''}" for u in understood(sql).uses}
    return sorted(found)


def warehouse() -> duckdb.DuckDBPyConnection:
    """A database in memory with the tables, empty, each in a schema named after its kind."""
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA source")
    for node, found in TABLES.items():
        listed = ", ".join(f"{c.name} {c.type}" for c in found or (Column("anything", "INTEGER"),))
        connection.execute(f"CREATE TABLE {node} ({listed})")
    return connection


def physical(sql: str) -> str:
    """The query as the warehouse would run it, over the tables of `warehouse()`."""
    tables = {node: ("source", node.split(".")[1]) for node in TABLES}
    return physical_sql(resolved(sql), tables, DUCKDB)


def described(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, str]]:
    """Names and types of the query's columns, as DuckDB has them."""
    return [(row[0], row[1]) for row in connection.execute(f"DESCRIBE {sql}").fetchall()]


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Counter[str]:
    """The query's rows, each with how often it comes."""
    return Counter(repr(row) for row in connection.execute(sql).fetchall())
