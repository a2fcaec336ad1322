"""Several statements as one query, and statements that are none."""

from __future__ import annotations

import pytest

from seeknal_ci.model.place import Place
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.parse import parse_query
from tests.support.queries import DUCKDB, PATH, columns, missing, text, uses

STEP = "CREATE TEMP TABLE a AS SELECT order_id, amount FROM source.orders;\n"


def problem(sql: str) -> SqlError:
    with pytest.raises(SqlError) as raised:
        parse_query(text(sql), DUCKDB)
    return raised.value


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (f"{STEP}SELECT * FROM a", ["order_id", "amount"]),
        (f"{STEP}SELECT * FROM a;\n", ["order_id", "amount"]),
        (f"{STEP}WITH b AS (SELECT amount FROM a) SELECT * FROM b", ["amount"]),
        (f"{STEP}CREATE VIEW b AS SELECT amount FROM a; FROM b", ["amount"]),
        ("CREATE VIEW v(x, y) AS SELECT order_id, status FROM source.orders; FROM v", ["x", "y"]),
        ("CREATE TABLE IF NOT EXISTS v AS VALUES (1, 'x'); FROM v", ["col0", "col1"]),
        (f"{STEP}PIVOT a ON order_id IN (1, 2) USING sum(amount)", ["1", "2"]),
    ],
)
def test_tables_and_views_are_steps_of_the_last_query(sql: str, expected: list[str]) -> None:
    found = columns(sql)
    assert found is not None
    assert [name for name, _ in found] == expected


def test_a_step_is_looked_into() -> None:
    sql = f"{STEP}SELECT status FROM a"
    assert missing(sql) == ["status@2:8"]
    assert uses(sql) == ["source.orders.amount", "source.orders.order_id"]


@pytest.mark.parametrize(
    ("sql", "code", "line", "column"),
    [
        ("SELECT 1 AS a;\nSELECT 2 AS b", "sql-statements", 1, 1),
        (f"{STEP}\n  SET threads = 1; FROM a", "sql-statements", 3, 3),
        ("PRAGMA version; SELECT 1 AS a", "sql-statements", 1, 1),
        ("LOAD httpfs; SELECT 1 AS a", "sql-statements", 1, 1),
        ("ATTACH 'x.db' AS x; SELECT 1 AS a", "sql-statements", 1, 1),
        (f"{STEP}INSERT INTO a SELECT 1, 2; FROM a", "sql-statements", 2, 1),
        (f"{STEP}DROP TABLE b; FROM a", "sql-statements", 2, 1),
        ("CREATE TABLE a (x INTEGER); FROM a", "sql-statements", 1, 1),
        ("CREATE MACRO f(x) AS x + 1; SELECT f(1) AS a", "sql-statements", 1, 1),
        ("CREATE TABLE a AS SELECT 1 AS x WITH NO DATA; FROM a", "sql-statements", 1, 1),
        ("CREATE TABLE s.a AS SELECT 1 AS x; FROM s.a", "sql-step-name", 1, 1),
        (f"{STEP}{STEP}FROM a", "sql-step-name", 2, 19),
        (f"{STEP}WITH a AS (SELECT 1 AS x) FROM a", "sql-step-name", 1, 19),
        ("CREATE TABLE a AS SELECT * FROM a; FROM a", "sql-step-name", 1, 14),
        (f"{STEP}DROP TABLE a", "sql-not-a-query", 2, 1),
        (f"{STEP}CREATE TABLE b AS FROM a", "sql-not-a-query", 2, 1),
    ],
)
def test_other_statements_are_told_with_their_place(
    sql: str, code: str, line: int, column: int
) -> None:
    error = problem(sql)
    assert error.code == code
    assert error.place == Place(PATH, line, column)
    assert error.fix


@pytest.mark.parametrize(
    "sql",
    ["VALUES (1, 'a')", "FROM source.orders", "PIVOT source.orders ON status IN ('a')",
     "UNPIVOT source.orders ON order_id, customer_id", "(SELECT 1 AS a)"],
)  # fmt: skip
def test_every_statement_that_puts_rows_out_is_a_query(sql: str) -> None:
    assert columns(sql) is not None
