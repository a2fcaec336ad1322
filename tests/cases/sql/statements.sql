-- Several statements: tables and views are steps of the last query.
CREATE TABLE a AS SELECT order_id, amount FROM source.orders; CREATE TEMP VIEW b AS SELECT *, amount * 2 AS twice FROM a; SELECT * FROM b WHERE twice > 1
CREATE OR REPLACE TABLE a(x, y) AS SELECT order_id, amount FROM source.orders; WITH c AS (SELECT x FROM a) SELECT * FROM c;
CREATE TEMP TABLE a AS FROM source.quarters; UNPIVOT a ON q1, q2 INTO NAME n VALUE v
CREATE TEMP TABLE v AS VALUES (1, 'x'); FROM v
