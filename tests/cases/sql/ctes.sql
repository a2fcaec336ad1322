-- WITH, and names given to columns from outside.
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r
WITH RECURSIVE r(n, path) AS (SELECT 1, [1] UNION ALL SELECT n + 1, list_append(path, n + 1) FROM r WHERE n < 3) SELECT n, path FROM r
WITH a AS MATERIALIZED (SELECT order_id FROM source.orders), b AS NOT MATERIALIZED (SELECT * FROM a) SELECT * FROM b
WITH a AS (SELECT * FROM source.orders), b AS (SELECT * EXCLUDE (amount) FROM a) SELECT b.* FROM b
WITH a AS (SELECT customer_id, sum(amount) AS total FROM source.orders GROUP BY ALL) SELECT c.name, a.total FROM a JOIN source.customers AS c USING (customer_id)
SELECT * FROM (WITH a AS (SELECT 1 AS x) SELECT x FROM a) AS s
WITH a(x, y) AS (SELECT order_id, amount FROM source.orders) SELECT y, x FROM a
SELECT s.b FROM (SELECT order_id, amount FROM source.orders) AS s(a, b)
SELECT s.* FROM (SELECT order_id, amount FROM source.orders) AS s(a, b)
SELECT o.a FROM source.orders AS o(a, b)
SELECT o.* FROM source.quarters AS o(r, x)
SELECT order_id AS a, a + 1 AS b, b * 2 AS c FROM source.orders WHERE a > 1
WITH RECURSIVE t AS (SELECT 1 AS i, 0 AS a, 1 AS b UNION ALL SELECT i + 1, b, a + b FROM t WHERE i < 10) SELECT i, a FROM t
WITH RECURSIVE n USING KEY (i) AS (SELECT 1 AS i, 2 AS v UNION SELECT i, v + 1 FROM n WHERE v < 4) SELECT * FROM n
SELECT * FROM (SELECT date_trunc('month', ordered_at) AS m, sum(amount) AS s FROM source.orders GROUP BY m ORDER BY m) AS q(zz)
WITH q(a, b) AS (SELECT status AS s, count(*) AS n FROM source.orders GROUP BY s HAVING n > 0 ORDER BY n) SELECT b, a FROM q
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(First)
