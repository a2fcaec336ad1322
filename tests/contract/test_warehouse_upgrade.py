"""A registry of an older format is brought up to date by whoever writes, and is never misread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.execution import Entries, RunFilter
from seeknal_ci.warehouse.connect import connect
from seeknal_ci.warehouse.protocol import Warehouse
from tests.contract.samples import environment, request
from tests.contract.test_warehouse_ledger import RUN
from tests.support.postgres import Server, run

OLDER = (
    "ALTER TABLE seeknal_ci.environment DROP COLUMN branch",
    "ALTER TABLE seeknal_ci.environment DROP COLUMN clone",
    "ALTER TABLE seeknal_ci.environment DROP COLUMN changed",
    "DROP TABLE seeknal_ci.load",
    "DROP VIEW seeknal_ci.pipeline_execution_closure",
    "DROP VIEW seeknal_ci.pipeline_execution",
    "DROP TABLE seeknal_ci.execution_closure",
    "DROP TABLE seeknal_ci.execution",
    "DROP SEQUENCE seeknal_ci.execution_number",
    "UPDATE seeknal_ci.version SET format = 1",
)


@pytest.fixture(params=["duckdb", "postgres"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a warehouse may be made."""
    if request.param == "duckdb":
        yield "duckdb:///old.duckdb"
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database() as made:
        yield made


@contextmanager
def opened(url: str, folder: Path, *, read_only: bool = False) -> Iterator[Warehouse]:
    warehouse = connect(url, folder, lock_timeout=0, read_only=read_only, on_wait=pytest.fail)
    try:
        yield warehouse
    finally:
        warehouse.close()


def age(url: str, folder: Path) -> None:
    """Make the registry what the first format was."""
    if url.startswith("duckdb"):
        with duckdb.connect(str(folder / "old.duckdb")) as beside:
            for statement in OLDER:
                beside.execute(statement)
    else:
        for statement in OLDER:
            run(url, statement)


def test_an_older_registry_is_upgraded(url: str, tmp_path: Path) -> None:
    with opened(url, tmp_path) as warehouse:
        dev = environment("dev", {"a": warehouse.build(request("transform.a", "SELECT 1 AS n"))})
        warehouse.publish(dev)
    age(url, tmp_path)

    with (
        pytest.raises(SeeknalCiError, match="older seeknal-ci") as caught,
        opened(url, tmp_path, read_only=True),
    ):
        pass
    assert "seeknal-ci apply" in caught.value.fix
    with opened(url, tmp_path) as warehouse:
        assert warehouse.environment("dev") == dev
        assert warehouse.changed_nodes() == {}
        assert warehouse.loads(["x"]) == {}
        assert warehouse.runs(RunFilter()) == ()
        warehouse.write_ledger(Entries((RUN,)))
        assert warehouse.executions("run") == (RUN,)
    with opened(url, tmp_path, read_only=True) as warehouse:
        assert warehouse.environments() == (dev,)
