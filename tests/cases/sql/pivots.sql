-- PIVOT and UNPIVOT as statements, as tables and in WITH.
PIVOT source.orders ON status IN ('paid', 'open') USING sum(amount) GROUP BY customer_id
PIVOT source.orders ON status IN ('paid', 'open') USING sum(amount) AS total GROUP BY customer_id
PIVOT source.orders ON status IN ('paid', 'open') USING sum(amount) AS total, count(*) AS n GROUP BY customer_id
PIVOT source.orders ON status IN ('paid', 'open') USING sum(amount), max(quantity) GROUP BY customer_id
PIVOT source.quarters ON region IN ('n', 's') USING sum(q1)
PIVOT (SELECT customer_id, status, amount FROM source.orders) ON status IN ('paid') USING sum(amount)
SELECT * FROM source.orders PIVOT (sum(amount) FOR status IN ('paid', 'open') GROUP BY customer_id)
SELECT * FROM source.orders PIVOT (sum(amount) AS total FOR status IN ('paid', 'open') GROUP BY customer_id)
SELECT * FROM source.orders PIVOT (sum(amount) AS total, count(*) AS n FOR status IN ('paid' AS p, 'open' AS o) GROUP BY customer_id)
SELECT * FROM (SELECT customer_id, status, amount FROM source.orders) PIVOT (sum(amount) FOR status IN ('paid', 'open')) AS p
SELECT p.customer_id, p.paid FROM (SELECT customer_id, status, amount FROM source.orders) PIVOT (sum(amount) FOR status IN ('paid', 'open')) AS p
SELECT customer_id, paid + open AS both FROM (SELECT customer_id, status, amount FROM source.orders) PIVOT (sum(amount) FOR status IN ('paid', 'open'))
WITH p AS (PIVOT source.orders ON status IN ('paid', 'open') USING count(*) GROUP BY customer_id) SELECT customer_id, paid FROM p
SELECT * FROM (PIVOT source.orders ON status IN ('paid', 'open') USING count(*) GROUP BY customer_id)
FROM (PIVOT source.orders ON quantity IN (1, 2) USING count(*) GROUP BY status)
PIVOT source.orders ON status IN ('paid', 'open'), quantity IN (1, 2) USING count(*) GROUP BY customer_id
UNPIVOT source.quarters ON q1, q2, q3 INTO NAME quarter VALUE sales
UNPIVOT source.quarters ON q1, q2, q3
UNPIVOT source.quarters ON COLUMNS(* EXCLUDE (region)) INTO NAME quarter VALUE sales
UNPIVOT source.quarters ON COLUMNS('q.') INTO NAME quarter VALUE sales
UNPIVOT (SELECT region, q1, q2 FROM source.quarters) ON q1, q2 INTO NAME quarter VALUE sales
SELECT * FROM source.quarters UNPIVOT (sales FOR quarter IN (q1, q2, q3))
SELECT region, quarter, sales FROM source.quarters UNPIVOT (sales FOR quarter IN (q1, q2, q3))
SELECT * FROM source.quarters UNPIVOT INCLUDE NULLS (sales FOR quarter IN (q1, q2, q3))
SELECT u.quarter, sum(u.sales) AS s FROM source.quarters UNPIVOT (sales FOR quarter IN (q1 AS 'one', q2 AS 'two')) AS u GROUP BY ALL
WITH u AS (UNPIVOT source.quarters ON q1, q2 INTO NAME quarter VALUE sales) SELECT quarter, sum(sales) AS s FROM u GROUP BY quarter
SELECT * FROM (UNPIVOT source.quarters ON q1, q2 INTO NAME quarter VALUE sales) WHERE sales > 1
UNPIVOT source.quarters ON (q1, q2) AS a, (q2, q3) AS b INTO NAME pair VALUE one, two
SELECT * FROM (SELECT region, q1 FROM source.quarters) PIVOT (sum(q1) FOR region IN ('n', 's'))
PIVOT source.orders ON status IN ('paid', NULL), is_paid IN (true, false) USING count(*) GROUP BY customer_id
PIVOT source.orders ON upper(status) IN ('PAID', 'open') USING sum(amount * quantity)
PIVOT source.orders ON discount IN (0.1, 0.5) USING sum(amount) GROUP BY customer_id
SELECT * FROM source.orders PIVOT (sum(amount) FOR status IN ('paid') quantity IN (1, 2) GROUP BY customer_id)
UNPIVOT source.quarters ON q1::BIGINT AS x, q2 INTO NAME pair VALUE one
UNPIVOT source.quarters ON * EXCLUDE (region)
SELECT * FROM source.quarters UNPIVOT ((one, two) FOR quarter IN ((q1, q2), (q2, q3)))
SELECT * FROM source.quarters UNPIVOT (sales FOR quarter IN (COLUMNS('q.')))
WITH a AS (SELECT region, q1 FROM source.quarters) PIVOT a ON region IN ('n', 's') USING sum(q1)
PIVOT source.orders ON status IN ('paid', 'open'), quantity IN (1, 2) USING count(*) AS n, sum(amount) AS s GROUP BY customer_id
SELECT * FROM source.orders PIVOT (sum(amount) FOR status IN (paid, open) GROUP BY customer_id)
PIVOT (SELECT o.customer_id, c.name, o.status FROM source.orders AS o JOIN source.customers AS c ON o.customer_id = c.customer_id) ON status IN ('paid') USING count(*)
WITH p AS (PIVOT (SELECT o.status, o.customer_id FROM source.orders AS o) ON status IN ('paid') USING count(*)) SELECT * FROM p
SELECT * FROM (WITH a AS (SELECT o.status, o.customer_id FROM source.orders AS o) PIVOT a ON status IN ('paid'))
UNPIVOT (VALUES (1, 2)) ON col0
WITH x AS (SELECT 1 AS z) SELECT * FROM (UNPIVOT (FROM x) ON z), (PIVOT (SELECT o.status FROM source.orders o) ON status IN ('paid')) AS u
UNPIVOT source.quarters ON q1, q2 INTO NAME Quarter VALUE Sales
UNPIVOT (PIVOT (SELECT o.customer_id, c.name, o.status FROM source.orders AS o JOIN source.customers AS c ON o.customer_id = c.customer_id) ON status IN ('paid') USING count(*)) ON name
WITH u AS (UNPIVOT (PIVOT (SELECT o.customer_id, o.status FROM source.orders AS o) ON status IN ('paid') USING count(*)) ON paid) SELECT * FROM u
SELECT 1 AS customer_id, 2 AS paid UNION ALL BY NAME SELECT * FROM (PIVOT (SELECT o.customer_id, o.status FROM source.orders AS o) ON status IN ('paid') USING count(*))
