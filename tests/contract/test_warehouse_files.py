"""What every warehouse does with sources in files: names and types are the declared ones."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from seeknal_ci.errors import WarehouseError
from seeknal_ci.model.spec import Column, Json
from seeknal_ci.warehouse.protocol import FileRelation, Warehouse
from tests.contract.conftest import Query
from tests.contract.samples import (
    ORDERS,
    file_request,
    physical,
    refusal,
    request,
    written,
)


@pytest.mark.parametrize(
    ("name", "text", "format_", "params"),
    [
        ("o.csv", "amount,id\n", "csv", {}),
        ("o.csv", "", "csv", {"header": False}),
        ("o.json", "[]", "json", {}),
        ("o.json", "", "json", {}),
        ("o.jsonl", "", "jsonl", {}),
    ],
)
def test_a_file_without_rows_has_the_declared_columns(
    warehouse: Warehouse,
    tmp_path: Path,
    name: str,
    text: str,
    format_: str,
    params: dict[str, Json],
) -> None:
    path = written(tmp_path, name, text)
    made = warehouse.build(file_request(path, format_, ORDERS, **params))

    assert made.rows == 0
    assert made.columns == (Column("id", "BIGINT"), Column("amount", "DECIMAL(10,2)"))


@pytest.mark.parametrize(("text", "format_"), [("[]", "json"), ("", "jsonl")])
def test_a_file_that_tells_no_columns(
    warehouse: Warehouse, tmp_path: Path, text: str, format_: str
) -> None:
    error = refusal(warehouse, written(tmp_path, "o", text), format_)
    assert "declare the source's columns" in error.fix


def test_json_by_name(warehouse: Warehouse, query: Query, tmp_path: Path) -> None:
    rows = [{"ID": 1, "amount": 2.5, "more": [1]}, {"ID": 2}]
    text = {"json": json.dumps(rows), "jsonl": "\n".join(map(json.dumps, rows))}
    for format_ in ("json", "jsonl"):
        made = warehouse.build(
            request(
                "source.o",
                FileRelation(
                    (written(tmp_path, f"o.{format_}", text[format_]),),
                    format_,
                    (Column("id", "BIGINT"), Column("amount", "DOUBLE")),
                ),
                format_,
            )
        )
        assert made.columns == (Column("id", "BIGINT"), Column("amount", "DOUBLE"))
        assert query(f"SELECT * FROM {physical(made)} ORDER BY id") == [(1, 2.5), (2, None)]


def test_a_key_that_comes_late(warehouse: Warehouse, query: Query, tmp_path: Path) -> None:
    lines = [json.dumps({"id": number}) for number in range(30_000)]
    path = written(tmp_path, "o.jsonl", "\n".join([*lines, '{"id": 30000, "late": 7}']))
    made = warehouse.build(file_request(path, "jsonl", {"id": "BIGINT", "late": "BIGINT"}))

    assert query(f"SELECT count(*), count(late) FROM {physical(made)}") == [(30_001, 1)]


def test_objects_with_many_different_keys(warehouse: Warehouse, tmp_path: Path) -> None:
    lines = [json.dumps({"id": number, f"key{number}": 1}) for number in range(500)]
    path = written(tmp_path, "o.jsonl", "\n".join(lines))

    assert warehouse.build(file_request(path, "jsonl", {"id": "BIGINT"})).rows == 500


def test_json_that_does_not_convert(warehouse: Warehouse, tmp_path: Path) -> None:
    path = written(tmp_path, "o.jsonl", '{"id": 1, "amount": 1}\n{"id": 2, "amount": "cheap"}\n')
    error = refusal(warehouse, path, "jsonl", columns=ORDERS)

    assert error.what.startswith("data/o.jsonl, line 2: column `amount`, declared DECIMAL(10,2): ")
    assert "cheap" in error.what


def test_json_that_is_none(warehouse: Warehouse, tmp_path: Path) -> None:
    error = refusal(warehouse, written(tmp_path, "o.jsonl", '{"id": 1}\n{"id":\n'), "jsonl")
    assert "this is no JSON" in error.what


def test_json_without_a_declared_key(warehouse: Warehouse, tmp_path: Path) -> None:
    path = written(tmp_path, "o.json", '[{"idd": 1}]')
    assert "`idd`" in refusal(warehouse, path, "json", columns={"id": "BIGINT"}).fix


def parquet(folder: Path, name: str, sql: str) -> Path:
    path = folder / name
    with duckdb.connect() as connection:
        connection.sql(sql).write_parquet(str(path))
    return path


def test_parquet_by_name(warehouse: Warehouse, query: Query, tmp_path: Path) -> None:
    path = parquet(tmp_path, "o.parquet", "SELECT 'x' AS extra, '2.5' AS amount, 1 AS Id")
    made = warehouse.build(file_request(path, "parquet", {"id": "BIGINT", "amount": "DOUBLE"}))

    assert made.columns == (Column("id", "BIGINT"), Column("amount", "DOUBLE"))
    assert query(f"SELECT * FROM {physical(made)}") == [(1, 2.5)]
    assert "`amount`" in refusal(warehouse, path, "parquet", columns={"amounts": "DOUBLE"}).fix


def test_parquet_that_does_not_convert(warehouse: Warehouse, tmp_path: Path) -> None:
    path = parquet(tmp_path, "o.parquet", "SELECT 'cheap' AS amount")
    error = refusal(warehouse, path, "parquet", columns={"amount": "BIGINT"})

    assert "cheap" in error.what
    assert "amount" in error.what


def test_parquet_that_is_none(warehouse: Warehouse, tmp_path: Path) -> None:
    refusal(warehouse, written(tmp_path, "o.parquet", "hello, I am text"), "parquet")
    refusal(warehouse, written(tmp_path, "z.parquet", ""), "parquet")


def test_several_files_are_joined_by_name(
    warehouse: Warehouse, query: Query, tmp_path: Path
) -> None:
    paths = (
        written(tmp_path, "1.csv", "id,amount\n1,1.5\n"),
        written(tmp_path, "2.csv", "amount;id;new\n2.5;2;x\n"),
    )
    wanted = (Column("new", "VARCHAR"), Column("id", "BIGINT"), Column("amount", "DOUBLE"))
    declared = warehouse.build(request("source.o", FileRelation(paths, "csv", wanted)))
    free = warehouse.build(request("source.f", FileRelation(paths, "csv", None)))

    assert query(f"SELECT * FROM {physical(declared)} ORDER BY id") == [
        (None, 1, 1.5),
        ("x", 2, 2.5),
    ]
    assert query(f"SELECT id, amount, new FROM {physical(free)} ORDER BY id") == [
        (1, 1.5, None),
        (2, 2.5, "x"),
    ]


def test_the_bad_one_of_several_files_is_named(warehouse: Warehouse, tmp_path: Path) -> None:
    paths = tuple(written(tmp_path, f"{n}.csv", f"id\n{v}\n") for n, v in ((1, "7"), (2, "x")))
    columns = (Column("id", "BIGINT"),)
    relation = FileRelation(paths, "csv", columns, shown_as="data/*.csv")

    with pytest.raises(WarehouseError) as caught:
        warehouse.build(request("source.o", relation))
    assert caught.value.what.startswith("data/*.csv (2.csv), line 2: `x` in column `id`")


@pytest.mark.parametrize(
    "name",
    ["it's.csv", 'quo"te.csv', "a b.csv", "*?[1].csv", "{a,b}.csv", "ünï 日本.csv", "k=v.csv"],
)
def test_any_name_names_a_file(
    warehouse: Warehouse, query: Query, tmp_path: Path, name: str
) -> None:
    written(tmp_path, "decoy1.csv", "id\n99\n")
    path = written(tmp_path, f"{name}.csv", "id\n1\n")
    made = warehouse.build(file_request(path, columns={"id": "BIGINT"}))

    assert query(f"SELECT * FROM {physical(made)}") == [(1,)]


@pytest.mark.parametrize(
    "name", ['quo"te', "it's", "a,b", 'x"; DROP SCHEMA seeknal_ci; --', "日本"]
)
def test_any_name_names_a_column_of_a_file(
    warehouse: Warehouse, query: Query, tmp_path: Path, name: str
) -> None:
    header = name.replace('"', '""')
    path = written(tmp_path, "o.csv", f'id,"{header}"\n1,2\n')
    made = warehouse.build(file_request(path, columns={name: "BIGINT"}))

    assert made.columns == (Column(name, "BIGINT"),)
    assert query(f"SELECT * FROM {physical(made)}") == [(2,)]


@pytest.mark.parametrize("type_", ["NOPE", "BIGINT) , 1 AS x, CAST(1 AS INT", ""])
def test_a_type_that_does_not_exist(warehouse: Warehouse, tmp_path: Path, type_: str) -> None:
    path = written(tmp_path, "o.csv", "id\n1\n")
    assert "`id`" in refusal(warehouse, path, columns={"id": type_}).what


def test_files_that_are_not_there(warehouse: Warehouse, tmp_path: Path) -> None:
    refusal(warehouse, tmp_path / "absent.csv")
    refusal(warehouse, tmp_path / "absent.xlsx", "excel")
