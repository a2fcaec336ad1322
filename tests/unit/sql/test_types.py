"""Types in DuckDB's spelling: those that projects declare, and those of expressions."""

from __future__ import annotations

import re
from itertools import product

import duckdb
import pytest

from seeknal_ci.model.spec import Column
from seeknal_ci.sql.analyse import analyse
from seeknal_ci.sql.types import canonical_type, is_widening
from tests.support.queries import DUCKDB, described, resolved

# What projects write, DuckDB's own spelling of it, and nothing where DuckDB has another meaning.
DECLARED = [
    ("integer", "INTEGER"),
    ("INT", "INTEGER"),
    (" int64 ", "BIGINT"),
    ("int8", "BIGINT"),
    ("long", "BIGINT"),
    ("uint8", "UTINYINT"),
    ("string", "VARCHAR"),
    ("str", "VARCHAR"),
    ("object", "VARCHAR"),
    ("varchar(20)", "VARCHAR"),
    ("char(3)", "VARCHAR"),
    ("text", "VARCHAR"),
    ("float", "DOUBLE"),
    ("float32", "FLOAT"),
    ("real", "FLOAT"),
    ("double precision", "DOUBLE"),
    ("number", "DOUBLE"),
    ("numeric", "DECIMAL(18,3)"),
    ("decimal(10, 2)", "DECIMAL(10,2)"),
    ("DECIMAL(5)", "DECIMAL(5,0)"),
    ("bool", "BOOLEAN"),
    ("date", "DATE"),
    ("datetime", "TIMESTAMP"),
    ("timestamptz", "TIMESTAMP WITH TIME ZONE"),
    ("timestamp with time zone", "TIMESTAMP WITH TIME ZONE"),
    ("bytea", "BLOB"),
    ("json", "JSON"),
    ("uuid", "UUID"),
    ("interval", "INTERVAL"),
    ("int[]", "INTEGER[]"),
    ("int[][3]", "INTEGER[][3]"),
    ("struct(a int, \"b c\" varchar)", 'STRUCT(a INTEGER, "b c" VARCHAR)'),
    ("map(varchar, int)", "MAP(VARCHAR, INTEGER)"),
    ("enum('a', 'b')", "ENUM('a', 'b')"),
]  # fmt: skip

PROSE = [
    "Date of the order",
    "date of the order",
    "Name",
    "Year",
    "Money",
    "The customer's id",
    "Order id",
    "time when it was sent",
    "int int",
    "int) + (1",
    "int; DROP TABLE x",
    "int -- comment",
    "(",
    "",
    "  ",
    "int(11)",
    "[" * 3000,
    "int" + "[]" * 5000,
]

WIDER = [
    ("INTEGER", "BIGINT"),
    ("TINYINT", "HUGEINT"),
    ("UTINYINT", "SMALLINT"),
    ("UBIGINT", "HUGEINT"),
    ("UINTEGER", "UBIGINT"),
    ("FLOAT", "DOUBLE"),
    ("DECIMAL(10,2)", "DECIMAL(12,2)"),
    ("DECIMAL(10,2)", "DECIMAL(11,3)"),
]
NOT_WIDER = [
    ("INTEGER", "INTEGER"),
    ("INTEGER", "DOUBLE"),
    ("INTEGER", "DECIMAL(18,3)"),
    ("INTEGER", "VARCHAR"),
    ("INTEGER", "UINTEGER"),
    ("UINTEGER", "INTEGER"),
    ("UBIGINT", "BIGINT"),
    ("DATE", "TIMESTAMP"),
    ("DECIMAL(10,2)", "DECIMAL(10,2)"),
    ("DECIMAL(10,2)", "DECIMAL(10,3)"),
    ("DECIMAL(10,2)", "DOUBLE"),
    ("INTEGER[]", "BIGINT[]"),
]

