"""What every warehouse does when rows leave it as files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import duckdb
import pytest

from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.warehouse.protocol import ExportRequest, Warehouse

ROWS = "SELECT * FROM (VALUES (1, 'a,b'), (2, NULL)) AS t(id, name) ORDER BY id"


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_csv(warehouse: Warehouse, tmp_path: Path) -> None:
    target = tmp_path / "out" / "deep" / "rows.csv"

    assert warehouse.export(ExportRequest(ROWS, target, "csv")) == 2
    assert target.read_text() == 'id,name\n1,"a,b"\n2,\n'
    assert files_in(target.parent) == ["rows.csv"]


def test_json(warehouse: Warehouse, tmp_path: Path) -> None:
    target = tmp_path / "rows.json"

    assert warehouse.export(ExportRequest(ROWS, target, "json")) == 2
    assert json.loads(target.read_text()) == [{"id": 1, "name": "a,b"}, {"id": 2, "name": None}]


def test_json_lines(warehouse: Warehouse, tmp_path: Path) -> None:
    target = tmp_path / "rows.jsonl"

    assert warehouse.export(ExportRequest(ROWS, target, "jsonl")) == 2
    lines = [json.loads(line) for line in target.read_text().splitlines()]
    assert lines == [{"id": 1, "name": "a,b"}, {"id": 2, "name": None}]


def test_parquet(warehouse: Warehouse, tmp_path: Path) -> None:
    target = tmp_path / "rows.parquet"

    assert warehouse.export(ExportRequest(ROWS, target, "parquet", compression="zstd")) == 2
    with duckdb.connect() as connection:
        assert connection.read_parquet(str(target)).fetchall() == [(1, "a,b"), (2, None)]


@pytest.mark.parametrize(("name", "compression"), [("rows.csv.gz", None), ("rows.csv", "gzip")])
def test_compression_by_name_and_by_wish(
    warehouse: Warehouse, tmp_path: Path, name: str, compression: str | None
) -> None:
    target = tmp_path / name
    warehouse.export(ExportRequest(ROWS, target, "csv", compression=compression))

    assert gzip.decompress(target.read_bytes()) == b'id,name\n1,"a,b"\n2,\n'


def test_an_earlier_output_is_replaced(warehouse: Warehouse, tmp_path: Path) -> None:
    target = tmp_path / "out" / "rows.csv"
    warehouse.export(ExportRequest(ROWS, target, "csv"))
    warehouse.export(ExportRequest("SELECT 9 AS n", target, "csv"))

    assert target.read_text() == "n\n9\n"
    assert files_in(target.parent) == ["rows.csv"]


def test_a_failed_export_leaves_the_earlier_output(warehouse: Warehouse, tmp_path: Path) -> None:
    target = tmp_path / "out" / "rows.csv"
    warehouse.export(ExportRequest(ROWS, target, "csv"))
    failing = "SELECT CAST(x AS INTEGER) AS n FROM (VALUES ('1'), ('two')) AS t(x)"

    with pytest.raises(WarehouseError):
        warehouse.export(ExportRequest(failing, target, "csv"))

    assert target.read_text() == 'id,name\n1,"a,b"\n2,\n'
    assert files_in(target.parent) == ["rows.csv"]


def test_partitions_are_a_folder_that_is_replaced_whole(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    target = tmp_path / "out" / "rows"
    first = ExportRequest("SELECT 1 AS n, 'x' AS part", target, "csv", ("part",))
    second = ExportRequest("SELECT 2 AS n, 'y' AS part", target, "csv", ("part",))

    assert warehouse.export(first) == 1
    assert warehouse.export(second) == 1
    assert [path.name for path in target.iterdir()] == ["part=y"]
    assert [path.read_text() for path in target.rglob("*.csv")] == ["n\n2\n"]
    assert [path.name for path in target.parent.iterdir()] == ["rows"]


def test_partitions_without_rows_are_an_empty_folder(warehouse: Warehouse, tmp_path: Path) -> None:
    target = tmp_path / "rows"
    none = "SELECT 1 AS n, 'x' AS part WHERE false"

    assert warehouse.export(ExportRequest(none, target, "parquet", ("part",))) == 0
    assert files_in(target) == []


def test_partitions_replace_a_file(warehouse: Warehouse, tmp_path: Path) -> None:
    target = tmp_path / "rows"
    target.write_text("once a file")
    request = ExportRequest("SELECT 1 AS n, 'x' AS part", target, "csv", ("part",))

    assert warehouse.export(request) == 1
    assert target.is_dir()


@pytest.mark.parametrize("partition_by", [(), ("part",)])
def test_a_folder_of_other_things_is_never_replaced(
    warehouse: Warehouse, tmp_path: Path, partition_by: tuple[str, ...]
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    request = ExportRequest("SELECT 1 AS n, 'x' AS part", folder, "csv", partition_by)

    with pytest.raises(SeeknalCiError, match="would be lost"):
        warehouse.export(request)

    assert files_in(folder) == ["thesis.txt"]


@pytest.mark.parametrize("name", ["it's.csv", "*?[a].csv", "ünï 日本.csv", 'quo"te.csv'])
def test_any_name_names_a_target(warehouse: Warehouse, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    warehouse.export(ExportRequest("SELECT 1 AS n", target, "csv"))

    assert target.read_text() == "n\n1\n"


def test_a_format_nobody_knows(warehouse: Warehouse, tmp_path: Path) -> None:
    with pytest.raises(SeeknalCiError, match="`xlsx`") as caught:
        warehouse.export(ExportRequest(ROWS, tmp_path / "rows.xlsx", "xlsx"))
    assert "parquet" in caught.value.fix


def test_a_target_below_a_file(warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SeeknalCiError, match="cannot be written"):
        warehouse.export(ExportRequest(ROWS, tmp_path / "file" / "rows.csv", "csv"))


def test_a_query_cannot_write_elsewhere(warehouse: Warehouse, tmp_path: Path) -> None:
    elsewhere = tmp_path / "stolen.csv"
    sql = f"SELECT 1 AS n) TO '{elsewhere}'; COPY (SELECT 2 AS n"

    with pytest.raises(WarehouseError):
        warehouse.export(ExportRequest(sql, tmp_path / "rows.csv", "csv"))
    assert not elsewhere.exists()
