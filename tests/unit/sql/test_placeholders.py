"""Values enter SQL as literals, whatever they are."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import SqlText
from seeknal_ci.model.template import symbol_of
from seeknal_ci.model.values import Values
from seeknal_ci.sql.compile import physical_sql
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.parse import parse_query
from seeknal_ci.sql.placeholders import placeholder
from seeknal_ci.sql.references import resolve

PLACE = Place("seeknal/t.yml", 1)
ENV = placeholder(symbol_of("env:X") or pytest.fail("no symbol"))


def physical(text: str, dialect: str = "duckdb", **environ: str) -> str:
    """What is run of SQL in which the symbols are already in their one spelling."""
    found = tuple(s for s in ("{{ env:X }}", "{{ today }}", "{{ run_id }}") if s in text)
    sql = SqlText(text, PLACE, symbols=found)
    query = resolve(parse_query(sql, dialect), sql, [])
    return physical_sql(query, {}, dialect, Values(date(2024, 3, 1), environ, "run-1"))


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
@pytest.mark.parametrize(
    ("sql", "value", "run"),
    [
        (f"SELECT {ENV} AS x", "10", "SELECT 10 AS x"),
        (f"SELECT {ENV} AS x", "1.50", "SELECT 1.50 AS x"),
        (f"SELECT 1 - {ENV} AS x", "-2", "SELECT 1 - (-2) AS x"),
        (f"SELECT {ENV} AS x", "007", "SELECT '007' AS x"),
        (f"SELECT {ENV} AS x", "1e5", "SELECT '1e5' AS x"),
        (f"SELECT {ENV} AS x", "true", "SELECT 'true' AS x"),
        (f"SELECT {ENV} AS x", "", "SELECT '' AS x"),
        (f"SELECT {ENV} AS x", "1; DROP TABLE t", "SELECT '1; DROP TABLE t' AS x"),
        (f"SELECT {ENV} AS x", "' OR 1=1 --", "SELECT ''' OR 1=1 --' AS x"),
        (f"SELECT {ENV} AS x", "{{ today }}", "SELECT '{{ today }}' AS x"),
        ("SELECT 'a{{ env:X }}b' AS x", "10", "SELECT 'a10b' AS x"),
        ("SELECT '{{ env:X }}' AS x", "10", "SELECT '10' AS x"),
        ("SELECT '{{ env:X }}' AS x", "it's", "SELECT 'it''s' AS x"),
        ("SELECT $$a {{ env:X }}$$ AS x", "it's", "SELECT 'a it''s' AS x"),
        ("SELECT '{{ today }}' AS x", "", "SELECT '2024-03-01' AS x"),
        ("SELECT CAST('{{ today }}' AS DATE) AS x", "", "SELECT CAST('2024-03-01' AS DATE) AS x"),
        ("SELECT '{{ run_id }}' AS x", "", "SELECT 'run-1' AS x"),
        (f"SELECT 1 AS x LIMIT {ENV}", "10", "SELECT 1 AS x LIMIT 10"),
        (f"SELECT 1 IN (0, {ENV}) AS x", "10", "SELECT 1 IN (0, 10) AS x"),
    ],
)
def test_a_value_is_a_literal(sql: str, value: str, run: str, dialect: str) -> None:
    assert physical(sql, dialect, X=value) == run


@pytest.mark.parametrize(
    "value", ["plain", "it's", 'a "b"', "back\\slash", "a\nb", "ü — ✓", "%s $1"]
)
def test_an_engine_reads_the_value_that_was_given(value: str) -> None:
    for sql in ("SELECT '{{ env:X }}' AS x", f"SELECT {ENV} AS x", "SELECT $$ {{ env:X }}$$ AS x"):
        with duckdb.connect() as connection:
            [(found,)] = connection.execute(physical(sql, X=value)).fetchall()
        assert found.strip() == value


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT * FROM {ENV}",
        "SELECT date_trunc('{{ env:X }}', DATE '2024-01-01') AS x",
        "SELECT e'{{ env:X }}' AS x",
        "SELECT json_extract('{}', '$.{{ env:X }}') AS x",
    ],
)
def test_a_symbol_that_would_be_no_value_is_refused(sql: str) -> None:
    with pytest.raises(SqlError) as raised:
        physical(sql, X="a")
    assert raised.value.code == "template-place"