TYPES = {
    "t": "TINYINT",
    "i": "INTEGER",
    "b": "BIGINT",
    "h": "HUGEINT",
    "u": "UINTEGER",
    "f": "FLOAT",
    "d": "DOUBLE",
    "m": "DECIMAL(10,2)",
    "n": "DECIMAL(8,4)",
    "s": "VARCHAR",
    "o": "BOOLEAN",
    "dt": "DATE",
    "ts": "TIMESTAMP",
    "tz": "TIMESTAMP WITH TIME ZONE",
    "iv": "INTERVAL",
    "l": "INTEGER[]",
    "st": "STRUCT(a INTEGER, b VARCHAR)",
    "mp": "MAP(VARCHAR, INTEGER)",
    "js": "JSON",
}
OPERANDS = [*TYPES, "1", "-1", "200", "3000000000", "1.5", "0.10", "1e3", "'x'", "NULL", "true"]

# How expressions of ordinary projects look: each must get DuckDB's type, none may stay unknown.
COMMON = """
sum(i) | sum(b) | sum(d) | sum(m) | sum(f) | avg(i) | avg(m) | count(*) | count(DISTINCT i)
min(dt) | max(s) | any_value(s) | first(s) | last(i) | mode(s) | median(i) | median(m) | stddev(d)
string_agg(s, ',') | list(i) | array_agg(s) | bool_and(o) | count_if(o) | arg_max(s, i)
sum(i) FILTER (WHERE i > 1) | sum(i) OVER () | row_number() OVER (ORDER BY i) | lag(i) OVER ()
lead(s, 1) OVER (ORDER BY i) | ntile(4) OVER () | avg(d) OVER () | first_value(s) OVER ()
coalesce(i, 0) | coalesce(m, 0) | coalesce(s, 'x') | ifnull(d, 0) | nullif(i, 0) | nullif(s, '')
CASE WHEN o THEN 1 ELSE 2 END | CASE WHEN o THEN 'a' ELSE s END | CASE WHEN o THEN m ELSE 0 END
CASE WHEN o THEN i END | CASE WHEN o THEN 0.10 ELSE 0.05 END | if(o, 1, 2) | greatest(i, b)
least(dt, dt) | upper(trim(s)) | length(s) | substr(s, 1, 2) | left(s, 2) | right(s, 2)
replace(s, 'a', 'b') | concat(s, 'x') | s || 'x' | s || i | split_part(s, ',', 1)
string_split(s, ',') | regexp_extract(s, 'a') | regexp_replace(s, 'a', 'b') | regexp_matches(s, 'a')
lpad(s, 3, '0') | strpos(s, 'a') | md5(s) | s LIKE 'a%' | s IN ('a', 'b') | i BETWEEN 1 AND 2
i IS NULL | NOT o | abs(m) | round(d, 2) | round(m, 1) | round(i) | floor(d) | ceil(m) | trunc(d)
sqrt(i) | power(i, 2) | ln(d) | i::VARCHAR | d::DECIMAL(10,2) | TRY_CAST(s AS INTEGER) | s::DATE
dt + 1 | dt - dt | dt + INTERVAL 1 DAY | ts - ts | ts + INTERVAL 1 HOUR | date_trunc('month', ts)
date_part('year', dt) | extract(year FROM dt) | extract(epoch FROM ts) | year(dt) | dayname(dt)
date_diff('day', dt, dt) | strftime(dt, '%Y') | strptime(s, '%Y') | make_date(2024, 1, 1)
epoch(ts) | current_date | age(ts, ts) | l[1] | l[1:2] | len(l) | list_contains(l, 1)
list_sort(l) | list_distinct(l) | [1, 2] | {'a': 1} | st.a | st['b'] | mp['x'] | unnest(l)
js->'a' | js->>'a' | uuid() | hash(s) | EXISTS (SELECT 1) | i // 2 | i % 2 | -m
coalesce(sum(m), 0) | sum(m) / count(*) | 100.0 * sum(i) / sum(b) | round(avg(d), 2) | sum(i) * 1.5
"""


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    found = duckdb.connect()
    listed = ", ".join(f"{name} {kind}" for name, kind in TYPES.items())
    found.execute(f"CREATE SCHEMA source; CREATE TABLE source.types ({listed})")
    return found


