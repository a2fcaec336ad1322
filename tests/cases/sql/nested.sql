-- Lists, structs, maps and JSON.
SELECT address.city, address['zip'] AS z, struct_extract(address, 'city') AS c2 FROM source.customers
SELECT c.address.city FROM source.customers AS c
SELECT tags[1] AS a, tags[-1] AS b, tags[1:2] AS c, tags[:1] AS d, tags[2:] AS e FROM source.customers
SELECT scores['x'] AS a, element_at(scores, 'x') AS b, map_keys(scores) AS k, map_values(scores) AS v, cardinality(scores) AS n FROM source.customers
SELECT map_entries(scores) AS e, map_contains(scores, 'x') AS c FROM source.customers
SELECT MAP {'a': 1, 'b': 2} AS m, MAP(['a'], [1]) AS m2, map_from_entries([('a', 1)]) AS m3
SELECT {'a': 1, 'b': {'c': 'x'}} AS s, struct_pack(x := 1, y := 'b') AS p, row(1, 'a') AS r, {'a': 1}.a AS v
SELECT (1, 'x') AS t, struct_insert({'a': 1}, b := 2) AS s
SELECT payload->'k' AS a, payload->>'$.k.n' AS b, payload->'k'->>'n' AS c, json_extract(payload, '$.l[0]') AS d, json_extract_string(payload, '$.k.n')::INT AS e FROM source.customers
SELECT (payload->>'$.k.n')::INT + 1 AS n, json_array_length(payload->'l') AS l, json_type(payload) AS t, json_keys(payload) AS k FROM source.customers
SELECT payload.k.n FROM source.customers
SELECT json_object('a', 1) AS o, json_array(1, 'b') AS a, to_json(tags) AS t, json_valid('{}') AS v FROM source.customers
SELECT list_transform(tags, lambda x: upper(x)) AS a, list_filter(tags, lambda x: x <> 'a') AS b FROM source.customers
SELECT [upper(x) FOR x IN tags] AS a, [x FOR x IN tags IF x <> 'a'] AS b FROM source.customers
SELECT list_transform([1, 2, 3], lambda x, i: x * i) AS a, list_reduce([1, 2, 3], lambda x, y: x + y) AS b
SELECT list_sum([1, 2]) AS a, list_avg([1, 2]) AS b, list_max(tags) AS c, list_min(tags) AS d, list_count(tags) AS e FROM source.customers
SELECT list_contains(tags, 'a') AS a, list_has_any(tags, ['a']) AS b, list_has_all(tags, ['a']) AS c, 'a' IN tags AS d, list_position(tags, 'a') AS e FROM source.customers
SELECT list_append(tags, 'z') AS a, list_prepend('z', tags) AS b, list_concat(tags, ['q']) AS c, tags || ['q'] AS d FROM source.customers
SELECT list_distinct(tags) AS a, list_unique(tags) AS b, list_sort(tags) AS c, list_reverse_sort(tags) AS d, list_reverse(tags) AS e FROM source.customers
SELECT list_slice(tags, 1, 2) AS a, array_slice(tags, 1, 1) AS b, list_extract(tags, 1) AS c, list_element(tags, 1) AS d FROM source.customers
SELECT list_zip([1, 2], ['a', 'b']) AS z, flatten([[1], [2]]) AS f, list_aggregate([1, 2], 'max') AS g, array_to_string(tags, ',') AS s FROM source.customers
SELECT list_value(1, 2) AS a, array_length(tags) AS b, len(tags) AS c, list_resize([1], 2) AS d, list_cosine_similarity([1.0, 2.0], [1.0, 2.0]) AS e FROM source.customers
SELECT [1, 2]::INT[] AS a, ['1']::INT[] AS b, {'a': 1}::STRUCT(a BIGINT) AS c, array_value(1, 2) AS d
SELECT items[1].sku AS a, items[1]['n'] AS b, list_transform(items, lambda i: i.n) AS c FROM source.events
SELECT [i.n * 2 FOR i IN items] AS d FROM source.events
SELECT list_sort([3, 1], 'DESC') AS a, list_grade_up([3, 1]) AS b, range(3) AS c, generate_series(1, 3) AS d, list_intersect([1], [1]) AS e
SELECT struct_keys(address) AS k FROM source.customers
SELECT union_value(a := 1) AS u
SELECT array_agg({'id': order_id, 'amount': amount} ORDER BY order_id) AS l FROM source.orders
SELECT customer_id, list({'s': status, 'a': amount}) AS l FROM source.orders GROUP BY customer_id
SELECT unnest(map_keys(scores)) AS k, unnest(map_values(scores)) AS v FROM source.customers
SELECT unnest({'a': 1, 'b': 'x'})
SELECT unnest([{'a': 1, 'b': 'x'}], recursive := true)
SELECT unnest([{'a': 1, 'b': 'x'}], max_depth := 2)
SELECT unnest({'a': {'b': 1, 'c': 2}, 'd': [1]}, recursive := true)
SELECT unnest([[1,2],[3]], recursive := true) AS x
SELECT unnest([{'a': {'b': 1}}], max_depth := 3)
SELECT address.* RENAME (city AS town) FROM source.customers
SELECT payload->'k'->>'n' AS a, json_array_length(payload->'l') AS b, coalesce(payload->>'x', 'y') AS c FROM source.customers
SELECT json_array_length(payload->'l', '$') AS b, upper(payload->'k'->>'n') AS u, length(payload->'l'->>0) AS z FROM source.customers
SELECT struct_pack(a := amount, b := status).b AS s, {'k': [1, 2]}.k[1] AS t FROM source.orders
