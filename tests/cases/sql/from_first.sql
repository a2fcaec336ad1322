-- FROM first, VALUES, table functions, literals and the lighter spellings of DuckDB.
FROM source.orders
FROM source.orders SELECT order_id, amount WHERE amount > 6
FROM source.orders AS o JOIN source.customers AS c USING (customer_id) SELECT o.order_id, c.name
FROM (FROM source.orders SELECT customer_id, sum(amount) AS total GROUP BY ALL) SELECT * WHERE total > 1
WITH c AS (FROM source.orders) FROM c SELECT count(*) AS n
FROM source.orders LIMIT 2
FROM source.orders ORDER BY order_id
FROM source.orders WHERE amount > 6
FROM range(3) AS r(i)
FROM range(3)
FROM generate_series(1, 3)
SELECT i FROM range(5) AS t(i)
SELECT * FROM generate_series(1, 10, 3) AS g(n)
SELECT * FROM generate_series(DATE '2024-01-01', DATE '2024-01-03', INTERVAL 1 DAY) AS g(d)
SELECT generate_series AS n FROM generate_series(1, 3)
SELECT range AS n FROM range(3)
SELECT unnest(generate_series(1, 3)) AS n
SELECT unnest(range(3)) AS n
VALUES (1, 'a'), (2, 'b')
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(i, s)
FROM (VALUES (1, 'a'), (2, NULL)) AS v(i, s)
WITH v(i, s) AS (VALUES (1, 'a'), (2, 'b')) SELECT s FROM v
SELECT v.i + 1 AS j FROM (VALUES (1), (2.5)) AS v(i)
SELECT a: 1, b: 'x'
SELECT total: amount * quantity, status FROM source.orders
SELECT t: sum(amount), status FROM o: source.orders GROUP BY ALL
SELECT order_id, amount, FROM source.orders
SELECT order_id, sum(amount) AS total, FROM source.orders GROUP BY order_id,
SELECT [1, 2, 3,] AS l
SELECT * FROM source.orders USING SAMPLE 100%
SELECT * FROM source.orders TABLESAMPLE reservoir(100%)
SELECT order_id FROM source.orders TABLESAMPLE 100 PERCENT (bernoulli)
SELECT 1_000_000 AS n, 1e3 AS e, 0.5 AS p
SELECT 'it''s' AS a, $$dollar 'quoted'$$ AS b, $tag$x$tag$ AS c, E'a\nb' AS d
SELECT '\xAA\x00'::BLOB AS b, x'AABB' AS h, X'00' AS z
SELECT DATE '2024-01-01' AS d, TIMESTAMP '2024-01-01 10:00:00' AS t, TIME '10:00:00' AS tm, TIMESTAMPTZ '2024-01-01 10:00:00+00' AS tz
SELECT INTERVAL 1 DAY AS a, INTERVAL '1 month' AS b, INTERVAL (1 + 1) HOURS AS c
SELECT true AS a, NULL AS b, 'x'::VARCHAR(3) AS c
SELECT 1 AS "Weird Name", 2 AS "select", 3 AS 'single'
SELECT 9223372036854775808 AS h, 3000000000 AS b, 123456789012345678901234567890123456789012 AS d
SELECT B'101' AS b
SELECT * FROM (VALUES (1, 'a'), (2.5, NULL)) AS v(i, s)
SELECT * FROM (VALUES (NULL), (DATE '2024-01-01')) AS v(i)
SELECT * FROM (VALUES (DATE '2024-01-01'), (TIMESTAMP '2024-01-01')) AS v(i)
SELECT * FROM (VALUES (true), (1)) AS v(i)
SELECT * FROM (VALUES (1), (3000000000)) AS v(i)
SELECT x.range FROM range(3) AS x
SELECT x.x FROM range(3) AS x
SELECT t.* FROM source.orders AS o, generate_series(1, o.quantity) AS t
SELECT o.order_id, g FROM source.orders AS o, generate_series(1, quantity) AS t(g)
SELECT generate_series FROM source.orders AS o, generate_series(1, o.quantity)
