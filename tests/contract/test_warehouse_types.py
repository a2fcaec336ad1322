"""Values of every type of DuckDB come through a source, a query and an export as they were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from seeknal_ci.errors import WarehouseError
from seeknal_ci.warehouse.protocol import ExportRequest, QueryRelation
from tests.contract.conftest import Lab, opened_lab
from tests.contract.samples import file_request, physical, request

VALUES: dict[str, tuple[str, ...]] = {
    "BOOLEAN": ("true", "NULL", "false"),
    "TINYINT": ("-128", "NULL"),
    "UTINYINT": ("255",),
    "SMALLINT": ("-32768",),
    "USMALLINT": ("65535",),
    "INTEGER": ("-2147483648",),
    "UINTEGER": ("4294967295",),
    "BIGINT": ("-9223372036854775808",),
    "UBIGINT": ("18446744073709551615",),
    "HUGEINT": ("-17014118346046923173168730371588410572",),
    "DECIMAL(38,10)": ("1234567890123456789012345678.0123456789",),
    "DECIMAL(4,1)": ("-3.1", "NULL"),
    "FLOAT": ("0.1", "'nan'", "'inf'"),
    "DOUBLE": ("0.1", "1e300", "'-inf'", "'nan'", "1e-300"),
    "VARCHAR": (
        *("''", "NULL", "'a,b'", "'q\"u''o'", "'line\n\\.\nend\r\n'", "'\\N'", "'\\\\'"),
        *("'日本 🦆'", "' x '", "'NULL'", "'\t'"),
    ),
    "BLOB": ("'\\x00\\xFFab'::BLOB", "NULL", "''::BLOB"),
    "DATE": ("'2024-02-29'", "'0001-01-01'", "'9999-12-31'", "'infinity'"),
    "TIME": ("'23:59:59.999999'",),
    "TIMESTAMP": ("'2024-02-29 23:59:59.123456'", "'infinity'"),
    "TIMESTAMP WITH TIME ZONE": ("'2024-02-29 23:59:59.5+02:00'",),
    "INTERVAL": ("'14 months 3 days 4 hours'", "'0 day'"),
    "UUID": ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",),
    "JSON": ('\'{"a": [1, null, "x"]}\'', "'null'", "NULL"),
    "BIT": ("'0101'",),
    "ENUM('x', 'y''z')": ("'y''z'",),
    "INTEGER[]": ("[1, NULL, 3]", "[]", "NULL"),
    "INTEGER[3]": ("[1, 2, 3]",),
    "VARCHAR[]": ("['a,b', 'q\"u', '\\x', '', 'NULL', NULL, '日\n']", "[]", "NULL"),
    "BLOB[]": ("['\\x00'::BLOB, 'a\\xFFb01'::BLOB, NULL]",),
    "DECIMAL(38,10)[]": ("[1234567890123456789012345678.0123456789]",),
    "TIMESTAMP[]": ("['2024-01-01 10:00:00.5']",),
    "INTEGER[][]": ("[[1], [2, 3]]",),
    'STRUCT(a INTEGER, "b c" VARCHAR)': ("{'a': 1, 'b c': 'x\"y'}", "NULL"),
    "STRUCT(a INTEGER)[]": ("[{'a': 1}]",),
    "MAP(VARCHAR, INTEGER)": ("MAP {'k': 1}",),
}


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    with opened_lab(request, tmp_path_factory.mktemp("shared")) as lab:
        yield lab


def shown(path: Path) -> list[tuple[Any, ...]]:
    """Rows with types, as text, because Python has no value for some."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        rows = f"FROM '{path}' ORDER BY i"
        return connection.execute(f"SELECT i, typeof(v), v::VARCHAR {rows}").fetchall()


@pytest.mark.parametrize("kind", VALUES)
def test_values_come_through_as_they_were(shared: Lab, tmp_path: Path, kind: str) -> None:
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    with duckdb.connect() as connection:
        rows = (f"SELECT {i} AS i, CAST({v} AS {kind}) AS v" for i, v in enumerate(VALUES[kind]))
        connection.sql(" UNION ALL ".join(rows)).write_parquet(str(source))

    loaded = shared.warehouse.build(file_request(source, "parquet"))
    copied = QueryRelation(f"SELECT V, I FROM {physical(loaded)}", "duckdb")
    made = shared.warehouse.build(request("transform.t", copied, str(source)))
    sql = f"SELECT i, v FROM {physical(made)}"
    shared.warehouse.export(ExportRequest(sql, target, "parquet", dialect="duckdb"))

    assert shown(target) == shown(source)
    assert [column.name for column in made.columns] == ["v", "i"]
    assert made.columns[0].type == shown(source)[0][1]


def test_a_text_with_a_nul_is_an_error_or_stays(shared: Lab, tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    with duckdb.connect() as connection:
        connection.sql("SELECT 'a' || chr(0) AS word").write_parquet(str(source))
    wanted = file_request(source, "parquet")
    if not shared.cuts_names:
        assert shared.warehouse.build(wanted).rows == 1
        return

    with pytest.raises(WarehouseError, match=r"data/in\.parquet: invalid byte") as caught:
        shared.warehouse.build(wanted)
    assert shared.warehouse.builds([wanted.build_id]) == {}
    assert "remove the character" in caught.value.fix
