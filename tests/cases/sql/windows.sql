-- Windows.
SELECT order_id, row_number() OVER (PARTITION BY customer_id ORDER BY order_id) AS rn FROM source.orders QUALIFY rn = 1
SELECT order_id FROM source.orders QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY amount DESC, order_id) = 1
SELECT rank() OVER w AS a, dense_rank() OVER w AS b, percent_rank() OVER w AS c, cume_dist() OVER w AS d, ntile(2) OVER w AS e FROM source.orders WINDOW w AS (ORDER BY order_id)
SELECT lag(amount) OVER (ORDER BY order_id) AS a, lead(amount, 1, 0) OVER (ORDER BY order_id) AS b, lag(status, 2, 'none') OVER (ORDER BY order_id) AS c FROM source.orders
SELECT first_value(status) OVER w AS a, last_value(status) OVER w AS b, nth_value(status, 2) OVER w AS c FROM source.orders WINDOW w AS (ORDER BY order_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
SELECT sum(amount) OVER (ORDER BY order_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM source.orders
SELECT sum(amount) OVER (ORDER BY ordered_at RANGE BETWEEN INTERVAL 7 DAYS PRECEDING AND CURRENT ROW) AS s FROM source.orders
SELECT avg(quantity) OVER (ORDER BY order_id GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS s FROM source.orders
SELECT count(*) OVER () AS n, max(amount) OVER (PARTITION BY status) AS m FROM source.orders
SELECT last_value(status IGNORE NULLS) OVER (ORDER BY order_id) AS s FROM source.orders
SELECT lag(status IGNORE NULLS) OVER (ORDER BY order_id) AS s FROM source.orders
SELECT sum(amount) FILTER (WHERE is_paid) OVER (ORDER BY order_id) AS s FROM source.orders
SELECT amount / sum(amount) OVER () AS share FROM source.orders
SELECT ordered_at - lag(ordered_at) OVER (ORDER BY order_id) AS gap FROM source.orders
SELECT * EXCLUDE (rn) FROM (SELECT *, row_number() OVER (ORDER BY order_id) AS rn FROM source.orders) WHERE rn < 3
SELECT *, rank() OVER (ORDER BY amount) AS r FROM source.orders QUALIFY r <= 2
SELECT list(order_id) OVER (ORDER BY order_id) AS l, string_agg(status, ',') OVER (ORDER BY order_id) AS s FROM source.orders
SELECT arg_max(status, amount) OVER (PARTITION BY customer_id) AS s FROM source.orders
SELECT rank() OVER (ORDER BY sum(amount) DESC) AS r, status FROM source.orders GROUP BY status
SELECT sum(amount) OVER (PARTITION BY customer_id ORDER BY order_id) AS running, amount - lag(amount) OVER w AS step, avg(amount) OVER (w ROWS 2 PRECEDING) AS m FROM source.orders WINDOW w AS (ORDER BY order_id)
SELECT lead(ordered_at) OVER (ORDER BY order_id)::DATE - ordered_at::DATE AS days FROM source.orders