def inferred(sql: str) -> list[str | None]:
    table = tuple(Column(name, kind) for name, kind in TYPES.items())
    found = analyse(resolved(sql, "source.types"), {"source.types": table}, DUCKDB).columns
    assert found is not None
    return [column.type for column in found]


def truth(connection: duckdb.DuckDBPyConnection, sql: str) -> str | None:
    """DuckDB's type of the query's only column; None where it refuses the query."""
    try:
        return described(connection, sql)[0][1]
    except duckdb.Error:
        return None


@pytest.mark.parametrize(("written", "expected"), DECLARED)
def test_a_declared_type_is_told_in_duckdb_s_spelling(written: str, expected: str) -> None:
    assert canonical_type(written) == expected
    assert described(duckdb.connect(), f"SELECT NULL::{expected} AS a") == [("a", expected)]


@pytest.mark.parametrize("written", PROSE, ids=lambda text: text[:20])
def test_a_description_is_no_type(written: str) -> None:
    assert canonical_type(written) is None


@pytest.mark.parametrize(("before", "after"), WIDER)
def test_a_type_that_holds_every_value_of_another_is_wider(before: str, after: str) -> None:
    assert is_widening(before, after)
    assert not is_widening(after, before)


@pytest.mark.parametrize(("before", "after"), NOT_WIDER)
def test_other_changes_of_type_are_no_widening(before: str, after: str) -> None:
    assert not is_widening(before, after)


def test_common_expressions_have_the_type_that_duckdb_gives_them(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    lines = COMMON.strip().splitlines()
    expressions = [part for line in lines for part in re.split(r" \| (?!\|)", line)]
    truths = [truth(connection, f"SELECT {e} AS x FROM source.types") for e in expressions]
    listed = ", ".join(f"{e} AS x{i}" for i, e in enumerate(expressions))
    found = inferred(f"SELECT {listed} FROM source.types")
    compared = zip(expressions, found, truths, strict=True)
    assert {e: (own, duck) for e, own, duck in compared if own != duck or duck is None} == {}


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "//", "%"])
def test_an_operation_has_duckdb_s_type_or_none(
    connection: duckdb.DuckDBPyConnection, operator: str
) -> None:
    _check(connection, [f"{a} {operator} {b}" for a, b in product(OPERANDS, repeat=2)])


@pytest.mark.parametrize("form", ["CASE WHEN o THEN {} ELSE {} END", "coalesce({}, {})"])
def test_values_of_two_types_have_duckdb_s_type_or_none(
    connection: duckdb.DuckDBPyConnection, form: str
) -> None:
    _check(connection, [form.format(a, b) for a, b in product(OPERANDS, repeat=2)])


@pytest.mark.parametrize("other", ["i", "d", "m", "s", "dt", "1", "'x'"])
def test_a_union_of_two_types_has_duckdb_s_type_or_none(
    connection: duckdb.DuckDBPyConnection, other: str
) -> None:
    for operand in OPERANDS:
        pair = f"SELECT {operand} AS x FROM source.types UNION ALL SELECT {other} FROM source.types"
        for sql in (pair, f"SELECT x FROM ({pair}) AS u", f"WITH c AS ({pair}) SELECT x FROM c"):
            assert inferred(sql) in ([None], [truth(connection, sql)]), sql


def _check(connection: duckdb.DuckDBPyConnection, expressions: list[str]) -> None:
    """Hold inference to DuckDB; whatever DuckDB refuses has no type to be held to."""
    truths = {e: truth(connection, f"SELECT {e} AS x FROM source.types") for e in expressions}
    valid = {e: kind for e, kind in truths.items() if kind not in (None, '"NULL"')}
    listed = ", ".join(f"{e} AS x{i}" for i, e in enumerate(valid))
    found = dict(zip(valid, inferred(f"SELECT {listed} FROM source.types"), strict=True))
    assert {e: (own, valid[e]) for e, own in found.items() if own not in (None, valid[e])} == {}
    assert sum(own is not None for own in found.values()) > len(valid) / 2
