-- Stars, with what is left out, replaced, renamed or tested, and fields of structs.
SELECT * FROM source.orders
SELECT o.* FROM source.orders AS o
SELECT * EXCLUDE (status) FROM source.orders
SELECT * EXCLUDE status FROM source.orders
SELECT * EXCLUDE (o.status) FROM source.orders AS o
SELECT o.* EXCLUDE (status, amount), c.name FROM source.orders AS o JOIN source.customers AS c USING (customer_id)
SELECT * REPLACE (amount * 2 AS amount) FROM source.orders
SELECT * REPLACE (upper(status) AS status, quantity + 1 AS quantity) FROM source.orders
SELECT * RENAME (status AS state, amount AS total) FROM source.orders
SELECT * RENAME status AS state FROM source.orders
SELECT * EXCLUDE (order_id) REPLACE (amount::DOUBLE AS amount) RENAME (status AS state) FROM source.orders
SELECT o.* RENAME (status AS state) FROM source.orders AS o
SELECT * LIKE '%_id' FROM source.orders
SELECT * NOT LIKE '%_id' FROM source.orders
SELECT * ILIKE 'AMOUNT%' FROM source.orders
SELECT * NOT ILIKE 'A%' FROM source.orders
SELECT * SIMILAR TO '.*_id' FROM source.orders
SELECT * NOT SIMILAR TO '.*_id' FROM source.orders
SELECT * GLOB '*_id' FROM source.orders
SELECT *, amount * quantity AS total FROM source.orders
SELECT * FROM source.orders JOIN source.customers USING (customer_id)
SELECT o.*, c.* EXCLUDE (customer_id) FROM source.orders o JOIN source.customers c ON o.customer_id = c.customer_id
SELECT count(*) AS n, count(order_id) AS m, count() AS k FROM source.orders
SELECT * FROM (SELECT * EXCLUDE (amount) FROM source.orders) AS s
WITH c AS (SELECT * RENAME (status AS state) FROM source.orders) SELECT state, count(*) AS n FROM c GROUP BY state
SELECT address.* FROM source.customers
SELECT address.* EXCLUDE (zip) FROM source.customers
SELECT name, unnest(address) FROM source.customers
SELECT unnest(items, recursive := true) FROM source.events
SELECT id, unnest(items).sku AS sku FROM source.events
SELECT id, item.sku, item.n FROM (SELECT id, unnest(items) AS item FROM source.events)
SELECT id, unnest(items) AS item FROM source.events
