"""What a query puts out, what it reads, and what it reads in vain."""

from __future__ import annotations

import pytest

from seeknal_ci.model.spec import Column
from seeknal_ci.sql.analyse import analyse
from tests.support.queries import (
    DUCKDB,
    columns,
    described,
    missing,
    physical,
    resolved,
    understood,
    uses,
    warehouse,
)

ORDERS = ["order_id", "customer_id", "amount", "status", "ordered_at"]

# Queries whose columns can be known, over the tables of tests/support/queries.py.
KNOWN = [
    "SELECT * FROM source.orders",
    "FROM source.orders",
    "FROM source.orders SELECT order_id WHERE amount > 1",
    "SELECT o.* FROM source.orders AS o",
    "SELECT * EXCLUDE (status) FROM source.orders",
    "SELECT * EXCLUDE (status, amount), amount AS total FROM source.orders",
    "SELECT * REPLACE (amount::VARCHAR AS amount) FROM source.orders",
    "SELECT * RENAME (status AS state) FROM source.orders",
    "SELECT Order_ID, AMOUNT AS Total FROM source.orders",
    "WITH c AS (SELECT * FROM source.orders) SELECT * FROM c",
    "WITH c(a, b) AS (SELECT order_id, amount FROM source.orders) SELECT b, a FROM c",
    "SELECT s.a FROM (SELECT order_id FROM source.orders) AS s(a)",
    "SELECT * FROM (SELECT * FROM (SELECT amount FROM source.orders))",
    "SELECT * FROM source.orders JOIN source.customers USING (customer_id)",
    "SELECT customer_id, name FROM source.orders LEFT JOIN source.customers USING (customer_id)",
    "SELECT * FROM source.orders NATURAL JOIN source.customers",
    "SELECT * FROM source.orders AS o SEMI JOIN source.customers AS c USING (customer_id)",
    "SELECT * FROM source.orders AS o ANTI JOIN source.customers AS c USING (customer_id)",
    "SELECT order_id FROM source.orders UNION ALL SELECT amount FROM source.orders",
    "SELECT order_id AS a FROM source.orders UNION BY NAME SELECT status AS b FROM source.orders",
    "SELECT order_id FROM source.orders EXCEPT SELECT customer_id FROM source.customers",
    "SELECT status, count(*) AS n FROM source.orders GROUP BY ALL",
    "SELECT status, sum(order_id) AS s FROM source.orders GROUP BY 1 HAVING s > 1 ORDER BY 2",
    "SELECT DISTINCT ON (customer_id) customer_id, amount FROM source.orders ORDER BY ordered_at",
    "SELECT order_id, row_number() OVER (PARTITION BY status ORDER BY amount) AS r "
    "FROM source.orders QUALIFY r = 1",
    "SELECT sum(amount) OVER w AS s FROM source.orders WINDOW w AS (ORDER BY ordered_at)",
    "SELECT name, (SELECT max(amount) FROM source.orders AS o "
    "WHERE o.customer_id = c.customer_id) AS most FROM source.customers AS c",
    "SELECT name, tag FROM source.customers AS c, unnest(c.tags) AS t(tag)",
    "SELECT name, unnest(tags) AS tag FROM source.customers",
    "SELECT address.city, c.address.zip AS zip FROM source.customers AS c",
    "SELECT address['city'] AS city, struct_extract(address, 'zip') AS zip FROM source.customers",
    "SELECT {'a': amount, 'b': [order_id]} AS s FROM source.orders",
    "SELECT amount AS a, a * 2 AS b FROM source.orders WHERE a > 1",
    "SELECT EXISTS (SELECT 1 FROM source.customers AS c WHERE c.customer_id = o.customer_id) AS e "
    "FROM source.orders AS o",
    "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(i, s)",
    "SELECT * FROM (VALUES (1, 'a'))",
    "SELECT order_id FROM source.orders TABLESAMPLE 10%",
    "SELECT o FROM source.orders AS o",
    "SELECT count(*), max(amount), amount::VARCHAR FROM source.orders GROUP BY amount",
    "SELECT * FROM (SELECT count(*) FROM source.orders)",
    'WITH c AS (SELECT count(*) FROM source.orders) SELECT "count_star()" AS n FROM c',
    "(SELECT order_id FROM source.orders) LIMIT 3",
    "SELECT list_sort(tags) AS t, tags[1] AS first, len(tags) AS n FROM source.customers",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r",
]


@pytest.mark.parametrize("sql", KNOWN)
def test_names_and_types_are_those_that_duckdb_gives_what_is_built(sql: str) -> None:
    found = columns(sql)
    assert found is not None
    assert found == described(warehouse(), physical(sql))


