"""Pairs of queries that mean other things, however alike they look."""

from __future__ import annotations

from tests.unit.sql.same import JOINED, ORDERS, STEPS

OTHER = {
    "a literal": (f"{ORDERS} WHERE amount > 1", f"{ORDERS} WHERE amount > 2"),
    "a literal's type": (f"{ORDERS} WHERE status = '1'", f"{ORDERS} WHERE status = 1"),
    "text case": (f"{ORDERS} WHERE status = 'a'", f"{ORDERS} WHERE status = 'A'"),
    "spaces in text": (f"{ORDERS} WHERE status = 'a b'", f"{ORDERS} WHERE status = 'a  b'"),
    "the case of an output": (ORDERS, "SELECT order_id, amount AS Amount FROM source.orders"),
    "an output's name": (ORDERS, f"{ORDERS}".replace("amount", "amount AS total")),
    "order of outputs": (ORDERS, "SELECT amount, order_id FROM source.orders"),
    "an added output": (ORDERS, ORDERS.replace("amount", "amount, status")),
    "another column": (ORDERS, ORDERS.replace("amount", "customer_id AS amount")),
    "another table": (
        "SELECT customer_id FROM source.orders",
        "SELECT customer_id FROM source.customers",
    ),
    "join type": (JOINED, JOINED.replace("JOIN", "LEFT JOIN")),
    "left and right": (
        JOINED.replace("JOIN", "LEFT JOIN"),
        JOINED.replace("JOIN", "RIGHT JOIN"),
    ),
    "order of a left join": (
        JOINED.replace("JOIN", "LEFT JOIN"),
        "SELECT o.order_id, c.name FROM source.customers AS c "
        "LEFT JOIN source.orders AS o ON o.customer_id = c.customer_id",
    ),
    "SEMI and ANTI": (
        f"{ORDERS} SEMI JOIN source.customers USING (customer_id)",
        f"{ORDERS} ANTI JOIN source.customers USING (customer_id)",
    ),
    "no condition": (JOINED, JOINED.split(" ON ")[0] + " ON true"),
    "operands of -": (f"{ORDERS} WHERE amount - 1 > 2", f"{ORDERS} WHERE 1 - amount > 2"),
    "operands of /": (f"{ORDERS} WHERE amount / 2 > 1", f"{ORDERS} WHERE 2 / amount > 1"),
    "operands of <": (f"{ORDERS} WHERE amount < 1", f"{ORDERS} WHERE 1 < amount"),
    "operands of ||": (
        "SELECT status || 'x' AS s FROM source.orders",
        "SELECT 'x' || status AS s FROM source.orders",
    ),
    "brackets of a sum": (
        "SELECT (amount + order_id) * 2 AS s FROM source.orders",
        "SELECT amount + order_id * 2 AS s FROM source.orders",
    ),
    "order of additions": (
        "SELECT (amount + 0.1) + 0.2 AS s FROM source.orders",
        "SELECT amount + (0.1 + 0.2) AS s FROM source.orders",
    ),
    "AND and OR": (
        f"{ORDERS} WHERE amount > 1 AND status = 'a'",
        f"{ORDERS} WHERE amount > 1 OR status = 'a'",
    ),
    "brackets of AND and OR": (
        f"{ORDERS} WHERE (amount > 1 OR status = 'a') AND order_id < 3",
        f"{ORDERS} WHERE amount > 1 OR (status = 'a' AND order_id < 3)",
    ),
    "NOT": (f"{ORDERS} WHERE amount > 1", f"{ORDERS} WHERE NOT amount > 1"),
    "NOT of a chain": (
        f"{ORDERS} WHERE NOT (amount > 1 AND status = 'a')",
        f"{ORDERS} WHERE NOT amount > 1 AND status = 'a'",
    ),
    "IN and NOT IN": (f"{ORDERS} WHERE status IN ('a')", f"{ORDERS} WHERE status NOT IN ('a')"),
    "NULL-safe equality": (
        f"{ORDERS} WHERE status = 'a'",
        f"{ORDERS} WHERE status IS NOT DISTINCT FROM 'a'",
    ),
    "coalesce": (f"{ORDERS} WHERE amount > 1", f"{ORDERS} WHERE coalesce(amount, 0) > 1"),
    "order in coalesce": (
        "SELECT coalesce(amount, order_id) AS a FROM source.orders",
        "SELECT coalesce(order_id, amount) AS a FROM source.orders",
    ),
    "LIKE and ILIKE": (f"{ORDERS} WHERE status LIKE 'a'", f"{ORDERS} WHERE status ILIKE 'a'"),
    "CTE body": (STEPS, STEPS.replace("amount > 1", "amount > 2")),
    "CTE read": (STEPS, STEPS.replace("FROM b", "FROM a")),
    "names of CTEs crossed": (
        "WITH a AS (SELECT 1 AS x), b AS (SELECT 2 AS x) SELECT a.x FROM a, b",
        "WITH a AS (SELECT 1 AS x), b AS (SELECT 2 AS x) SELECT b.x FROM a, b",
    ),
    "aliases of a self-join": (
        "SELECT p.order_id FROM source.orders p JOIN source.orders q ON p.order_id = q.customer_id",
        "SELECT q.order_id FROM source.orders p JOIN source.orders q ON p.order_id = q.customer_id",
    ),
    "sides of a self-join": (
        "SELECT p.order_id FROM source.orders p JOIN source.orders q ON p.order_id = q.customer_id",
        "SELECT p.order_id FROM source.orders p JOIN source.orders q ON q.order_id = p.customer_id",
    ),
    "rows of a self-join": (
        "SELECT p FROM source.orders AS p JOIN source.orders AS q ON p.order_id < q.order_id",
        "SELECT q AS p FROM source.orders AS p JOIN source.orders AS q ON p.order_id < q.order_id",
    ),
    "aliases that stand alone": (
        "SELECT x AS v FROM unnest([1]) AS x, unnest([2]) AS y",
        "SELECT x AS v FROM unnest([1]) AS y, unnest([2]) AS x",
    ),
    "an alias that shadows": (
        "SELECT (SELECT max(o.amount) FROM source.orders AS o) AS m FROM source.orders AS o",
        "SELECT (SELECT max(o.amount) FROM source.orders AS p) AS m FROM source.orders AS o",
    ),
    "DISTINCT": (ORDERS, ORDERS.replace("SELECT", "SELECT DISTINCT")),
    "DISTINCT ON": (
        ORDERS.replace("SELECT", "SELECT DISTINCT"),
        ORDERS.replace("SELECT", "SELECT DISTINCT ON (order_id)"),
    ),
    "UNION ALL": (f"{ORDERS} UNION {ORDERS}", f"{ORDERS} UNION ALL {ORDERS}"),
    "UNION BY NAME": (f"{ORDERS} UNION {ORDERS}", f"{ORDERS} UNION BY NAME {ORDERS}"),
    "EXCEPT": (f"{ORDERS} EXCEPT {ORDERS}", f"{ORDERS} INTERSECT {ORDERS}"),
    "brackets of a set operation": (
        "SELECT 1 AS a UNION ALL (SELECT 1 AS a EXCEPT SELECT 1 AS a)",
        "(SELECT 1 AS a UNION ALL SELECT 1 AS a) EXCEPT SELECT 1 AS a",
    ),
    "LIMIT": (f"{ORDERS} LIMIT 1", f"{ORDERS} LIMIT 2"),
    "LIMIT of a side": (
        f"({ORDERS} LIMIT 1) UNION ALL {ORDERS}",
        f"{ORDERS} UNION ALL {ORDERS} LIMIT 1",
    ),
    "OFFSET": (f"{ORDERS} LIMIT 1", f"{ORDERS} LIMIT 1 OFFSET 1"),
    "ORDER BY with LIMIT": (
        f"{ORDERS} ORDER BY amount LIMIT 1",
        f"{ORDERS} ORDER BY order_id LIMIT 1",
    ),
    "direction": (f"{ORDERS} ORDER BY amount LIMIT 1", f"{ORDERS} ORDER BY amount DESC LIMIT 1"),
    "place of NULLs": (
        f"{ORDERS} ORDER BY amount LIMIT 1",
        f"{ORDERS} ORDER BY amount NULLS FIRST LIMIT 1",
    ),
    "USING and ON": (
        "SELECT * FROM source.orders JOIN source.customers USING (customer_id)",
        "SELECT * FROM source.orders AS o JOIN source.customers AS c "
        "ON o.customer_id = c.customer_id",
    ),
    "GROUP BY": (
        "SELECT status, count(*) AS n FROM source.orders GROUP BY status",
        "SELECT status, count(*) AS n FROM source.orders GROUP BY status, amount",
    ),
    "ROLLUP": (
        "SELECT status, count(*) AS n FROM source.orders GROUP BY ROLLUP (status)",
        "SELECT status, count(*) AS n FROM source.orders GROUP BY CUBE (status)",
    ),
    "HAVING": (
        "SELECT count(*) AS n FROM source.orders HAVING count(*) > 1",
        "SELECT count(*) AS n FROM source.orders",
    ),
    "COUNT of a column": (
        "SELECT count(*) AS n FROM source.orders",
        "SELECT count(amount) AS n FROM source.orders",
    ),
    "COUNT DISTINCT": (
        "SELECT count(amount) AS n FROM source.orders",
        "SELECT count(DISTINCT amount) AS n FROM source.orders",
    ),
    "FILTER": (
        "SELECT sum(amount) AS s FROM source.orders",
        "SELECT sum(amount) FILTER (WHERE amount > 1) AS s FROM source.orders",
    ),
    "any_value and first": (
        "SELECT any_value(amount) AS a FROM source.orders",
        "SELECT first(amount) AS a FROM source.orders",
    ),
    "order in an aggregate": (
        "SELECT list(amount ORDER BY order_id) AS a FROM source.orders",
        "SELECT list(amount ORDER BY status) AS a FROM source.orders",
    ),
    "window partition": (
        "SELECT sum(amount) OVER (PARTITION BY status) AS s FROM source.orders",
        "SELECT sum(amount) OVER (PARTITION BY customer_id) AS s FROM source.orders",
    ),
    "window frame": (
        "SELECT sum(amount) OVER (ORDER BY order_id ROWS 1 PRECEDING) AS s FROM source.orders",
        "SELECT sum(amount) OVER (ORDER BY order_id ROWS 2 PRECEDING) AS s FROM source.orders",
    ),
    "frame unit": (
        "SELECT sum(amount) OVER (ORDER BY order_id ROWS 1 PRECEDING) AS s FROM source.orders",
        "SELECT sum(amount) OVER (ORDER BY order_id RANGE 1 PRECEDING) AS s FROM source.orders",
    ),
    "QUALIFY": (
        f"{ORDERS} QUALIFY row_number() OVER (ORDER BY amount) = 1",
        f"{ORDERS} QUALIFY row_number() OVER (ORDER BY amount) = 2",
    ),
    "TABLESAMPLE": (ORDERS, f"{ORDERS} TABLESAMPLE 10%"),
    "log and ln": (
        "SELECT log(amount) AS a FROM source.orders",
        "SELECT ln(amount) AS a FROM source.orders",
    ),
    "concat and ||": (
        "SELECT concat(status, 'x') AS a FROM source.orders",
        "SELECT status || 'x' AS a FROM source.orders",
    ),
    "TRY_CAST": (
        "SELECT TRY_CAST(status AS INTEGER) AS a FROM source.orders",
        "SELECT CAST(status AS INTEGER) AS a FROM source.orders",
    ),
    "the text of an unnamed output": (
        "SELECT amount + 1 FROM source.orders",
        "SELECT 1 + amount FROM source.orders",
    ),
}  # fmt: skip
