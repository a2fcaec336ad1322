-- COLUMNS by pattern, list, function and star, in expressions and clauses.
SELECT COLUMNS(*) FROM source.orders
SELECT COLUMNS('.*_id') FROM source.orders
SELECT COLUMNS('^(amount|quantity)$') FROM source.orders
SELECT min(COLUMNS(*)) FROM source.orders
SELECT min(COLUMNS('amount|quantity')), max(COLUMNS('amount|quantity')) FROM source.orders
SELECT max(COLUMNS(* EXCLUDE (is_paid))) FROM source.orders
SELECT sum(COLUMNS(['amount', 'quantity'])) FROM source.orders
SELECT COLUMNS(['amount', 'quantity']) FROM source.orders
SELECT COLUMNS(lambda c: c LIKE '%_id') FROM source.orders
SELECT COLUMNS(* REPLACE (amount + 1 AS amount)) FROM source.orders
SELECT COLUMNS('(.*)_id') AS '\1_key' FROM source.orders
SELECT COLUMNS('(order|customer)_id') AS 'k_\1' FROM source.orders
SELECT COLUMNS('q\d') * 10 AS 'ten_\0' FROM source.quarters
SELECT COLUMNS('q.') + COLUMNS('q.') AS 'twice_\0' FROM source.quarters
SELECT region, COLUMNS('q.')::VARCHAR FROM source.quarters
SELECT region, round(COLUMNS('q.') / 2, 1) FROM source.quarters
SELECT coalesce(*COLUMNS('q.')) AS first FROM source.quarters
SELECT greatest(*COLUMNS(['q1', 'q2', 'q3'])) AS best FROM source.quarters
SELECT COLUMNS(lambda c: c IN ('amount', 'status')) FROM source.orders
SELECT COLUMNS(o.* EXCLUDE (amount)) FROM source.orders AS o
SELECT COLUMNS(o.*) FROM source.orders AS o JOIN source.customers AS c USING (customer_id)
SELECT region FROM source.quarters WHERE COLUMNS('q.') > 1
SELECT * FROM source.quarters WHERE COLUMNS(*) IS NOT NULL
SELECT struct_pack(*COLUMNS('q.')) AS s FROM source.quarters
SELECT count(COLUMNS(*)) FROM source.orders
SELECT first(COLUMNS('amount')), last(COLUMNS('status')) FROM source.orders GROUP BY customer_id
SELECT COLUMNS('amount') FROM (SELECT order_id, amount FROM source.orders)
WITH s AS (SELECT *, 1 AS extra_id FROM source.orders) SELECT COLUMNS('.*_id') FROM s
SELECT sum(COLUMNS('q.')) OVER (PARTITION BY region) FROM source.quarters
SELECT COLUMNS(* EXCLUDE (q1, q2)) FROM source.quarters
SELECT sum(COLUMNS('q.')) AS x FROM source.quarters
SELECT * FROM (SELECT min(COLUMNS('q.')) FROM source.quarters)
SELECT region, q1 FROM source.quarters ORDER BY COLUMNS('q.')
SELECT COLUMNS(* RENAME (q1 AS first)) FROM source.quarters
SELECT COLUMNS('(.)(\d)') AS 'c\2_\1_\0' FROM source.quarters
