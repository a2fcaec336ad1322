"""Pairs of queries that mean the same, by what sets their texts apart."""

from __future__ import annotations

ORDERS = "SELECT order_id, amount FROM source.orders"
JOINED = (
    "SELECT o.order_id, c.name FROM source.orders AS o "
    "JOIN source.customers AS c ON o.customer_id = c.customer_id"
)
STEPS = (
    "WITH a AS (SELECT order_id, amount FROM source.orders), "
    "b AS (SELECT order_id FROM a WHERE amount > 1) SELECT * FROM b"
)

SAME = {
    "formatting": (ORDERS, "SELECT\n    order_id\n  , amount\nFROM   source.orders\n"),
    "a semicolon": (ORDERS, f"{ORDERS};"),
    "comments": (ORDERS, "SELECT order_id, /* euros */ amount -- net\nFROM source.orders"),
    "keyword case": (ORDERS, "select order_id, amount from source.orders"),
    "name case": (ORDERS, "SELECT ORDER_ID, Amount FROM Source.Orders"),
    "quotes": (ORDERS, 'SELECT "order_id", "amount" FROM "source"."orders"'),
    "function case": (
        "SELECT sum(amount) AS s FROM source.orders",
        "SELECT SUM(amount) AS s FROM source.orders",
    ),
    "qualified columns": (ORDERS, "SELECT orders.order_id, orders.amount FROM source.orders"),
    "a star": (
        "SELECT * FROM source.orders",
        "SELECT order_id, customer_id, amount, status, ordered_at FROM source.orders",
    ),
    "EXCLUDE": (ORDERS, "SELECT * EXCLUDE (customer_id, status, ordered_at) FROM source.orders"),
    "FROM first": (ORDERS, "FROM source.orders SELECT order_id, amount"),
    "brackets around it": (ORDERS, f"({ORDERS})"),
    "ref()": (ORDERS, "SELECT order_id, amount FROM ref('source.orders')"),
    "an alias": (JOINED, JOINED.replace("o.", "x.").replace(" AS o", " x")),
    "aliases that change names": (
        JOINED,
        "SELECT c.order_id, o.name FROM source.orders AS c "
        "JOIN source.customers AS o ON c.customer_id = o.customer_id",
    ),
    "an alias that looks like ours": (
        JOINED,
        JOINED.replace("o.", "_t0_1.").replace(" AS o", " _t0_1").replace("c.", "_t0_0.").replace(
            " AS c", " _t0_0"
        ),
    ),
    "names of CTEs": (
        STEPS,
        "WITH first AS (SELECT order_id, amount FROM source.orders), "
        "second AS (SELECT order_id FROM first WHERE amount > 1) SELECT * FROM second",
    ),
    "names of CTEs swapped": (
        STEPS,
        "WITH b AS (SELECT order_id, amount FROM source.orders), "
        "a AS (SELECT order_id FROM b WHERE amount > 1) SELECT * FROM a",
    ),
    "an unused CTE": (STEPS, STEPS.replace("WITH ", "WITH unused AS (SELECT 1 AS one), ")),
    "unused CTEs in a chain": (
        ORDERS,
        f"WITH u AS (SELECT 1 AS one), v AS (SELECT * FROM u) {ORDERS}",
    ),
    "a subquery's alias": (
        f"SELECT s.amount FROM ({ORDERS}) AS s",
        f"SELECT other.amount FROM ({ORDERS}) AS other",
    ),
    "a subquery without an alias": (
        f"SELECT amount FROM ({ORDERS}) AS s",
        f"SELECT amount FROM ({ORDERS})",
    ),
    "the alias in a correlated subquery": (
        "SELECT name FROM source.customers AS c WHERE EXISTS "
        "(SELECT 1 FROM source.orders AS o WHERE o.customer_id = c.customer_id)",
        "SELECT name FROM source.customers AS x WHERE EXISTS "
        "(SELECT 1 FROM source.orders AS y WHERE y.customer_id = x.customer_id)",
    ),
    "operands of +": (f"{ORDERS} WHERE amount + 1 > 2", f"{ORDERS} WHERE 1 + amount > 2"),
    "operands of *": (f"{ORDERS} WHERE amount * 2 > 2", f"{ORDERS} WHERE 2 * amount > 2"),
    "operands of =": (f"{ORDERS} WHERE amount = 1", f"{ORDERS} WHERE 1 = amount"),
    "<> and !=": (f"{ORDERS} WHERE amount <> 1", f"{ORDERS} WHERE 1 != amount"),
    "operands of AND": (
        f"{ORDERS} WHERE amount > 1 AND status = 'a' AND order_id < 3",
        f"{ORDERS} WHERE order_id < 3 AND (amount > 1 AND status = 'a')",
    ),
    "operands of OR": (
        f"{ORDERS} WHERE amount > 1 OR (status = 'a' AND order_id < 3)",
        f"{ORDERS} WHERE (order_id < 3 AND status = 'a') OR amount > 1",
    ),
    "operands in ON": (JOINED, JOINED.replace("o.customer_id = c.", "c.customer_id = o.")),
    "order in IN": (
        f"{ORDERS} WHERE status IN ('a', 'b', 'c')",
        f"{ORDERS} WHERE status IN ('c', 'a', 'b', 'a')",
    ),
    "brackets that say nothing": (
        f"{ORDERS} WHERE amount > 1 AND status = 'a'",
        f"{ORDERS} WHERE ((amount > 1) AND ((status) = 'a'))",
    ),
    "INNER": (JOINED, JOINED.replace("JOIN", "INNER JOIN")),
    "OUTER": (
        JOINED.replace("JOIN", "LEFT JOIN"),
        JOINED.replace("JOIN", "LEFT OUTER JOIN"),
    ),
    "casts": (
        "SELECT amount::VARCHAR AS a FROM source.orders",
        "SELECT CAST(amount AS TEXT) AS a FROM source.orders",
    ),
    "GROUP BY a number": (
        "SELECT status, count(*) AS n FROM source.orders GROUP BY status",
        "SELECT status, count(*) AS n FROM source.orders GROUP BY 1",
    ),
    "an output used again": (
        "SELECT amount AS a, amount + 1 AS b FROM source.orders",
        "SELECT amount AS a, a + 1 AS b FROM source.orders",
    ),
    "IFNULL": (
        "SELECT ifnull(amount, 0) AS a FROM source.orders",
        "SELECT coalesce(amount, 0) AS a FROM source.orders",
    ),
}  # fmt: skip