@pytest.mark.parametrize("sql", KNOWN)
def test_what_is_built_has_the_columns_of_the_query_as_it_is_written(sql: str) -> None:
    written = described(warehouse(), sql)
    built = described(warehouse(), physical(sql))
    assert [kind for _, kind in built] == [kind for _, kind in written]
    named = [(one, other) for (one, _), (other, _) in zip(built, written, strict=True)]
    # A name that its author left to DuckDB is nearly, and always the same, the one it would give.
    assert all(one == other or "(" in other for one, other in named)


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT * FROM source.raw", "`*` stands for the columns of an input whose columns are"),
        (
            "SELECT COLUMNS('a.*') FROM source.raw",
            "`COLUMNS(…)` picks columns by a pattern",
        ),
        ("SELECT COLUMNS('(?=a)') FROM source.orders", "depends on the pattern '(?=a)'"),
        ("SELECT * LIKE 'a%' FROM source.raw", "an output stands for several columns: what it"),
        (
            "SELECT * FROM source.raw PIVOT (sum(amount) FOR status IN ('a'))",
            "its input, which are",
        ),
        ("PIVOT source.orders ON status", "the values of `status`, which are not listed with IN"),
        ("PIVOT source.orders ON status IN (SELECT 'a')", "the values of `status`, which are not"),
        ("WITH p AS (PIVOT source.orders ON status) SELECT * FROM p", "the values of `status`"),
        ("UNPIVOT source.raw ON COLUMNS('a.*')", "columns of its input, which are unknown"),
        ("SELECT anything.* FROM source.raw", "`*` stands for the columns"),
        ("SELECT unnest(anything) FROM source.raw", "its fields depend on a type that is not"),
        ("SELECT nobody.* FROM source.orders", "the query cannot be resolved: Unknown table"),
        ("SELECT * FROM source.orders JOIN source.raw ON true", "`*` stands for the columns"),
        (f"SELECT a FROM {'(SELECT a FROM ' * 900}source.raw{')' * 900}", "nested too deeply"),
    ],
)
def test_what_cannot_be_known_is_unknown_with_a_reason(sql: str, reason: str) -> None:
    found = understood(sql)
    assert found.columns is None
    assert reason in (found.unknown or "")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT order_id,\n  nope\nFROM source.orders", ["nope@2:3"]),
        ("SELECT o.nope FROM source.orders AS o", ["nope@1:10"]),
        ("SELECT order_id FROM source.orders\nWHERE nope > 1", ["nope@2:7"]),
        ("SELECT order_id FROM source.orders\nGROUP BY nope", ["nope@2:10"]),
        ("SELECT order_id FROM source.orders\nORDER BY nope", ["nope@2:10"]),
        ("SELECT max(order_id) AS m FROM source.orders\nHAVING nope > 1", ["nope@2:8"]),
        ("SELECT order_id FROM source.orders\nQUALIFY nope = 1", ["nope@2:9"]),
        ("SELECT sum(amount) OVER (ORDER BY nope) AS s FROM source.orders", ["nope@1:35"]),
        ("SELECT order_id FROM source.orders JOIN source.customers USING (nope)",
         ["nope@1:65", "nope@1:65"]),
        ("SELECT order_id FROM source.orders JOIN source.customers USING (amount)",
         ["amount@1:65"]),
        ("WITH c AS (SELECT order_id FROM source.orders) SELECT amount FROM c", ["amount@1:55"]),
        ("SELECT order_id FROM source.orders AS o WHERE EXISTS "
         "(SELECT 1 FROM source.customers AS c WHERE c.nope = o.customer_id)", ["nope@1:99"]),
        ("SELECT x FROM (SELECT nope AS x FROM source.orders) AS s", ["nope@1:23"]),
        ("SELECT name FROM (SELECT name FROM source.orders) AS s, source.customers AS c",
         ["name@1:8 ambiguous", "name@1:26"]),
        ("SELECT gone.order_id FROM source.orders AS o", ["gone.order_id@1:13"]),
        ("SELECT customer_id FROM source.orders AS o JOIN source.customers AS c ON true",
         ["customer_id@1:8 ambiguous"]),
        ("SELECT first(status ORDER BY nope) AS f FROM source.orders", ["nope@1:30"]),
    ],
)  # fmt: skip
def test_a_column_that_is_nowhere_is_told_with_its_place(sql: str, expected: list[str]) -> None:
    assert missing(sql) == expected


