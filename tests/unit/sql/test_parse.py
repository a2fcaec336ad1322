"""Text to tree, or to a problem that says where it is."""

from __future__ import annotations

import pytest

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import SqlText
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.parse import parse_condition, parse_query
from tests.support.queries import DUCKDB, text

BROKEN = [
    ("SELECT a FRM t x y", 1, 14),
    ("SELECT a,\n  b c d\nFROM t", 2, 7),
    ("SELECT a\nFROM t\nWHERE (a > 1", 3, 12),
    ("SELECT a\nFROM t\nWHERE a = 'x", 3, 11),
    ('SELECT a,\n  "b FROM t', 2, 3),
    ("SELECT a -- it's\n/* never closed", 2, 1),
]


def problem(sql: str) -> SqlError:
    with pytest.raises(SqlError) as raised:
        parse_query(text(sql), DUCKDB)
    return raised.value


@pytest.mark.parametrize(("sql", "line", "column"), BROKEN)
def test_broken_sql_is_a_problem_with_its_place(sql: str, line: int, column: int) -> None:
    error = problem(sql)
    assert error.code == "sql-syntax"
    assert error.place == Place("seeknal/t.yml", line, column)
    assert error.fix == f"correct the SQL at line {line} of the query"


def test_a_place_is_counted_from_where_the_sql_stands_in_the_file() -> None:
    sql = SqlText("SELECT a,\n  b c d\nFROM t", Place("a.yml", 12))
    with pytest.raises(SqlError) as raised:
        parse_query(sql, DUCKDB)
    assert raised.value.place == Place("a.yml", 13, 7)


def test_of_folded_sql_only_the_place_of_the_value_is_known() -> None:
    sql = SqlText("SELECT a b c", Place("a.yml", 12), literal=False)
    with pytest.raises(SqlError) as raised:
        parse_query(sql, DUCKDB)
    assert raised.value.place == Place("a.yml", 12)


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("", "sql-empty"),
        ("  \n ", "sql-empty"),
        ("-- nothing but a comment", "sql-empty"),
        (";", "sql-empty"),
        ("SELECT", "sql-no-columns"),
        ("SELECT 1 AS a; SELECT 2 AS b", "sql-statements"),
        ("CREATE TABLE x AS SELECT 1 AS a", "sql-not-a-query"),
        ("INSERT INTO x SELECT 1", "sql-not-a-query"),
        ("DROP TABLE x", "sql-not-a-query"),
        ("COPY x TO 'y.csv'", "sql-not-a-query"),
        ("ATTACH 'other.duckdb'", "sql-not-a-query"),
        ("PRAGMA version", "sql-not-a-query"),
        ("SELECT [{: 1}] AS a", "sql-syntax"),
        ("SELECT -> 'a' AS a", "sql-syntax"),
        ("WITH x AS (INSERT INTO t VALUES (1)) SELECT * FROM x", "sql-not-a-query"),
        ("WITH x AS (DELETE FROM t) SELECT * FROM x", "sql-not-a-query"),
        ("WITH x AS (a IN (1)) SELECT * FROM x", "sql-not-a-query"),
        ("SELECT {{ today }} AS day", "template-unresolved"),
        (f"SELECT {'(' * 3000}1{')' * 3000} AS a", "sql-too-deep"),
    ],
)
def test_what_is_no_single_query_is_refused(sql: str, code: str) -> None:
    assert problem(sql).code == code


def test_a_template_is_refused_on_its_own_line() -> None:
    assert problem("SELECT 1 AS a\n, {{ today }} AS b").place.line == 2


@pytest.mark.parametrize(
    "sql", ["SELECT 1 AS a;", "FROM t", "(SELECT 1 AS a)", "SELECT 1 AS a --;"]
)
def test_one_query_is_read(sql: str) -> None:
    assert parse_query(text(sql), DUCKDB) is not None


@pytest.mark.parametrize(
    "sql", ["is_active == 1", "status = 'paid' AND amount > 0", "a IN (1, 2)", "NOT done", "a\n> 1"]
)
def test_a_condition_is_one_expression(sql: str) -> None:
    assert parse_condition(text(sql), DUCKDB).sql(DUCKDB)


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("a, b", "sql-condition"),
        ("a FROM t", "sql-condition"),
        ("a AS b", "sql-condition"),
        ("*", "sql-condition"),
        ("1; DROP TABLE t", "sql-condition"),
        ("a = 'x", "sql-syntax"),
        ("a >", "sql-syntax"),
        ("a = {{ paid }}", "template-unresolved"),
        ("", "sql-condition"),
    ],
)
def test_what_is_no_condition_is_refused(sql: str, code: str) -> None:
    with pytest.raises(SqlError) as raised:
        parse_condition(text(sql), DUCKDB)
    assert raised.value.code == code
    assert raised.value.place.column is None or code == "template-unresolved"
