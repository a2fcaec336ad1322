"""DuckDB's SQL in PostgreSQL's words: what is refused, and how names are spelt."""

from __future__ import annotations

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.spec import Column
from seeknal_ci.sql.postgres.query import read_query, to_postgres

ORDERS = ("builds", "Orders_1a")
COLUMNS = (
    Column("Order Id", "INTEGER"),
    Column("Amount", "DOUBLE"),
    Column("day", "DATE"),
    Column("word", "VARCHAR"),
    Column("tags", "VARCHAR[]"),
    Column("shape", "STRUCT(a INTEGER)"),
)


def said(sql: str, *outputs: str) -> str:
    """The query in PostgreSQL's words; `orders` is a table with the columns above."""
    query = read_query(sql.replace("orders", '"builds"."Orders_1a"'))
    return to_postgres(query, {ORDERS: COLUMNS}, outputs)


def test_names_are_spelt_as_the_table_has_them() -> None:
    assert said('SELECT AMOUNT AS A, "order id" FROM orders AS O', "A", "Order Id") == (
        'SELECT "o"."Amount" AS "a", "o"."Order Id" AS "order id" FROM "builds"."Orders_1a" AS "o"'
    )


def test_names_in_between_are_in_small_letters() -> None:
    assert said("WITH C AS (SELECT Amount AS Big FROM orders AS o) SELECT c.BIG FROM c", "Big") == (
        'WITH "c" AS (SELECT "o"."Amount" AS "big" FROM "builds"."Orders_1a" AS "o") '
        'SELECT "c"."big" AS "big" FROM "c" AS "c"'
    )


def test_tables_are_told_by_schema_and_name() -> None:
    query = read_query('SELECT 1 AS n FROM "builds"."x" AS a JOIN builds.x AS b ON true, c.y, z.X')
    assert query.tables == (("builds", "x"), ("c", "y"), ("z", "X"))


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("SELECT TRY_CAST(word AS INTEGER) AS a FROM orders", "TRY_CAST"),
        ("SELECT format('{}', word) AS a FROM orders", "format()"),
        ("SELECT word SIMILAR TO 'a' AS a FROM orders", "SIMILAR TO"),
        ("SELECT strptime(word, '%Y') AS a FROM orders", "strptime()"),
        ("SELECT strftime(day, 'week %W') AS a FROM orders", "strftime()"),
        ("SELECT regexp_matches(word, '\\bx') AS a FROM orders", "regular expression"),
        ("SELECT regexp_matches(word, word) AS a FROM orders", "regular expression"),
        ("SELECT substring(word, -2) AS a FROM orders", "from the end"),
        ("SELECT word[1] AS a FROM orders", "brackets"),
        ("SELECT tags[-1] AS a FROM orders", "brackets"),
        ("SELECT tags::VARCHAR AS a FROM orders", "text of a list"),
        ("SELECT Amount // 2 AS a FROM orders", "`//`"),
        ("SELECT avg(day) AS a FROM orders", "avg() of dates"),
        ("SELECT {'a': 1} AS a FROM orders", "struct"),
        ("SELECT list_transform(tags, x -> x || 'a') AS a FROM orders", "lambda"),
        ("SELECT range(5) AS a FROM orders", "lists only in DuckDB"),
        ("SELECT date_diff('week', day, day) AS a FROM orders", "weeks"),
        ("SELECT date_part('yearweek', day) AS a FROM orders", "yearweek"),
        ("SELECT 1 AS a FROM orders AS o ASOF JOIN orders AS p ON o.day >= p.day", "ASOF JOIN"),
        ("SELECT 1 AS a FROM orders AS o POSITIONAL JOIN orders AS p", "POSITIONAL JOIN"),
        ("SELECT 1 AS a UNION BY NAME SELECT 2 AS b", "UNION BY NAME"),
        ("SELECT day FROM orders USING SAMPLE 10%", "sample"),
        ("SELECT any_value(word) FILTER (WHERE day IS NULL) AS a FROM orders", "any_value()"),
        ("SELECT last(word) AS a FROM orders", "last()"),
        ("SELECT mode(word) AS a FROM orders", "mode()"),
        ("SELECT o FROM orders AS o", "a table's name"),
        ("SELECT CAST(word AS STRUCT(a INTEGER)) AS a FROM orders", "STRUCT"),
        ("SELECT last_value(word IGNORE NULLS) OVER (ORDER BY day) AS a FROM orders", "IGNORE"),
    ],
)
def test_what_would_mean_something_else_is_refused(sql: str, what: str) -> None:
    with pytest.raises(SeeknalCiError, match="cannot be translated to PostgreSQL") as caught:
        said(sql, *read_query(sql).tree.named_selects)

    assert what in caught.value.what
    assert "dialect: postgres" in caught.value.fix


@pytest.mark.parametrize("sql", ["SELECT 1 AS a; SELECT 2 AS b", "DROP TABLE x", "SELECT", ""])
def test_what_is_no_query_is_refused(sql: str) -> None:
    with pytest.raises(SeeknalCiError) as caught:
        read_query(sql)
    assert caught.value.fix


def test_columns_that_are_not_those_of_duckdb_are_refused() -> None:
    with pytest.raises(SeeknalCiError, match="its columns are a, b to DuckDB, and a"):
        said("SELECT 1 AS a", "a", "b")
