"""Sources that declare no schema: their columns are those of the files that git holds."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.support.program import Program
from tests.support.repo import GitRepo

CSV = "order_id,amount,paid on\n1,10.5,2024-01-02\n2,,2024-01-03\n"
SOURCE = "kind: source\nname: orders\nsource: csv\ntable: data/orders.csv\n"
READER = (
    "kind: transform\nname: paid\ninputs: [{ref: source.orders}]\n"
    'transform: |\n  SELECT order_id, amount, "paid on" AS paid_on FROM source.orders\n'
)


def project(folder: Path, source: str = SOURCE, data: bytes = CSV.encode()) -> Program:
    repo = GitRepo.init(folder / "undeclared")
    repo.write(".gitignore", "warehouse.duckdb*\n")
    repo.write("data/orders.csv", data)
    repo.write("seeknal/orders.yml", source)
    repo.write("seeknal/paid.yml", READER)
    repo.commit("Orders without a schema")
    return Program(repo)


def test_a_header_and_its_rows_give_names_and_types(tmp_path: Path) -> None:
    program = project(tmp_path)
    program.ok("validate", "--strict")
    program.repo.checkout("dev", new=True)
    data = CSV.replace("10.5", "ten").replace("order_id", "id")
    program.repo.commit("Another export", files={"data/orders.csv": data})
    found = program.ok("diff", "main..dev", "--format", "json").json
    (source,) = found["changes"]
    assert {(f["rule"], *f["columns"]) for f in source["findings"]} >= {
        ("column-removed", "order_id"),
        ("column-type-changed", "amount"),
    }
    (reader,) = found["downstream"]
    assert (reader["impact"], reader["columns"]) == ("breaks", ["order_id"])


def test_what_validate_foretells_is_what_is_built(tmp_path: Path) -> None:
    program = project(tmp_path)
    program.ok("apply", "dev", "--quiet")
    rows = program.query(
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE schema_name = 'dev' AND table_name = 'paid' ORDER BY column_index"
    )
    assert rows == [("order_id", "BIGINT"), ("amount", "DOUBLE"), ("paid_on", "DATE")]


def test_a_column_that_the_file_lacks_is_an_error_with_the_nearest(tmp_path: Path) -> None:
    program = project(tmp_path, data=CSV.replace("amount", "amuont").encode())
    ended = program.run("validate")
    assert ended.exit_code == 1
    assert "seeknal/paid.yml:5:20" in ended.out + ended.err
    assert "did you mean `amuont`?" in ended.out + ended.err


def test_a_type_that_is_not_declared_is_the_files(tmp_path: Path) -> None:
    program = project(tmp_path, SOURCE + "columns: [order_id, amount, paid on]\n")
    program.repo.checkout("dev", new=True)
    program.repo.commit("Words", files={"data/orders.csv": CSV.replace("10.5", "ten")})
    found = program.ok("diff", "main..dev", "--format", "json").json
    rules = {f["rule"] for change in found["changes"] for f in change["findings"]}
    assert "column-type-changed" in rules


def test_parquet_tells_its_columns_too(tmp_path: Path) -> None:
    file = tmp_path / "orders.parquet"
    rows = "SELECT 1 AS order_id, 2.5 AS amount, DATE '2024-01-02' AS \"paid on\""
    duckdb.execute(f"COPY ({rows}) TO '{file}' (FORMAT parquet)")
    source = SOURCE.replace("csv\n", "parquet\n", 1).replace("orders.csv", "orders.parquet")
    program = project(tmp_path, source)
    program.repo.commit("Parquet", files={"data/orders.parquet": file.read_bytes()})
    program.ok("validate", "--strict")


def test_a_file_that_cannot_be_read_leaves_the_columns_unknown(tmp_path: Path) -> None:
    program = project(tmp_path, data=b"\xff\xfe\x00\x00\x01")
    ended = program.run("validate", "--strict")
    assert ended.exit_code == 1
    assert "the columns of source.orders are unknown" in ended.out + ended.err


def test_a_file_outside_git_tells_nothing(tmp_path: Path) -> None:
    program = project(tmp_path)
    program.repo.delete("data/orders.csv")
    program.repo.commit("Kept elsewhere", files={".gitignore": "warehouse.duckdb*\ndata/\n"})
    program.repo.write("data/orders.csv", CSV)
    ended = program.ok("validate")
    assert "the source declares no `schema:`" in ended.out + ended.err
