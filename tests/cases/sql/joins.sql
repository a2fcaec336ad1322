-- Joins of every kind, LATERAL, UNNEST beside tables, and queries in conditions.
SELECT o.order_id, c.name FROM source.orders AS o LEFT JOIN source.customers AS c ON o.customer_id = c.customer_id
SELECT * FROM source.orders FULL JOIN source.customers USING (customer_id)
SELECT * FROM source.orders RIGHT JOIN source.customers USING (customer_id)
SELECT customer_id, name FROM source.orders FULL OUTER JOIN source.customers USING (customer_id)
SELECT * FROM source.orders NATURAL JOIN source.customers
SELECT * FROM source.orders NATURAL LEFT JOIN source.customers
SELECT * FROM source.orders SEMI JOIN source.customers USING (customer_id)
SELECT * FROM source.orders AS o ANTI JOIN source.customers AS c ON o.customer_id = c.customer_id
SELECT o.order_id FROM source.orders o SEMI JOIN source.customers c USING (customer_id) WHERE o.amount > 1
SELECT * FROM source.quarters POSITIONAL JOIN source.prices
SELECT q.region, p.product FROM source.quarters AS q POSITIONAL JOIN source.prices AS p
SELECT o.order_id, p.price FROM source.orders AS o ASOF JOIN source.prices AS p ON o.ordered_at >= p.valid_from
SELECT o.order_id, p.price FROM source.orders AS o ASOF LEFT JOIN source.prices AS p ON o.ordered_at >= p.valid_from
SELECT * FROM source.prices AS o ASOF JOIN source.prices AS p USING (product, valid_from)
SELECT c.name, l.total FROM source.customers AS c, LATERAL (SELECT sum(amount) AS total FROM source.orders AS o WHERE o.customer_id = c.customer_id) AS l
SELECT c.name, l.total FROM source.customers AS c LEFT JOIN LATERAL (SELECT sum(amount) AS total FROM source.orders AS o WHERE o.customer_id = c.customer_id) AS l ON true
SELECT * FROM source.customers AS c CROSS JOIN LATERAL (SELECT max(o.amount) AS m FROM source.orders AS o WHERE o.customer_id = c.customer_id) AS l
SELECT a.region, b.product FROM source.quarters AS a CROSS JOIN source.prices AS b
SELECT c.name, t.tag FROM source.customers AS c, unnest(c.tags) AS t(tag)
SELECT c.name, tag FROM source.customers AS c CROSS JOIN unnest(c.tags) AS t(tag)
SELECT c.name, unnest FROM source.customers AS c, unnest(c.tags)
SELECT c.name, t.unnest FROM source.customers AS c, unnest(c.tags) AS t
SELECT * FROM source.customers AS c, unnest(c.tags) AS t(tag)
SELECT e.id, u.item.sku FROM source.events AS e, unnest(e.items) AS u(item)
SELECT * FROM unnest([1, 2, 3]) AS t(x)
SELECT * FROM unnest([1, 2, 3])
SELECT x FROM unnest([1, 2, 3]) AS t(x) WHERE x > 1
SELECT o.order_id, c.name, p.price FROM source.orders o JOIN source.customers c USING (customer_id) LEFT JOIN source.prices p ON p.valid_from < o.ordered_at
SELECT a.customer_id FROM source.orders AS a JOIN source.orders AS b USING (customer_id) JOIN source.customers AS c USING (customer_id)
SELECT a, b.order_id FROM (SELECT order_id AS a FROM source.orders) AS s JOIN source.orders AS b ON s.a = b.order_id
SELECT customer_id, o.amount FROM source.orders o INNER JOIN source.customers c USING (customer_id)
SELECT * FROM source.orders o, source.prices p WHERE o.ordered_at > p.valid_from
SELECT name FROM source.customers WHERE customer_id IN (SELECT customer_id FROM source.orders)
SELECT name FROM source.customers AS c WHERE EXISTS (FROM source.orders AS o WHERE o.customer_id = c.customer_id)
SELECT name, (SELECT count(*) FROM source.orders o WHERE o.customer_id = c.customer_id) AS n FROM source.customers c
SELECT name, ARRAY(SELECT amount FROM source.orders o WHERE o.customer_id = c.customer_id ORDER BY amount) AS amounts FROM source.customers c
SELECT order_id FROM source.orders WHERE amount > ALL (SELECT price FROM source.prices)
SELECT order_id FROM source.orders WHERE amount >= ANY (SELECT price FROM source.prices)
SELECT order_id FROM source.orders WHERE (customer_id, status) IN (SELECT (customer_id, status) FROM source.orders)
SELECT order_id FROM source.orders WHERE (customer_id, status) = (1, 'paid')
SELECT c.name, a.total, b.twice FROM source.customers AS c, LATERAL (SELECT sum(amount) AS total FROM source.orders AS o WHERE o.customer_id = c.customer_id) AS a, LATERAL (SELECT a.total * 2 AS twice) AS b
SELECT c.name, l.x FROM source.customers AS c, LATERAL (SELECT max(amount) FROM source.orders AS o WHERE o.customer_id = c.customer_id) AS l(x)
SELECT t.* FROM source.customers c, unnest(c.tags) AS t
SELECT t.unnest FROM source.customers c, unnest(c.tags) AS t
SELECT t FROM source.customers c, unnest(c.tags) AS t
SELECT q.* FROM range(2) AS r(i), LATERAL (SELECT 1 AS a UNION ALL BY NAME SELECT 'x' AS b) AS q
SELECT q.* FROM range(2) AS r(i), LATERAL (VALUES (1, 'a'), (2, 'b')) AS q
SELECT * FROM ((VALUES (1, 'a'), (2, 'b')))
SELECT * FROM source.orders JOIN (SELECT CAST(customer_id AS BIGINT) AS customer_id FROM source.customers) AS c USING (customer_id)
SELECT * FROM source.orders LEFT JOIN (SELECT CAST(customer_id AS DOUBLE) AS customer_id FROM source.customers) AS c USING (customer_id)
SELECT * FROM source.orders RIGHT JOIN (SELECT CAST(customer_id AS BIGINT) AS customer_id FROM source.customers) AS c USING (customer_id)
SELECT * FROM source.orders FULL JOIN (SELECT CAST(customer_id AS BIGINT) AS customer_id FROM source.customers) AS c USING (customer_id)
SELECT ordered_at FROM source.orders FULL JOIN (SELECT CAST(ordered_at AS TIMESTAMP) AS ordered_at FROM source.orders) AS u USING (ordered_at)
SELECT * FROM source.orders NATURAL LEFT JOIN (SELECT CAST(ordered_at AS TIMESTAMP) AS ordered_at FROM source.orders) AS u
SELECT customer_id FROM source.orders JOIN source.customers USING (customer_id) LEFT JOIN (SELECT CAST(customer_id AS BIGINT) AS customer_id FROM source.customers) AS c USING (customer_id)
SELECT customer_id + 1 AS next FROM source.orders RIGHT JOIN (SELECT CAST(customer_id AS DECIMAL(10, 2)) AS customer_id FROM source.customers) AS c USING (customer_id)