@pytest.mark.parametrize("sql", KNOWN)
def test_nothing_is_missing_from_a_query_that_runs(sql: str) -> None:
    assert missing(sql) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT anything FROM source.raw",
        "SELECT order_id, x FROM source.orders, source.raw",
        "SELECT list_transform(tags, lambda x: upper(x)) AS t FROM source.customers",
        "SELECT [upper(x) FOR x IN tags] AS t FROM source.customers",
        "SELECT order_id AS a FROM source.orders ORDER BY a",
        "SELECT count(*) AS n FROM source.orders GROUP BY status HAVING n > 1 ORDER BY n",
        "SELECT name, m FROM source.customers AS c, "
        "LATERAL (SELECT max(amount) AS m FROM source.orders AS o "
        "WHERE o.customer_id = c.customer_id) AS l",
        "SELECT name, m FROM source.customers AS c, (SELECT max(amount) AS m "
        "FROM source.orders AS o WHERE o.customer_id = c.customer_id) AS l",
        "SELECT count(o) AS n FROM source.orders AS o",
        "SELECT * FROM source.orders PIVOT (sum(amount) FOR status IN ('a', 'b'))",
        "SELECT x FROM unnest([1, 2]) AS x",
    ],
)
def test_names_that_are_there_or_may_be_are_not_missing(sql: str) -> None:
    assert missing(sql) == []


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT order_id FROM source.orders WHERE amount > 1", ["amount", "order_id"]),
        ("SELECT order_id FROM source.orders ORDER BY status", ["order_id", "status"]),
        ("SELECT count(*) AS n FROM source.orders GROUP BY status", ["status"]),
        ("SELECT order_id FROM source.orders QUALIFY row_number() OVER "
         "(PARTITION BY status ORDER BY ordered_at) = 1", ["order_id", "ordered_at", "status"]),
        ("SELECT * EXCLUDE (amount) FROM source.orders",
         ["amount", *(f"{name}*" for name in sorted(ORDERS) if name != "amount")]),
        ("SELECT count(o) AS n FROM source.orders AS o", [f"{name}*" for name in sorted(ORDERS)]),
        ("SELECT sum(amount) FILTER (WHERE status = 'x') AS s FROM source.orders",
         ["amount", "status"]),
    ],
)  # fmt: skip
def test_every_clause_reads_columns(sql: str, expected: list[str]) -> None:
    assert uses(sql) == [f"source.orders.{name}" for name in expected]


@pytest.mark.parametrize(
    "join", ["JOIN source.customers USING (customer_id)", "NATURAL JOIN source.customers"]
)
def test_a_join_reads_its_keys_by_name_on_both_sides(join: str) -> None:
    assert uses(f"SELECT name FROM source.orders {join}") == [
        "source.customers.customer_id",
        "source.customers.name",
        "source.orders.customer_id",
    ]


def test_a_query_that_cannot_be_resolved_reads_what_it_names() -> None:
    sql = "SELECT order_id FROM source.orders WHERE customer_id IN (SELECT customer_id FROM raw)"
    found = understood(sql.replace("raw", "source.raw"))
    assert not found.resolved
    assert uses(sql.replace("raw", "source.raw")) == [
        "source.orders.customer_id",
        "source.orders.order_id",
    ]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM source.orders AS o JOIN source.customers AS c ON true", ("customer_id",)),
        ("SELECT amount, Amount FROM source.orders", ("amount",)),
        ("SELECT o.*, 1 AS status FROM source.orders AS o", ("status",)),
        ("SELECT o.* FROM source.orders AS o JOIN source.customers AS c ON true", ()),
    ],
)
def test_outputs_of_one_name_are_told(sql: str, expected: tuple[str, ...]) -> None:
    assert understood(sql).duplicates == expected


@pytest.mark.parametrize("name", ["Order id", "a;b", "a.b", ":x", "a[b", "count(*)", "100%", '"q"'])
def test_a_column_may_have_a_name_that_is_no_sql(name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    query = resolved(f"SELECT *, {quoted} AS again FROM source.odd", "source.odd")
    found = analyse(query, {"source.odd": (Column(name, "INTEGER"),)}, DUCKDB)
    assert found.columns == (Column(name, "INTEGER"), Column("again", "INTEGER"))
    assert found.missing == ()


def test_sides_of_a_union_that_do_not_fit_are_told() -> None:
    one = "SELECT order_id, status FROM source.orders"
    assert understood(f"{one} UNION ALL SELECT name FROM source.customers").uneven == (2, 1)
    assert understood(f"{one} UNION ALL BY NAME SELECT name FROM source.customers").uneven is None
    other = "SELECT status, order_id FROM source.orders"
    assert understood(f"{one} UNION ALL {other}").crossed == {
        ("order_id", "status"),
        ("status", "order_id"),
    }


def test_a_long_query_is_understood_in_reasonable_time() -> None:
    terms = " OR ".join(f"(order_id = {i} AND amount < {i})" for i in range(300))
    assert columns(f"SELECT order_id FROM source.orders WHERE {terms}") is not None
    total = " + ".join(["amount"] * 300)
    assert columns(f"SELECT {total} AS a FROM source.orders") == [("a", "DOUBLE")]
    union = " UNION ALL ".join(["SELECT order_id FROM source.orders"] * 300)
    assert columns(union) == [("order_id", "INTEGER")]
