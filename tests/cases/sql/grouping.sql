-- Groups and aggregates.
SELECT status, count(*) AS n FROM source.orders GROUP BY ALL
SELECT status, sum(amount) AS s FROM source.orders GROUP BY status HAVING s > 1 ORDER BY ALL
SELECT status, sum(amount) AS s FROM source.orders GROUP BY 1 ORDER BY 2 DESC NULLS LAST
SELECT status, customer_id, sum(amount) AS s FROM source.orders GROUP BY ROLLUP (status, customer_id)
SELECT status, customer_id, sum(amount) AS s, grouping(status) AS g FROM source.orders GROUP BY CUBE (status, customer_id)
SELECT status, customer_id, sum(amount) AS s FROM source.orders GROUP BY GROUPING SETS ((status), (customer_id), ())
SELECT status, customer_id, grouping_id(status, customer_id) AS g FROM source.orders GROUP BY ROLLUP (status, customer_id)
SELECT sum(amount) FILTER (WHERE is_paid) AS paid, sum(amount) FILTER (is_paid) AS p2 FROM source.orders
SELECT arg_max(status, amount) AS a, arg_min(status, amount) AS b, max_by(status, amount) AS c, min_by(order_id, amount) AS d FROM source.orders
SELECT quantile_cont(discount, 0.5) AS a, quantile_disc(quantity, 0.5) AS b, median(discount) AS c, mode(status) AS d FROM source.orders
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY discount) AS a, percentile_disc(0.5) WITHIN GROUP (ORDER BY quantity) AS b FROM source.orders
SELECT string_agg(status, ',' ORDER BY order_id) AS a, listagg(status, '|' ORDER BY order_id) AS b, group_concat(status) AS c FROM source.orders
SELECT list(order_id ORDER BY order_id DESC) AS a, array_agg(DISTINCT status ORDER BY status) AS b FROM source.orders
SELECT count(DISTINCT status) AS a, count_if(is_paid) AS b, countif(is_paid) AS c, bool_or(is_paid) AS d, bool_and(is_paid) AS e FROM source.orders
SELECT approx_count_distinct(status) AS a, approx_quantile(discount, 0.5) AS b FROM source.orders
SELECT stddev(amount) AS a, stddev_pop(amount) AS b, variance(amount) AS c, var_pop(amount) AS d, corr(discount, quantity) AS e, covar_samp(discount, quantity) AS f FROM source.orders
SELECT first(status ORDER BY order_id) AS a, last(status ORDER BY order_id) AS b, any_value(status) AS c, arbitrary(status) AS d FROM source.orders
SELECT histogram(status) AS h, map_from_entries(list((status, order_id))) AS m FROM source.orders WHERE status IS NOT NULL AND status <> 'paid'
SELECT bit_and(quantity) AS a, bit_or(quantity) AS b, bit_xor(quantity) AS c, product(quantity) AS d FROM source.orders
SELECT max(amount, 2) AS top, min(order_id, 2) AS low, arg_max(order_id, amount, 2) AS best FROM source.orders
SELECT avg(amount) AS a, mean(discount) AS b, sum(quantity) AS c, sum(discount) AS d, sum(is_paid::INT) AS e, min(ordered_at) AS f FROM source.orders
SELECT skewness(discount) AS a, kurtosis(discount) AS b, entropy(status) AS c, mad(discount) AS d FROM source.orders
SELECT customer_id % 2 AS odd, count(*) AS n FROM source.orders GROUP BY odd HAVING count(*) > 1
SELECT DISTINCT status FROM source.orders
SELECT DISTINCT ON (customer_id) customer_id, order_id FROM source.orders ORDER BY customer_id, order_id DESC
SELECT date_trunc('month', ordered_at) AS m, sum(amount) AS s FROM source.orders GROUP BY m ORDER BY m
SELECT status, sum(amount) / count(*) AS mean, 100.0 * count(*) / 7 AS pct FROM source.orders GROUP BY status
SELECT quantile_cont(discount, [0.25, 0.75]) AS q FROM source.orders
SELECT sum(DISTINCT quantity) AS s, regr_slope(discount, quantity) AS r FROM source.orders
SELECT max(status) AS s, max(tags) AS t FROM source.orders, source.customers
SELECT status, count(*) AS n FROM source.orders GROUP BY status LIMIT 50%
SELECT list_sort(list(DISTINCT status) FILTER (WHERE status IS NOT NULL)) AS l, count(*) FILTER (is_paid) AS n FROM source.orders
SELECT max(amount) - min(amount) AS spread, sum(amount) * 1.0 / count(*) AS mean, sum(CASE WHEN is_paid THEN 1 ELSE 0 END) AS paid FROM source.orders
SELECT (SELECT max(price) FROM source.prices) - amount AS d FROM source.orders
SELECT coalesce(max(ordered_at), TIMESTAMP '2024-01-01')::DATE AS last FROM source.orders
SELECT date_diff('day', min(ordered_at), max(ordered_at)) AS days, max(ordered_at) - INTERVAL 30 DAYS AS since FROM source.orders
SELECT array_agg(order_id ORDER BY order_id)[1] AS a, list(status)[1:2] AS b FROM source.orders
SELECT string_agg(DISTINCT status, ', ' ORDER BY status) AS s FROM source.orders
SELECT CASE WHEN count(*) = 0 THEN NULL ELSE sum(amount) / count(*) END AS mean FROM source.orders
SELECT round(100.0 * sum(quantity) / nullif(count(*), 0), 2) AS pct, ceil(avg(amount))::INT AS c FROM source.orders
