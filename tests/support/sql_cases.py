"""Queries of every shape, below tests/cases/sql: one a line, over a few tables with rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from seeknal_ci.model.spec import Column
from seeknal_ci.sql.analyse import analyse
from seeknal_ci.sql.analysed import Analysed
from seeknal_ci.sql.compile import physical_sql
from seeknal_ci.sql.parse import parse_query
from seeknal_ci.sql.references import Resolved, resolve
from tests.support.queries import DUCKDB, described, text

FOLDER = Path(__file__).resolve().parents[1] / "cases" / "sql"

TABLES = {
    "source.orders": "order_id INTEGER, customer_id INTEGER, amount DECIMAL(10,2), "
    "quantity INTEGER, discount DOUBLE, status VARCHAR, is_paid BOOLEAN, ordered_at TIMESTAMP",
    "source.customers": "customer_id INTEGER, name VARCHAR, joined_on DATE, tags VARCHAR[], "
    "address STRUCT(city VARCHAR, zip VARCHAR), scores MAP(VARCHAR, INTEGER), payload JSON",
    "source.prices": "product VARCHAR, valid_from TIMESTAMP, price DECIMAL(8,3)",
    "source.quarters": "region VARCHAR, q1 INTEGER, q2 INTEGER, q3 INTEGER",
    "source.events": "id BIGINT, seen TIMESTAMPTZ, kind VARCHAR, "
    "items STRUCT(sku VARCHAR, n INTEGER)[], raw BLOB, key UUID, at_time TIME",
}

ROWS = r"""
INSERT INTO source.orders VALUES
    (1, 1, 10.50, 2, 0.1, 'paid', true, '2024-01-01 10:00:00'),
    (2, 1, 20.00, 1, 0.0, 'open', false, '2024-01-05 12:30:00'),
    (3, 2, 5.25, 3, NULL, 'paid', true, '2024-02-01 00:00:00'),
    (4, 3, NULL, 1, 0.5, 'sent', NULL, '2024-02-15 08:15:30'),
    (5, 2, 7.00, NULL, 0.2, NULL, true, NULL);
INSERT INTO source.customers VALUES
    (1, 'Ann', '2023-01-01', ['a', 'b'], {'city': 'Oslo', 'zip': '0150'}, MAP {'x': 1, 'y': 2},
        '{"k": {"n": 1}, "l": [1, 2]}'),
    (2, 'Bob', '2023-06-30', ['b'], {'city': 'Bergen', 'zip': NULL}, MAP {'x': 3},
        '{"k": {"n": 2}}'),
    (4, 'Cy', NULL, NULL, NULL, NULL, NULL);
INSERT INTO source.prices VALUES
    ('p', '2024-01-01', 1.5), ('p', '2024-02-01', 2.5), ('q', '2024-01-03', 9.125);
INSERT INTO source.quarters VALUES ('n', 1, 2, 3), ('s', 4, NULL, 6);
INSERT INTO source.events VALUES
    (1, '2024-01-01 00:00:00+00', 'click', [{'sku': 'a', 'n': 1}, {'sku': 'b', 'n': 2}],
        '\xAA\x00'::BLOB, '00000000-0000-0000-0000-000000000001', '10:00:00'),
    (2, '2024-01-02 06:00:00+00', 'view', [], NULL, '00000000-0000-0000-0000-000000000002', NULL);
"""


@dataclass(frozen=True)
class Case:
    """One query, or several statements of which the last is one."""

    id: str
    sql: str

    @cached_property
    def statements(self) -> list[str]:
        return [part for part in self.sql.split(";") if part.strip()]

    @cached_property
    def physical(self) -> str:
        """What is built."""
        tables = {node: ("source", node.split(".")[1]) for node in TABLES}
        return physical_sql(self._resolved, tables, DUCKDB)

    def understood(self, columns: dict[str, tuple[Column, ...]]) -> Analysed:
        """All that is known of it."""
        return analyse(self._resolved, columns, DUCKDB)

    @cached_property
    def _resolved(self) -> Resolved:
        origin = text(self.sql)
        return resolve(parse_query(origin, DUCKDB), origin, tuple(TABLES))


def all_queries() -> list[Case]:
    """Every query, by the file and line that it is in."""
    return [
        Case(f"{path.stem}:{number}", line)
        for path in sorted(FOLDER.glob("*.sql"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if not line.startswith("--")
    ]


def database() -> duckdb.DuckDBPyConnection:
    """A database in memory with the tables and their rows."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("CREATE SCHEMA source")
    for node, columns in TABLES.items():
        connection.execute(f"CREATE TABLE {node} ({columns})")
    connection.execute(ROWS)
    return connection


def columns_in(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[Column, ...]]:
    """Node id to its columns, as DuckDB writes their types."""
    return {
        node: tuple(Column(name, kind) for name, kind in described(connection, f"FROM {node}"))
        for node in TABLES
    }


def outputs(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, str]]:
    """Names and types of a query's columns. DuckDB describes no PIVOT but in FROM."""
    return described(connection, f"FROM ({sql})" if "PIVOT" in sql else sql)


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Counter[str]:
    """A query's rows as text, each with how often it comes."""
    found = connection.execute(f"SELECT CAST(_row AS VARCHAR) FROM ({sql}) AS _row").fetchall()
    return Counter(row[0] for row in found)
