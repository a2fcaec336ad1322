"""What every warehouse does with CSV: declared names and types, and errors with their line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from seeknal_ci.model.spec import Column, Json
from seeknal_ci.warehouse.protocol import Warehouse
from tests.contract.conftest import Query
from tests.contract.samples import ORDERS, file_request, physical, refusal, written


def test_csv_columns_are_found_by_name(warehouse: Warehouse, query: Query, tmp_path: Path) -> None:
    path = written(tmp_path, "o.csv", 'extra,AMOUNT,id\nx,"1.5",1\n,,2\n')
    made = warehouse.build(file_request(path, columns=ORDERS))

    assert made.columns == (Column("id", "BIGINT"), Column("amount", "DECIMAL(10,2)"))
    assert query(f"SELECT id, CAST(amount AS DOUBLE PRECISION) FROM {physical(made)}") == [
        (1, 1.5),
        (2, None),
    ]


def test_csv_without_declared_columns(warehouse: Warehouse, query: Query, tmp_path: Path) -> None:
    made = warehouse.build(file_request(written(tmp_path, "o.csv", "id;name\n1;x\n2;y\n")))

    assert made.columns == (Column("id", "BIGINT"), Column("name", "VARCHAR"))
    assert query(f"SELECT * FROM {physical(made)}") == [(1, "x"), (2, "y")]


def test_a_declared_column_without_a_type(warehouse: Warehouse, tmp_path: Path) -> None:
    path = written(tmp_path, "o.csv", "id,day\n1,2026-03-01\n")
    made = warehouse.build(file_request(path, columns={"day": None, "id": "INTEGER"}))

    assert made.columns == (Column("day", "DATE"), Column("id", "INTEGER"))


def test_a_declared_column_that_the_header_lacks(warehouse: Warehouse, tmp_path: Path) -> None:
    path = written(tmp_path, "o.csv", "order_id,amount\n1,2\n")
    error = refusal(warehouse, path, columns={"orderid": "BIGINT"})

    assert error.what == "data/o.csv has no column `orderid`"
    assert "`order_id`" in error.fix


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("id|amount\n1|2.5\n", {"delimiter": "|"}),
        ("id||amount\n1||2.5\n", {"delim": "||"}),
        ("id\tamount\n1\t2.5\n", {"sep": "\\t"}),
        ("id;amount\n1;2.5\n", {}),
        ("made by hand\n\nid,amount\n1,2.5\n", {"skip": 1}),
        ("1,2.5\n", {"header": False}),
        ("1;2.5;more\n", {"header": False}),
        ("id,amount\n'1',2.5\n", {"quote": "'"}),
        ('id,amount\n1,2.5\n-,"-"\n', {"null": "-"}),
        ("id,amount\n1,2.5\n-,NA\n", {"nullstr": ["NA", "-"]}),
        ("id,amount\r\n1,2.5\r\n", {}),
        ("\n\nid,amount\n1,2.5\n", {}),
        ("\ufeffid,amount\n1,2.5\n", {}),
        ('"id","amount","two\nlines, or more"\n1,2.5,x\n', {}),
    ],
)
def test_csv_params(
    warehouse: Warehouse, query: Query, tmp_path: Path, text: str, params: dict[str, Json]
) -> None:
    made = warehouse.build(
        file_request(
            written(tmp_path, "o.csv", text), "csv", {"id": "BIGINT", "amount": "DOUBLE"}, **params
        )
    )

    assert query(f"SELECT * FROM {physical(made)} WHERE id IS NOT NULL") == [(1, 2.5)]
    assert query(f"SELECT count(amount) FROM {physical(made)}") == [(1,)]


def test_csv_dates_escapes_and_encodings(
    warehouse: Warehouse, query: Query, tmp_path: Path
) -> None:
    text = 'day,moment,word\n01/02/2026,01.02.2026 03:04,"caf\\"é"\n'
    path = written(tmp_path, "o.csv", text.encode("latin-1"))
    made = warehouse.build(
        file_request(
            path,
            "csv",
            {"day": "DATE", "moment": "TIMESTAMP", "word": "VARCHAR"},
            date_format="%d/%m/%Y",
            timestamp_format="%d.%m.%Y %H:%M",
            escape="\\",
            encoding="latin-1",
        )
    )

    day_moment_word = "CAST(day AS TEXT), CAST(moment AS TEXT), word"
    assert query(f"SELECT {day_moment_word} FROM {physical(made)}") == [
        ("2026-02-01", "2026-02-01 03:04:00", 'caf"é')
    ]


def test_compressed_csv(warehouse: Warehouse, tmp_path: Path) -> None:
    path = written(tmp_path, "o.csv.gz", gzip.compress(b"id,amount\n1,2.5\n"))

    assert warehouse.build(file_request(path, columns=ORDERS)).rows == 1


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"delimeter": ";"}, "delimeter"),
        ({"skip": "two"}, "skip"),
        ({"header": "yes"}, "header"),
        ({"delim": ";", "sep": ","}, "sep"),
        ({"delim": ""}, "delim"),
        ({"null": [1]}, "null"),
    ],
)
def test_params_that_are_wrong(
    warehouse: Warehouse, tmp_path: Path, params: dict[str, Json], word: str
) -> None:
    error = refusal(warehouse, written(tmp_path, "o.csv", "id\n1\n"), "csv", None, **params)

    assert word in error.what
    assert "delimiter" in error.fix or f"params.{word}" in error.fix


def test_a_value_that_does_not_convert(warehouse: Warehouse, tmp_path: Path) -> None:
    path = written(tmp_path, "o.csv", "id,amount\n1,2.5\n2,cheap\n")
    error = refusal(warehouse, path, columns=ORDERS)

    assert error.what == (
        "data/o.csv, line 3: `cheap` in column `amount` does not convert to DECIMAL(10,2)"
    )
    assert error.where == "data/o.csv:3"
    assert error.error_class == "ConversionException"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("id,amount\n1,2.5\n2\n", "data/o.csv, line 3: 1 column where 2 are expected"),
        ("id,amount\n1,2.5,3\n", "data/o.csv, line 2: 3 columns where 2 are expected"),
        ('id,amount\n1,"2\n', "data/o.csv, line 2: a quote is never closed"),
        ("id,id\n1,2\n", "data/o.csv has 2 columns called `id`"),
        ("", "data/o.csv is empty: it has not even a header"),
        ("\n\n", "data/o.csv is empty: it has not even a header"),
        (b"id,amount\n1,\xe9\n", "data/o.csv, line 2: a character is not in the file's encoding"),
    ],
)
def test_files_that_are_broken(
    warehouse: Warehouse, tmp_path: Path, text: str | bytes, what: str
) -> None:
    assert refusal(warehouse, written(tmp_path, "o.csv", text), columns=ORDERS).what == what


def test_an_overlong_value_is_cut(warehouse: Warehouse, tmp_path: Path) -> None:
    path = written(tmp_path, "o.csv", f"id,amount\n{'x' * 5000},1\n")
    assert "…` in column `id`" in refusal(warehouse, path, columns=ORDERS).what


def test_quotes_after_the_sample_are_still_quotes(
    warehouse: Warehouse, query: Query, tmp_path: Path
) -> None:
    plain = "".join(f"{number},x\n" for number in range(30_000))
    path = written(tmp_path, "o.csv", f'id,name\n{plain}30000,"a,b"\n')
    made = warehouse.build(file_request(path, columns={"id": "BIGINT", "name": "VARCHAR"}))

    assert query(f"SELECT name FROM {physical(made)} WHERE id = 30000") == [("a,b",)]
