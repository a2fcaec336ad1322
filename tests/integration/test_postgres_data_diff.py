"""Types that PostgreSQL has, DuckDB has not, and a comparison meets in a project's own SQL."""

from __future__ import annotations

import time

import pytest

from seeknal_ci.apply.comparison import Limit, compared_values
from seeknal_ci.model.data_diff import KeyedRows, NodeDiff
from seeknal_ci.warehouse.postgres import PostgresWarehouse
from seeknal_ci.warehouse.protocol import QueryRelation
from tests.contract.samples import request
from tests.support.postgres import run

VALUES = {
    "json has no equality": ("'{\"a\": 1}'::json", "'{\"a\": 2}'::json"),
    "json is what it holds": ("'{\"a\":1}'::json", "'{ \"a\": 1 }'::json"),
    "a point has none either": ("point(1, 2)", "point(1, 3)"),
    "lists of json": ("ARRAY['1'::json]", "ARRAY['2'::json]"),
    "a number of any length": ("1.0::numeric", "1.00::numeric"),
    "an enum": ("'x'::mood", "'y'::mood"),
    "collations that differ": ("'a' COLLATE \"C\"", "'a' COLLATE \"POSIX\""),
    "padded text": ("'a'::char(3)", "'b'::char(3)"),
}
SAME = {"json is what it holds", "a number of any length", "collations that differ"}


@pytest.mark.parametrize("name", VALUES)
def test_values_of_every_type_are_compared(postgres_url: str, name: str) -> None:
    run(postgres_url, "CREATE TYPE mood AS ENUM ('x', 'y')")
    warehouse = PostgresWarehouse.open(postgres_url, "it", lock_timeout=0, on_wait=pytest.fail)
    before, after = (
        warehouse.build(
            request("transform.t", QueryRelation(f"SELECT 1 AS id, {value} AS v", "postgres"), seed)
        )
        for value, seed in zip(VALUES[name], ("before", "after"), strict=True)
    )
    limit = Limit(time.monotonic() + 600, 600)

    for keys in ((("id",),), ()):
        diff = NodeDiff("transform.t", 1, 1)
        diff = compared_values(warehouse, diff, (before, after), keys, limit)
        assert diff.not_compared is None
        changed = 0 if name in SAME else 1
        if keys:
            assert diff.keyed == KeyedRows(("id",), 0, 0, changed)
        else:
            assert diff.distinct is not None
            assert diff.distinct.only_after == changed
    warehouse.close()
