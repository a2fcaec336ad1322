-- Set operations, by place and by name, and the types that they put together.
SELECT order_id FROM source.orders UNION SELECT customer_id FROM source.customers
SELECT order_id, amount FROM source.orders UNION ALL SELECT customer_id, NULL FROM source.customers
SELECT order_id AS a, status AS b FROM source.orders UNION BY NAME SELECT name AS b, customer_id AS c FROM source.customers
SELECT order_id AS a FROM source.orders UNION ALL BY NAME SELECT 1.5 AS b UNION ALL BY NAME SELECT 'x' AS c
SELECT * FROM (SELECT 1 AS a UNION ALL BY NAME SELECT 2 AS b) AS u
WITH u AS (SELECT order_id AS a FROM source.orders UNION BY NAME SELECT name AS b FROM source.customers) SELECT b, a FROM u
SELECT * FROM source.quarters UNION ALL BY NAME SELECT 'w' AS region, 5 AS q4
SELECT customer_id FROM source.orders INTERSECT SELECT customer_id FROM source.customers
SELECT customer_id FROM source.orders EXCEPT ALL SELECT customer_id FROM source.customers
SELECT customer_id FROM source.orders INTERSECT ALL SELECT customer_id FROM source.customers
(SELECT order_id FROM source.orders ORDER BY 1 LIMIT 1) UNION ALL (SELECT customer_id FROM source.customers ORDER BY 1 LIMIT 1)
SELECT 1 AS a UNION ALL SELECT 2.5 UNION ALL SELECT NULL
SELECT 1 AS a UNION ALL SELECT 'x'
SELECT ordered_at AS d FROM source.orders UNION ALL SELECT joined_on FROM source.customers
SELECT order_id FROM source.orders UNION ALL SELECT order_id FROM source.orders ORDER BY order_id DESC LIMIT 3 OFFSET 1
FROM source.quarters UNION ALL FROM source.quarters
SELECT q1 AS v FROM source.quarters UNION ALL SELECT q2 FROM source.quarters EXCEPT SELECT q3 FROM source.quarters
SELECT * FROM source.orders UNION ALL BY NAME SELECT * FROM source.customers
SELECT quantity AS v FROM source.orders UNION ALL SELECT amount FROM source.orders
SELECT [1, 2] AS l UNION ALL SELECT [3]
SELECT amount AS v FROM source.orders UNION SELECT discount FROM source.orders
