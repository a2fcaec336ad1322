"""A query in DuckDB's dialect has the rows, the names and the types that DuckDB gives it, on
every warehouse.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.warehouse.identifiers import qualified
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA, ExportRequest, QueryRelation, Warehouse
from tests.contract.conftest import Query, opened_lab
from tests.contract.samples import file_request, physical, request, written

COLUMNS = {
    "Id": "INTEGER",
    "Amount": "DECIMAL(10,2)",
    "price": "DOUBLE",
    "day": "DATE",
    "moment": "TIMESTAMP",
    "word": "VARCHAR",
    "flag": "BOOLEAN",
    "Key": "VARCHAR",
}
ROWS = """Id,Amount,price,day,moment,word,flag,Key
1,10.50,1.5,2024-01-31,2024-01-31 10:20:30.7,apple,true,a
2,20.25,2.5,2024-02-01,2024-02-01 00:00:00,Banane,false,b
3,-3.10,2.675,2024-02-29,2024-02-29 23:59:59.999,,true,a
4,,,,,"Éa, ""q"" z",,B
5,0.00,1234.5,2023-12-31,2023-12-31 12:00:00,x y,false,b
5,7.77,-2.5,2023-12-31,2023-12-31 12:00:00,Zed,true,c
"""
QUERIES = {
    "star": "SELECT * FROM @t",
    "case of names": "SELECT ID, AMOUNT, key AS KEY2, word FROM @t AS Input_0",
    "quoted names": 'SELECT "id" AS "Order Id", input_0."AMOUNT" FROM @t AS input_0',
    "division": "SELECT id / 2 AS a, id // 2 AS b, -id % 3 AS c, amount / 3 AS d, 7 / 2 * 2 AS e,"
    " price / 2 AS f, -7 // 2 AS g FROM @t",
    "aggregates": "SELECT key, count(*) AS n, sum(amount) AS s, sum(id) AS i, avg(amount) AS a,"
    " avg(id) AS b, min(word) AS lo, max(word) AS hi, stddev(price) AS sd, var_pop(id) AS v"
    " FROM @t GROUP BY key",
    "quantiles": "SELECT median(amount) AS m, quantile_cont(amount, 0.25) AS q,"
    " quantile_disc(id, 0.5) AS d FROM @t",
    "filters": "SELECT key, count(*) FILTER (WHERE flag) AS f, avg(id) FILTER (WHERE flag) AS a,"
    " count_if(flag) AS c, sum(amount) FILTER (WHERE amount > 0) AS s FROM @t GROUP BY ALL",
    "first of a group": "SELECT first(word ORDER BY id, amount) AS f, arg_max(id, amount) AS a,"
    " arg_min(key, amount) AS b, any_value(amount) AS v FROM @t WHERE id <> 1",
    "nothing to aggregate": "SELECT count_if(flag) AS c, sum(id) AS s, any_value(key) AS v"
    " FROM @t WHERE false",
    "ordered by all": "SELECT key, count(DISTINCT id) AS n FROM @t GROUP BY 1 ORDER BY ALL",
    "a window of days": "SELECT id, amount, sum(amount) OVER (PARTITION BY key ORDER BY day RANGE"
    " BETWEEN INTERVAL 30 DAY PRECEDING AND CURRENT ROW) AS s FROM @t WHERE day IS NOT NULL",
    "windows": "SELECT avg(id) OVER (PARTITION BY key) AS a, rank() OVER (ORDER BY word DESC) AS r,"
    " lag(amount, 1, 0) OVER (ORDER BY id, amount) AS l FROM @t",
    "order of text": "SELECT row_number() OVER (ORDER BY word) AS n, word FROM @t",
    "parts of dates": "SELECT year(day) AS y, quarter(day) AS q, week(day) AS w,"
    " dayofweek(day) AS d, date_part('second', moment) AS s,"
    " extract(minute FROM moment) AS m, epoch(moment) AS e, date_part('doy', day) AS j FROM @t",
    "truncated dates": "SELECT date_trunc('month', day) AS m, date_trunc('hour', moment) AS h,"
    " last_day(day) AS l, make_date(2024, 2, 29) AS d FROM @t",
    "sums of dates": "SELECT day + 1 AS a, day - INTERVAL 7 DAY AS b, day - DATE '2024-01-01' AS c,"
    " day + INTERVAL (id) DAY AS d, moment - INTERVAL '90 minutes' AS e FROM @t",
    "between dates": "SELECT date_diff('month', DATE '2023-12-31', day) AS m,"
    " date_diff('year', DATE '2023-12-31', day) AS y, date_diff('quarter', DATE '2023-11-30', day)"
    " AS q, date_diff('hour', TIMESTAMP '2023-12-31 12:59:00', moment) AS h,"
    " date_diff('day', TIMESTAMP '2023-12-31 12:59:00', moment) AS d FROM @t",
    "dates as text": "SELECT strftime(day, '%Y-%m/%d') AS a, dayname(day) AS b,"
    " monthname(day) AS c FROM @t",
    "text": "SELECT upper(word) AS u, lower(word) AS l, length(word) AS n, trim(word) AS t,"
    " substring(word, 2, 3) AS s, left(word, 2) AS le, right(word, 2) AS r, reverse(word) AS v,"
    " replace(word, 'a', 'o') AS re, lpad(key, 3, '0') AS lp, split_part(word, ' ', 1) AS sp,"
    " md5(word) AS md, position('a' IN word) AS po FROM @t",
    "tests of text": "SELECT word LIKE 'B%' AS a, word ILIKE 'b%' AS b, contains(word, 'a') AS c,"
    " starts_with(word, 'a') AS d, ends_with(word, 'e') AS e, regexp_matches(word, '^[A-Z]') AS f,"
    " regexp_replace(word, '[aeiou]', '*', 'g') AS g FROM @t",
    "joined text": "SELECT word || '-' || key AS a, concat(word, id, price) AS b,"
    " concat_ws('/', word, price) AS c, string_agg(key, ',' ORDER BY id, amount) AS d"
    " FROM @t GROUP BY word, key, id, price",
    "casts to text": "SELECT price::VARCHAR AS a, amount::STRING AS b, id::TEXT AS c,"
    " day::VARCHAR AS d, moment::VARCHAR AS e, flag::VARCHAR AS f FROM @t",
    "casts of numbers": "SELECT flag::INTEGER AS a, flag::BIGINT AS b, amount::INTEGER AS c,"
    " amount::DOUBLE AS d, price::INTEGER AS e, id::HUGEINT AS f, id::UBIGINT AS g,"
    " id::TINYINT AS h, id::FLOAT AS i, price::DECIMAL(12,3) AS j, id::BOOLEAN AS k FROM @t",
    "rounding": "SELECT round(price, 2) AS a, round(price) AS b, round(amount, 1) AS c,"
    " floor(price) AS d, ceil(amount) AS e, abs(amount) AS f, id ** 2 AS g, sqrt(id) AS h,"
    " round(avg(price) OVER (), 3) AS i FROM @t",
    "choices": "SELECT coalesce(amount, 0) AS a, nullif(id, 5) AS b, greatest(id, 3) AS c,"
    " least(amount, 1) AS d, if(id > 2, 1, 0) AS e, CASE WHEN flag THEN 'y' ELSE 'n' END AS f,"
    " amount IS DISTINCT FROM 0 AS g FROM @t",
    "a join by name": "SELECT id, a.amount, b.key FROM @t AS a LEFT JOIN @t AS b USING (id)",
    "natural join": "SELECT * FROM (SELECT id, key FROM @t) AS a NATURAL JOIN (SELECT id FROM @t)",
    "stars of joins by name": "SELECT * FROM (SELECT key, id FROM @t) AS a"
    " FULL JOIN (SELECT id + 1 AS id, word FROM @t) AS b USING (id)",
    "a star beside columns": "SELECT a.*, b.key AS k, 1 AS one FROM @t AS a, @t AS b"
    " WHERE a.id = 1",
    "semi join": "SELECT a.id FROM @t AS a SEMI JOIN (SELECT id FROM @t WHERE flag) AS b"
    " USING (id)",
    "anti join": "SELECT a.id FROM @t AS a ANTI JOIN (SELECT id FROM @t WHERE flag) AS b"
    " ON a.id = b.id",
    "qualify": "SELECT id, row_number() OVER (PARTITION BY key ORDER BY id, amount) AS n FROM @t"
    " QUALIFY n = 1",
    "distinct on": "SELECT DISTINCT ON (key) key, id FROM @t ORDER BY key, id DESC, amount",
    "ctes": "WITH C AS (SELECT Id AS K, sum(Amount) AS S FROM @t GROUP BY Id)"
    " SELECT c.k, C.s FROM c WHERE S > 1",
    "recursion": "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3)"
    " SELECT n FROM r",
    "aliases of outputs": "SELECT id AS z, z + 1 AS w FROM @t WHERE z > 1 ORDER BY z + 1",
    "having an alias": "SELECT key, sum(amount) AS s FROM @t GROUP BY key HAVING s > 1"
    " ORDER BY s DESC LIMIT 2",
    "stars with less": "SELECT * EXCLUDE (day) REPLACE (id + 1 AS id) FROM @t",
    "sets": "SELECT id FROM @t UNION SELECT 99 EXCEPT SELECT 1",
    "subqueries": "SELECT id, (SELECT max(Amount) FROM @t AS x WHERE x.key = o.Key) AS m"
    " FROM @t AS o WHERE id IN (SELECT id FROM @t WHERE amount > 5)"
    " AND EXISTS (SELECT 1 FROM @t WHERE KEY = 'a')",
    "values": "SELECT v.b FROM (VALUES (1, 'x'), (2, 'y')) AS v(a, b) WHERE A > 1",
    "series": "SELECT i, j FROM range(3) AS t(i), generate_series(1, 2) AS u(j)",
    "lists": "SELECT [1, 2] AS a, ['a', 'b\"c', NULL] AS b, len([1, 2]) AS c, [5, 6][1] AS d,"
    " list_contains([1, 2], 1) AS e, list(id ORDER BY id, amount) AS f FROM @t",
    "unnested": "SELECT u.x FROM unnest([1, 2, 3]) AS u(x)",
    "nothing": "SELECT NULL AS n, '' AS e, count(*) FROM @t",
    "json": """SELECT '{"a": {"b": 1}}'->>'$.a.b' AS v""",
    "an output in no table": "SELECT key, count(*) AS n FROM @t GROUP BY ROLLUP (key)",
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """A warehouse with one table, and the same table in a DuckDB."""

    warehouse: Warehouse
    query: Query
    table: str
    truth: duckdb.DuckDBPyConnection

    def sql(self, text: str) -> str:
        return text.replace("@t", self.table)


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def shelf(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shelf]:
    folder = tmp_path_factory.mktemp("shelf")
    wanted = file_request(written(folder, "rows.csv", ROWS), columns=COLUMNS)
    with opened_lab(request, folder) as lab, duckdb.connect() as truth:
        lab.warehouse.build(wanted)
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
        truth.execute(f"CREATE SCHEMA {BUILDS_SCHEMA}")
        table = qualified(BUILDS_SCHEMA, wanted.table)
        path = folder / "rows.csv"
        read = f"read_csv('{path}', columns = {{{columns}}}, quote = '\"', auto_detect = false"
        truth.execute(f"CREATE TABLE {table} AS FROM {read}, header = true, delim = ',')")
        yield Shelf(lab.warehouse, lab.query, table, truth)


def plain(value: Any) -> Any:
    """A number whatever its type; floats but for their last digits."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    return "nan" if math.isnan(value) else f"{float(value):.12g}"


