"""What is true of a DuckDB file only: how it is opened, named and read, and by which version."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.warehouse.duckdb import DuckDBWarehouse
from seeknal_ci.warehouse.duckdb_errors import warehouse_error
from seeknal_ci.warehouse.protocol import ExportRequest
from tests.contract.samples import build_id, environment, physical, promotion, request


def told_nothing(message: str) -> None:
    raise AssertionError(f"nobody else has the file, but: {message}")


def opened(
    path: Path,
    *,
    lock_timeout: float = 0,
    read_only: bool = False,
    on_wait: Callable[[str], None] = told_nothing,
) -> DuckDBWarehouse:
    return DuckDBWarehouse.open(
        path, lock_timeout=lock_timeout, read_only=read_only, on_wait=on_wait
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.duckdb"


def test_what_is_written_is_there_after_opening_again(path: Path) -> None:
    warehouse = opened(path)
    build = warehouse.build(request("transform.a", "SELECT 1 AS n"))
    prod = environment("prod", {"a": build})
    promoted = promotion("p1", prod)
    warehouse.publish(prod, promoted)
    warehouse.close()

    for read_only in (False, True):
        again = opened(path, read_only=read_only)
        assert again.builds([build.id]) == {build.id: build}
        assert again.environments() == (prod,)
        assert again.promotions() == (promoted,)
        again.close()


def test_the_file_may_be_renamed_and_called_like_a_schema(tmp_path: Path) -> None:
    warehouse = opened(tmp_path / "prod.duckdb")
    build = warehouse.build(request("transform.a", "SELECT 1 AS n"))
    warehouse.publish(environment("prod", {"a": build}))
    warehouse.publish(environment("prod", {"b": build}))
    warehouse.close()
    (tmp_path / "prod.duckdb").rename(tmp_path / "other.duckdb")

    with duckdb.connect(str(tmp_path / "other.duckdb")) as connection:
        assert connection.execute("SELECT n FROM prod.b").fetchall() == [(1,)]


@pytest.mark.parametrize("name", ["seeknal_ci.duckdb", "Seeknal_CI_builds.db"])
def test_a_file_that_would_hide_our_schemas(tmp_path: Path, name: str) -> None:
    with pytest.raises(SeeknalCiError, match="hides the schema"):
        opened(tmp_path / name)
    assert not (tmp_path / name).exists()


def test_read_only_creates_nothing(path: Path) -> None:
    assert not DuckDBWarehouse.exists(path)
    with pytest.raises(WarehouseError):
        opened(path, read_only=True)
    assert not DuckDBWarehouse.exists(path)


def test_a_file_without_a_registry_is_empty_when_read_only(path: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE theirs AS SELECT 1 AS n")
    before = path.read_bytes()
    warehouse = opened(path, read_only=True)

    assert warehouse.builds([build_id("a")]) == {}
    assert warehouse.latest_seconds() == {}
    assert warehouse.environments() == ()
    assert warehouse.environment("prod") is None
    assert warehouse.promotions() == ()
    assert warehouse.deliveries("prod") == {}
    assert warehouse.check("SELECT count(*) FROM theirs") == 1
    target = tmp_path / "out.csv"
    assert warehouse.export(ExportRequest("SELECT n FROM theirs", target, "csv")) == 1
    warehouse.close()
    assert path.read_bytes() == before


def test_read_only_refuses_to_write(path: Path) -> None:
    opened(path).close()
    warehouse = opened(path, read_only=True)
    writes: tuple[Callable[[], object], ...] = (
        lambda: warehouse.build(request("transform.a", "SELECT 1 AS n")),
        lambda: warehouse.publish(environment("dev", {})),
        lambda: warehouse.delete("dev"),
    )
    for write in writes:
        with pytest.raises(SeeknalCiError, match="read-only"):
            write()
    warehouse.close()


def test_a_registry_of_a_newer_program_is_refused(path: Path) -> None:
    opened(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute('UPDATE seeknal_ci."version" SET "format" = 99')

    for read_only in (False, True):
        with pytest.raises(SeeknalCiError, match="format 99") as caught:
            opened(path, read_only=read_only)
        assert "upgrade" in caught.value.fix


@pytest.mark.parametrize(
    "make", [lambda path: path.write_text("hello " * 5000), Path.touch, Path.mkdir]
)
def test_what_is_no_duckdb_file(path: Path, make: Callable[[Path], object]) -> None:
    make(path)
    with pytest.raises(WarehouseError, match="cannot be opened") as caught:
        opened(path)
    assert caught.value.fix
    assert not caught.value.retriable


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "absent", tmp_path / "file", Path(os.sep, "proc")):
        with pytest.raises(WarehouseError, match="cannot be opened") as caught:
            opened(folder / "warehouse.duckdb")
        assert "folder" in caught.value.fix


def test_the_default_schema_of_duckdb_is_not_taken_over(path: Path) -> None:
    warehouse = opened(path)
    with pytest.raises(SeeknalCiError, match="`main`"):
        warehouse.publish(environment("main", {}))
    warehouse.close()


def test_schemas_that_differ_by_case_are_one(path: Path) -> None:
    warehouse = opened(path)
    warehouse.publish(environment("dev", {}, schema="dev"))
    with pytest.raises(SeeknalCiError, match="environment `dev`"):
        warehouse.publish(environment("other", {}, schema="DEV"))
    warehouse.publish(environment("é", {}))
    warehouse.publish(environment("É", {}))
    warehouse.close()


def test_times_do_not_depend_on_the_machine(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    warehouse = opened(path)
    assert warehouse.check("SELECT extract('hour' FROM TIMESTAMPTZ '2026-03-01 12:00:00+00')") == 12
    warehouse.close()


def test_a_pivot_is_a_query(path: Path) -> None:
    warehouse = opened(path)
    pivoted = warehouse.build(
        request("transform.p", "PIVOT (SELECT 'x' AS k, 1 AS n) ON k USING sum(n)")
    )
    assert warehouse.check(f"SELECT x FROM {physical(pivoted)}") == 1
    warehouse.close()


@pytest.mark.parametrize(
    ("error", "retriable"),
    [
        (duckdb.TransactionException("TransactionContext Error: Conflict on update!"), True),
        (duckdb.TransactionException("Catalog write-write conflict on create"), True),
        (duckdb.TransactionException("Failed to commit: PRIMARY KEY violation"), False),
        (duckdb.IOException('Could not set lock on file "w.duckdb"'), True),
        (duckdb.IOException('No files found that match the pattern "x"'), False),
        (duckdb.OutOfMemoryException("could not allocate block"), False),
        (duckdb.ConstraintException("NOT NULL constraint failed"), False),
        (duckdb.InterruptException("INTERRUPT Error: Interrupted!"), False),
        (duckdb.InternalException("INTERNAL Error: conflict of interest"), False),
    ],
)
def test_which_errors_are_retried(error: duckdb.Error, retriable: bool) -> None:
    translated = warehouse_error(error)

    assert translated.retriable is retriable
    assert translated.error_class == type(error).__name__
    assert translated.fix
