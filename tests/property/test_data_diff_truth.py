"""What the warehouse counts of two tables is what Python counts, on both engines.

SEEKNAL_CI_TEST_LONG=1 tries many more.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seeknal_ci.apply.comparison import Limit, compared_values, matched
from seeknal_ci.model.data_diff import NodeDiff
from seeknal_ci.model.environment import Build
from seeknal_ci.warehouse.protocol import FileRelation, Warehouse
from tests.contract.conftest import opened_lab
from tests.contract.samples import request as wanted
from tests.support.random_tables import Table, Tables, counted, random_tables

EXAMPLES = 1_500 if os.environ.get("SEEKNAL_CI_TEST_LONG") else 40
NODE = "transform.t"
TEN_MINUTES = 600.0


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def warehouse(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Warehouse]:
    with opened_lab(request, tmp_path_factory.mktemp("rows")) as lab:
        yield lab.warehouse


def compared(warehouse: Warehouse, tables: Tables) -> NodeDiff:
    """The tables, built and compared by the warehouse."""
    builds = [_build(warehouse, table) for table in (tables.before, tables.after)]
    before, after = builds
    added, removed, pairs = matched(before.columns, after.columns)
    diff = NodeDiff(
        NODE,
        before.rows,
        after.rows,
        added=added,
        removed=removed,
        retyped=tuple(pair for pair in pairs if pair.before != pair.after),
    )
    limit = Limit(time.monotonic() + TEN_MINUTES, TEN_MINUTES)
    return compared_values(warehouse, diff, (before, after), tables.keys, limit)


def _build(warehouse: Warehouse, table: Table) -> Build:
    """A build of a file, which has every type; not every type can be written in each dialect."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "rows.parquet"
        connection.execute(f"COPY ({table.sql}) TO '{path}' (FORMAT parquet)")
        relation = FileRelation((path,), "parquet", table.columns, shown_as="rows.parquet")
        return warehouse.build(wanted(NODE, relation, table.sql))


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_the_warehouse_counts_as_python_does(warehouse: Warehouse, seed: int) -> None:
    tables = random_tables(Random(seed))

    assert compared(warehouse, tables) == counted(NODE, tables), (tables.before, tables.after)
