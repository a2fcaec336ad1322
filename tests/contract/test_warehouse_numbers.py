"""Rows of numbers, within a time; and what a comparison of two builds does where there is none."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from seeknal_ci.apply.comparison import Limit, compared_values
from seeknal_ci.errors import WarehouseError
from seeknal_ci.model.data_diff import KeyedRows, NodeDiff, RepeatedKey
from seeknal_ci.model.environment import Build
from seeknal_ci.warehouse.protocol import Warehouse
from tests.contract.conftest import Lab
from tests.contract.samples import request
from tests.contract.test_warehouse import ENDLESS

COUNT_FOR_EVER = f"SELECT count(*) FROM ({ENDLESS}) AS endless"
AN_HOUR = 3600.0


def built(warehouse: Warehouse, sql: str, seed: str) -> Build:
    return warehouse.build(request("transform.t", sql, seed))


def compared(
    warehouse: Warehouse, before: str, after: str, *keys: tuple[str, ...], left: float = AN_HOUR
) -> NodeDiff:
    """Two queries' rows, compared with so many seconds left."""
    sides = built(warehouse, before, "before"), built(warehouse, after, "after")
    diff = NodeDiff("transform.t", sides[0].rows, sides[1].rows)
    return compared_values(warehouse, diff, sides, keys, Limit(time.monotonic() + left, 120))


def test_a_row_of_numbers(warehouse: Warehouse) -> None:
    assert warehouse.numbers("SELECT 7, count(*) FROM (SELECT 1) AS q", AN_HOUR) == (7, 1)


@pytest.mark.parametrize("seconds", [0.0, 0.0001, 0.2])
def test_what_takes_too_long_has_no_answer(warehouse: Warehouse, seconds: float) -> None:
    assert warehouse.numbers(COUNT_FOR_EVER, seconds) is None
    assert warehouse.numbers("SELECT 7", AN_HOUR) == (7,)


def test_an_interrupt_is_no_lack_of_time(warehouse: Warehouse) -> None:
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(warehouse.numbers, COUNT_FOR_EVER, AN_HOUR)
        while not running.done():
            warehouse.interrupt()
            wait([running], timeout=0.01)
        with pytest.raises(WarehouseError):
            running.result()


def test_a_query_that_is_wrong_raises(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError):
        warehouse.numbers("SELECT nowhere", AN_HOUR)


def test_without_time_nothing_is_compared(warehouse: Warehouse) -> None:
    diff = compared(warehouse, "SELECT 1 AS a", "SELECT 2 AS a", left=-1)
    assert diff.not_compared == "over the budget of 120 seconds (`data_diff.timeout`)"
    assert (diff.columns, diff.distinct) == ((), None)


def test_what_is_gone_is_said(lab: Lab) -> None:
    sides = [built(lab.warehouse, f"SELECT {n} AS a", str(n)) for n in (1, 2)]
    lab.query(f'DROP TABLE seeknal_ci_builds."{sides[0].table}"')

    diff = compared_values(
        lab.warehouse,
        NodeDiff("transform.t", 1, 1),
        (sides[0], sides[1]),
        (),
        Limit(time.monotonic() + AN_HOUR, AN_HOUR),
    )

    assert diff.not_compared is not None
    assert diff.not_compared.startswith("could not be compared: ")
    assert "does not exist" in diff.not_compared


def test_the_first_key_that_is_unique_is_taken(warehouse: Warehouse) -> None:
    before = "SELECT 1 AS a, 1 AS b, 5 AS v UNION ALL SELECT 1, 2, 6"
    after = "SELECT 1 AS a, 1 AS b, 5 AS v UNION ALL SELECT 1, 2, 7"

    diff = compared(warehouse, before, after, ("nowhere",), ("a",), ("A", "B"))

    assert diff.keyed == KeyedRows(("a", "b"), only_before=0, only_after=0, changed=1)
    assert (diff.repeated_key, diff.absent_key, diff.distinct) == (None, (), None)


def test_a_null_in_a_key_is_a_value(warehouse: Warehouse) -> None:
    before = "SELECT CAST(NULL AS INTEGER) AS a, 1 AS b UNION ALL SELECT 1, 1"
    after = "SELECT CAST(NULL AS INTEGER) AS a, 2 AS b UNION ALL SELECT 2, 1"

    diff = compared(warehouse, before, after, ("a",))

    assert diff.keyed == KeyedRows(("a",), only_before=1, only_after=1, changed=1)


def test_a_key_that_is_not_unique_is_told(warehouse: Warehouse) -> None:
    before = "SELECT 1 AS a, 1 AS b"
    diff = compared(warehouse, before, f"{before} UNION ALL SELECT 1, 2", ("a",))

    assert diff.repeated_key == RepeatedKey(("a",), before=0, after=1)
    assert diff.alarms
    assert diff.distinct is not None
    assert (diff.distinct.only_before, diff.distinct.only_after) == (0, 1)


def test_without_a_column_of_one_type_there_is_nothing_to_compare(warehouse: Warehouse) -> None:
    diff = compared(warehouse, "SELECT 1 AS a", "SELECT 'x' AS a", ("a",))

    assert diff.not_compared == "no column is on both sides with one type"
    assert diff.absent_key == ("a",)


def test_many_columns(warehouse: Warehouse) -> None:
    names = [f"c{n}" for n in range(250)]
    before = "SELECT " + ", ".join(f"1 AS {name}" for name in names)

    diff = compared(warehouse, before, before.replace("1 AS c249", "2 AS c249"), ("c0",))

    assert diff.keyed == KeyedRows(("c0",), only_before=0, only_after=0, changed=1)
    assert [column.name for column in diff.columns if column.changed] == ["c249"]
    assert len(diff.columns) == 250
