"""Columns that stand for many: what they read, what they look for in vain, what cannot be told."""

from __future__ import annotations

import pytest

from tests.support.queries import canonical, columns, missing, understood, uses

PIVOTED = "(SELECT status, amount FROM source.orders) PIVOT (sum(amount) FOR status IN ('a')) AS p"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("PIVOT source.orders ON status IN ('a') USING sum(amont)", ["amont@1:50"]),
        ("PIVOT source.orders ON stats IN ('a') USING sum(amount)", ["stats@1:24"]),
        ("PIVOT source.orders ON status IN ('a') GROUP BY nope", ["nope@1:49"]),
        (f"SELECT p.a, p.nope FROM {PIVOTED}", ["nope@1:15"]),
        ("UNPIVOT source.orders ON order_id, nope", ["nope@1:36"]),
        ("SELECT u.value, u.nam FROM (UNPIVOT source.orders ON order_id) AS u", ["nam@1:19"]),
        ("SELECT COLUMNS(['order_id', 'nope']) FROM source.orders", ["nope@1:17"]),
        ("SELECT COLUMNS('nope') FROM source.orders", ["COLUMNS('nope')@1:16"]),
        ("SELECT COLUMNS(* EXCLUDE (nope)) FROM source.orders", ["nope@1:27"]),
        ("SELECT * LIKE 'nope%' FROM source.orders", ["* LIKE 'nope%'@1:8"]),
        ("SELECT order_id FROM source.orders WHERE COLUMNS('x') > 1", ["COLUMNS('x')@1:50"]),
        ("SELECT nope.* FROM source.customers", ["nope.*@1:13"]),
        ("SELECT unnest(nope) FROM source.customers", ["nope@1:15"]),
        ("SELECT t.x FROM source.customers AS c, unnest(c.nope) AS t(x)", ["nope@1:49"]),
        ("SELECT nope.upper() FROM source.customers", ["nope@1:8"]),
        ("SELECT json_array_length(nope->'x') AS n FROM source.customers", ["nope@1:26"]),
        ("SELECT [upper(y) FOR x IN tags] AS l FROM source.customers", ["y@1:15"]),
        ("SELECT address.* EXCLUDE (zip) FROM source.customers", []),
    ],
)
def test_a_column_that_is_nowhere_is_told_within_them_too(sql: str, expected: list[str]) -> None:
    assert missing(sql) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT COLUMNS('order.*') FROM source.orders", ["order_id*", "ordered_at*"]),
        ("SELECT max(COLUMNS(['amount'])) FROM source.orders", ["amount*"]),
        ("SELECT order_id FROM source.orders WHERE COLUMNS('.*_id') > 1",
         ["customer_id*", "order_id", "order_id*"]),
        ("PIVOT source.orders ON status IN ('a') USING sum(amount) GROUP BY customer_id",
         ["amount", "customer_id", "status"]),
        ("SELECT status.upper() AS s FROM source.orders", ["status"]),
    ],
)  # fmt: skip
def test_only_what_they_stand_for_is_read(sql: str, expected: list[str]) -> None:
    assert uses(sql) == [f"source.orders.{name}" for name in expected]


def test_what_cannot_be_written_out_may_read_every_column() -> None:
    read = uses("SELECT COLUMNS('x') FROM source.raw, source.orders AS o")
    assert read == uses("SELECT o.* FROM source.orders AS o")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT min(COLUMNS(*)), max(COLUMNS('amount')) FROM source.orders", ("amount",)),
        ("SELECT unnest(address), address.city FROM source.customers", ("city",)),
        ("SELECT sum(COLUMNS('.*_id')) AS n FROM source.orders", ("n",)),
        (f"SELECT *, 1 AS a FROM {PIVOTED}", ("a",)),
        ("SELECT 1 AS a, a FROM source.orders", ("a",)),
    ],
)
def test_outputs_of_one_name_are_told(sql: str, expected: tuple[str, ...]) -> None:
    assert understood(sql).duplicates == expected


@pytest.mark.parametrize(
    "inner",
    [
        "SELECT COLUMNS('x') AS 'k_\\0' FROM source.raw",
        "SELECT unnest(anything) AS x FROM source.raw",
        "SELECT * LIKE 'a%' FROM source.raw",
        "SELECT max(COLUMNS(*)) FROM source.raw UNION ALL SELECT 1",
    ],
)
def test_who_takes_all_of_what_cannot_be_told_cannot_be_told_either(inner: str) -> None:
    assert columns(f"SELECT * FROM ({inner})") is None
    assert columns(f"WITH a AS ({inner}), b AS (FROM a) SELECT b.* FROM b") is None
    assert columns(f"SELECT COLUMNS('.*') FROM ({inner})") is None


def test_who_takes_one_column_of_it_can_be_told() -> None:
    sql = "WITH a AS (SELECT COLUMNS('x'), 1 AS y FROM source.raw) SELECT y FROM a"
    assert columns(sql) == [("y", "INTEGER")]


def test_a_name_that_a_query_gives_keeps_its_case() -> None:
    sql = "PIVOT source.orders ON status IN ('Paid') USING sum(amount) GROUP BY customer_id"
    assert [name for name, _ in columns(sql) or []] == ["customer_id", "Paid"]
    assert columns("SELECT COLUMNS('(order)_id') AS 'Key_\\1' FROM source.orders") == [
        ("Key_order", "INTEGER")
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT COLUMNS('.*_id') FROM source.orders",
         "SELECT order_id, customer_id FROM source.orders"),
        ("SELECT * NOT LIKE '%a%' FROM source.customers",
         "SELECT * EXCLUDE (address, tags, name) FROM source.customers"),
        ("SELECT [upper(t) FOR t IN tags] AS l FROM source.customers",
         "SELECT list_transform(tags, lambda t: upper(t)) AS l FROM source.customers"),
    ],
)  # fmt: skip
def test_however_columns_are_named_the_query_is_the_same(one: str, other: str) -> None:
    assert columns(one) == columns(other)
    assert (canonical(one) == canonical(other)) is (columns(one) is not None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PIVOT source.orders ON status IN ('a') USING sum(amount) GROUP BY customer_id",
         "SELECT customer_id, sum(amount) FILTER (WHERE status = 'a') AS a FROM source.orders "
         "GROUP BY customer_id"),
        ("SELECT * FROM source.orders UNPIVOT (v FOR n IN (order_id, customer_id))",
         "SELECT * FROM source.orders UNPIVOT INCLUDE NULLS (v FOR n IN (order_id, customer_id))"),
        ("SELECT json_array_length(name->'a') AS n FROM source.customers",
         "SELECT json_array_length(name->'b') AS n FROM source.customers"),
    ],
)  # fmt: skip
def test_what_may_have_other_rows_is_another_query(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)