def sorted_rows(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted((tuple(map(plain, row)) for row in rows), key=repr)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_means_what_it_means_to_duckdb(shelf: Shelf, name: str) -> None:
    sql = shelf.sql(QUERIES[name])
    made = shelf.warehouse.build(request("transform.t", QueryRelation(sql, "duckdb"), name))

    described = shelf.truth.execute(f"CREATE OR REPLACE TABLE truth AS {sql}; DESCRIBE truth")
    assert [(c.name, c.type) for c in made.columns] == [row[:2] for row in described.fetchall()]
    rows = shelf.query(f"SELECT * FROM {physical(made)}")
    assert sorted_rows(rows) == sorted_rows(shelf.truth.execute("FROM truth").fetchall())


@pytest.mark.parametrize("name", ["text", "rounding", "lists"])
def test_an_export_means_what_it_means_to_duckdb(shelf: Shelf, name: str, tmp_path: Path) -> None:
    sql = shelf.sql(QUERIES[name])
    target = tmp_path / "rows.parquet"
    shelf.warehouse.export(ExportRequest(sql, target, "parquet", dialect="duckdb"))

    described = shelf.truth.execute(f"CREATE OR REPLACE TABLE truth AS {sql}; DESCRIBE truth")
    expected = [row[:2] for row in described.fetchall()]
    found = shelf.truth.execute(f"DESCRIBE FROM '{target}'").fetchall()
    assert [row[:2] for row in found] == expected
    rows = shelf.truth.execute(f"FROM '{target}'").fetchall()
    assert sorted_rows(rows) == sorted_rows(shelf.truth.execute("FROM truth").fetchall())


def test_a_check_means_what_it_means_to_duckdb(shelf: Shelf) -> None:
    sql = shelf.sql("SELECT count(*) FROM @t WHERE ID / 2 = 2.5 AND \"KEY\" <> 'c'")
    assert shelf.warehouse.check(sql, "duckdb") == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT nowhere FROM @t",
        "SELECT 1 AS a FROM nowhere",
        "SELECT 1 AS a; SELECT 2 AS a",
        "DELETE FROM @t",
        "SELECT 1 AS",
    ],
)
def test_a_query_that_is_wrong_leaves_nothing(shelf: Shelf, sql: str) -> None:
    wanted = request("transform.bad", QueryRelation(shelf.sql(sql), "duckdb"), sql)
    with pytest.raises(SeeknalCiError) as caught:
        shelf.warehouse.build(wanted)

    assert caught.value.fix
    assert shelf.warehouse.builds([wanted.build_id]) == {}
    assert shelf.query(f"SELECT count(*) FROM {shelf.table}") == [(6,)]
