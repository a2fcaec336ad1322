"""A path into JSON means what DuckDB takes it for: a key, unless it begins as a path."""

from __future__ import annotations

import duckdb
import pytest

from seeknal_ci.sql.parse import parse_query
from tests.support.queries import DUCKDB, text

ROW = r"""
{"k.n": 1, "k": {"n": 2}, "l": [5, 6], "l[0]": 7, "*": 8, "a b": 3, "it's": 4, "q\"u": 9}
"""
VALUES = (
    *("j -> 'k.n'", "j ->> 'k.n'", "j -> '$.k.n'", "j -> '/k/n'", "j -> '$.\"k.n\"'"),
    *("j -> 'l[0]'", "j -> '$.l[0]'", "j -> '$.l[#-1]'", "j -> 'l' -> 0", "j -> 'l' -> -1"),
    *("j -> '*'", "j -> '$.*'", "j -> 'a b'", "j -> 'it''s'", "j -> 'q\"u'", "j -> ''"),
    *("json_extract(j, 'l[0]')", "json_extract_string(j, 'k.n')", "json_extract(j, '*')"),
    *("json_extract(j, ['k.n', 'l'])", "j -> 'k' ->> 'n'", "json_keys(j, 'k')"),
)


@pytest.mark.parametrize("value", VALUES)
def test_what_is_built_is_what_is_written(value: str) -> None:
    written = f"SELECT {value} AS x FROM t"
    built = parse_query(text(written), DUCKDB).sql(DUCKDB)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT CAST(? AS JSON) AS j", [ROW])
        assert connection.execute(built).fetchall() == connection.execute(written).fetchall()
