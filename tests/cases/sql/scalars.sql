-- Functions and operators on single values.
SELECT TRY_CAST(status AS INTEGER) AS a, status::VARCHAR AS b, CAST(amount AS DOUBLE) AS c, amount::INT AS d, quantity::TEXT AS e FROM source.orders
SELECT date_trunc('day', ordered_at) AS a, date_part('year', ordered_at) AS b, extract(month FROM ordered_at) AS c, year(ordered_at) AS d, dayofweek(ordered_at) AS e FROM source.orders
SELECT date_trunc('month', joined_on) AS a, joined_on + INTERVAL 1 MONTH AS b, joined_on + 7 AS c, joined_on - DATE '2023-01-01' AS d, last_day(joined_on) AS e FROM source.customers
SELECT date_diff('day', joined_on, DATE '2024-01-01') AS a, datediff('month', joined_on, DATE '2024-01-01') AS b, date_sub('day', joined_on, DATE '2024-01-01') AS c, age(TIMESTAMP '2024-01-01', TIMESTAMP '2023-01-01') AS d FROM source.customers
SELECT date_add(joined_on, INTERVAL 1 DAY) AS a, strftime(joined_on, '%Y') AS b, strptime('2024', '%Y') AS c, try_strptime('x', '%Y') AS d, to_timestamp(0) AS e FROM source.customers
SELECT make_date(2024, 1, 1) AS a, make_timestamp(2024, 1, 1, 0, 0, 0) AS b, epoch(ordered_at) AS c, epoch_ms(ordered_at) AS d, epoch_us(ordered_at) AS e FROM source.orders
SELECT time_bucket(INTERVAL 1 HOUR, ordered_at) AS a, monthname(ordered_at) AS b, dayname(ordered_at) AS c, week(ordered_at) AS d, quarter(ordered_at) AS e FROM source.orders
SELECT ordered_at::DATE AS a, ordered_at::TIME AS b, ordered_at AT TIME ZONE 'UTC' AS c, seen AT TIME ZONE 'UTC' AS d FROM source.orders, source.events
SELECT seen::DATE AS a, date_trunc('hour', seen) AS b, seen + INTERVAL 1 DAY AS c, hour(seen) AS d, seen::TIMESTAMP AS e FROM source.events
SELECT upper(name) AS a, lower(name) AS b, trim(name) AS c, ltrim(name) AS d, length(name) AS e, reverse(name) AS f FROM source.customers
SELECT concat(name, '-', customer_id) AS a, concat_ws(',', name, 'x') AS b, name || '!' AS c, repeat(name, 2) AS d, format('{}', name) AS e, printf('%s', name) AS f FROM source.customers
SELECT substring(name, 1, 2) AS a, substr(name, 2) AS b, left(name, 1) AS c, right(name, 1) AS d, name[1] AS e, name[1:2] AS f FROM source.customers
SELECT replace(name, 'A', 'B') AS a, translate(name, 'A', 'B') AS b, split_part(name, 'n', 1) AS c, string_split(name, 'n') AS d, str_split(name, 'n') AS e FROM source.customers
SELECT regexp_extract(name, '(.)n', 1) AS a, regexp_replace(name, 'n', 'm', 'g') AS b, regexp_matches(name, 'A') AS c, regexp_extract_all(name, '.') AS d, regexp_full_match(name, 'A.*') AS e FROM source.customers
SELECT regexp_extract(name, '(.)(.)', ['a', 'b']) AS s, regexp_split_to_array(name, 'n') AS r FROM source.customers
SELECT name LIKE 'A%' AS a, name ILIKE 'a%' AS b, name NOT LIKE 'A%' AS c, name SIMILAR TO 'A.*' AS d, name ~ 'A.*' AS e, name GLOB 'A*' AS f FROM source.customers
SELECT starts_with(name, 'A') AS a, ends_with(name, 'n') AS b, contains(name, 'n') AS c, prefix(name, 'A') AS d, suffix(name, 'n') AS e, position('n' IN name) AS f, instr(name, 'n') AS g FROM source.customers
SELECT lpad(name, 5, '.') AS a, rpad(name, 5, '.') AS b, ascii(name) AS c, chr(65) AS d, md5(name) AS e, sha256(name) AS f, hash(name) AS g FROM source.customers
SELECT levenshtein(name, 'Ann') AS a, jaccard('ab', 'bc') AS b, jaro_winkler_similarity(name, 'Ann') AS c, damerau_levenshtein(name, 'x') AS d, hamming('a', 'b') AS e FROM source.customers
SELECT coalesce(amount, 0) AS a, ifnull(status, 'x') AS b, nullif(quantity, 0) AS c, if(is_paid, 'y', 'n') AS d, iff FROM source.orders, (SELECT 1 AS iff)
SELECT CASE WHEN amount > 10 THEN 'big' WHEN amount > 5 THEN 'mid' ELSE 'small' END AS a, CASE status WHEN 'paid' THEN 1 ELSE 0 END AS b FROM source.orders
SELECT greatest(quantity, 1) AS a, least(amount, 5) AS b, abs(amount) AS c, sign(quantity) AS d, round(amount, 1) AS e, ceil(amount) AS f, floor(discount) AS g FROM source.orders
SELECT amount * quantity AS a, amount / quantity AS b, quantity // 2 AS c, quantity % 2 AS d, amount + 1 AS e, -amount AS f, quantity ** 2 AS g, quantity ^ 2 AS h FROM source.orders
SELECT sqrt(quantity) AS a, power(quantity, 2) AS b, ln(quantity) AS c, log(quantity) AS d, log10(quantity) AS e, log2(quantity) AS f, exp(quantity) AS g, cbrt(quantity) AS h, pi() AS i FROM source.orders
SELECT sin(discount) AS a, cos(discount) AS b, atan2(discount, 1) AS c, degrees(discount) AS d, radians(discount) AS e, mod(quantity, 2) AS f, fmod(discount, 2) AS g, divide(quantity, 2) AS h FROM source.orders
SELECT quantity & 1 AS a, quantity | 1 AS b, xor(quantity, 1) AS c, quantity << 1 AS d, quantity >> 1 AS e, ~quantity AS f, bit_count(quantity) AS g FROM source.orders
SELECT is_paid AND quantity > 1 AS a, NOT is_paid AS b, amount BETWEEN 1 AND 10 AS c, status IN ('a', 'b') AS d, status IS NULL AS e, amount IS DISTINCT FROM 1 AS f, is_paid IS TRUE AS g FROM source.orders
SELECT typeof(amount) AS a, error_free FROM source.orders, (SELECT 1 AS error_free)
SELECT current_date AS d, now() AS n, current_timestamp AS t, today() AS y, get_current_timestamp() AS g FROM source.quarters WHERE false
SELECT uuid() AS u, gen_random_uuid() AS g, random() AS r FROM source.quarters WHERE false
SELECT encode('a') AS a, decode(raw) AS b, hex(raw) AS c, unhex('AA') AS d, to_base64(raw) AS e, from_base64('YQ==') AS f, octet_length(raw) AS g FROM source.events WHERE false
SELECT raw || '\x00'::BLOB AS r, key::VARCHAR AS k, at_time + INTERVAL 1 HOUR AS t FROM source.events
SELECT isnan(discount) AS a, isinf(discount) AS b, isfinite(discount) AS c, even(discount) AS d, trunc(discount) AS e, factorial(3) AS f, gamma(2) AS g FROM source.orders
SELECT upper(left(name, 1)) || lower(substring(name, 2)) AS n FROM source.customers
SELECT to_days(1) AS a, to_months(1) AS b, to_hours(1) AS c, to_seconds(1) AS d, to_years(1) AS e
SELECT list_aggr(tags, 'string_agg', ',') AS a, bar(1, 0, 10) AS b, alias(name) AS c FROM source.customers
SELECT try(1 / 0) AS a, 1 / 0 AS b, coalesce(NULL, 1) AS c, nullif(1, 1) AS d, ifnull(NULL, 'x') AS e
SELECT name.upper() AS a, name.substring(1, 2).lower() AS b, ('x').concat('y') AS c FROM source.customers
SELECT week(joined_on) AS a, isodow(joined_on) AS b, yearweek(joined_on) AS c, century(joined_on) AS d, era(joined_on) AS e, julian(joined_on) AS f FROM source.customers
SELECT date '2024-01-31' + to_months(1) AS a, DATE '2024-01-01' - INTERVAL '1' DAY AS b, make_time(1, 2, 3.5) AS c, datepart('year', DATE '2024-01-01') AS d
SELECT format_bytes(1000) AS a, bin(5) AS b, to_binary(5) AS c, setseed(0.5) AS d, parse_path('a/b') AS e, parse_filename('a/b') AS f, url_encode('a b') AS g
SELECT strip_accents(name) AS a, unicode(name) AS b, ord(name) AS c, nfc_normalize(name) AS d, left_grapheme('ab', 1) AS e, string_to_array(name, 'n') AS f, overlay FROM source.customers, (SELECT 1 AS overlay)
SELECT amount::DECIMAL(12,4) AS a, amount::FLOAT AS b, quantity::BIGINT AS c, quantity::HUGEINT AS d, quantity::UINTEGER AS e, '1'::TINYINT AS f FROM source.orders
SELECT ENUM_FIRST(NULL::ENUM('a', 'b')) AS e, 'a'::ENUM('a', 'b') AS f
SELECT (1 + 2).greatest(5) AS a, name.lower().length() AS l, address.city.upper() AS c FROM source.customers
SELECT name.left(2) AS a, tags.list_filter(lambda x: x <> 'a') AS b, main.upper(name) AS c, name.replace('n', 'm').length() AS d FROM source.customers
