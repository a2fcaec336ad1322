"""What every warehouse does with builds, checks and deliveries."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.model.environment import Build
from seeknal_ci.model.spec import Column
from seeknal_ci.warehouse.identifiers import quote
from seeknal_ci.warehouse.protocol import BuildRequest, Delivery, Warehouse
from tests.contract.conftest import Lab, Query
from tests.contract.samples import NOON, build_id, physical, request

ENDLESS = "SELECT count(*) AS n FROM generate_series(1, 1000000000000) AS t(i) WHERE i % 7 = 3"
HOSTILE = (
    'quo"te',
    "it's",
    'x"; DROP SCHEMA seeknal_ci; --',
    "select",
    "ünïcode 日本 🦆",
    "back\\slash\nand line",
    "? %s {} $1",
)
# More than PostgreSQL has room for.
LONG = "n" * 200


def test_a_build_holds_its_rows_and_is_registered(warehouse: Warehouse, query: Query) -> None:
    before = datetime.now(UTC)
    made = warehouse.build(
        request("transform.t", "SELECT 1 AS id, 'x' AS name UNION ALL SELECT 2, 'y'")
    )

    assert sorted(query(f"SELECT * FROM {physical(made)}")) == [(1, "x"), (2, "y")]
    assert made.rows == 2
    assert made.columns == (Column("id", "INTEGER"), Column("name", "VARCHAR"))
    assert (made.node, made.run_id) == ("transform.t", "run-1")
    assert before <= made.created_at <= datetime.now(UTC)
    assert made.seconds > 0
    assert warehouse.builds([made.id, build_id("unknown")]) == {made.id: made}


def test_no_build_is_asked_for(warehouse: Warehouse) -> None:
    assert warehouse.builds([]) == {}


def test_thousands_of_builds_are_asked_for(warehouse: Warehouse) -> None:
    made = warehouse.build(request("transform.t", "SELECT 1 AS id"))

    asked = [build_id(str(number)) for number in range(3000)]
    assert warehouse.builds([*asked, made.id]) == {made.id: made}


def test_an_existing_build_is_returned_as_is(warehouse: Warehouse) -> None:
    first = warehouse.build(request("transform.t", "SELECT 1 AS id"))

    again = replace(request("transform.t", "this is not SQL"), run_id="run-2")
    assert warehouse.build(again) == first


def test_a_query_reads_other_builds(warehouse: Warehouse, query: Query) -> None:
    orders = warehouse.build(request("source.orders", "SELECT 1 AS id"))
    made = warehouse.build(request("transform.t", f"SELECT id + 1 AS n FROM {physical(orders)}"))

    assert query(f"SELECT n FROM {physical(made)}") == [(2,)]


def test_columns_without_rows(warehouse: Warehouse) -> None:
    made = warehouse.build(request("transform.t", "SELECT 1 AS id WHERE false"))

    assert (made.rows, made.columns) == (0, (Column("id", "INTEGER"),))


def test_a_failed_build_leaves_nothing(warehouse: Warehouse, query: Query) -> None:
    bad = request("transform.t", "SELECT CAST(x AS INTEGER) FROM (VALUES ('1'), ('two')) AS t(x)")

    with pytest.raises(WarehouseError) as caught:
        warehouse.build(bad)

    assert not caught.value.retriable
    assert "two" in caught.value.what
    assert "LINE" not in caught.value.what
    assert caught.value.fix
    assert warehouse.builds([bad.build_id]) == {}
    left = "SELECT * FROM information_schema.tables WHERE table_schema = 'seeknal_ci_builds'"
    assert query(left) == []
    repaired = request("transform.t", "SELECT 1 AS id")
    assert warehouse.build(repaired).rows == 1


def test_a_leftover_table_is_built_again(warehouse: Warehouse, query: Query) -> None:
    wanted = request("transform.t", "SELECT 1 AS id")
    query(f"CREATE TABLE seeknal_ci_builds.{quote(wanted.table)} AS SELECT 99 AS id")

    assert warehouse.builds([wanted.build_id]) == {}
    made = warehouse.build(wanted)

    assert query(f"SELECT id FROM {physical(made)}") == [(1,)]


def test_a_build_whose_table_is_gone_is_built_again(warehouse: Warehouse, query: Query) -> None:
    wanted = request("transform.t", "SELECT 1 AS id")
    first = warehouse.build(wanted)
    query(f"DROP TABLE {physical(first)}")

    assert warehouse.builds([first.id]) == {}
    second = warehouse.build(wanted)

    assert second.created_at > first.created_at
    assert query(f"SELECT id FROM {physical(second)}") == [(1,)]


def test_a_table_of_another_build_is_never_replaced(warehouse: Warehouse, query: Query) -> None:
    first = warehouse.build(request("transform.t", "SELECT 1 AS id"))
    thief = replace(request("transform.u", "SELECT 2 AS id"), table=first.table)

    with pytest.raises(SeeknalCiError, match=first.table):
        warehouse.build(thief)

    assert query(f"SELECT id FROM {physical(first)}") == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 AS id; DROP SCHEMA seeknal_ci CASCADE",
        "SELECT 1 AS id) AS t; DROP SCHEMA seeknal_ci CASCADE; SELECT * FROM (SELECT 1 AS id",
        'WITH gone AS (DELETE FROM seeknal_ci."build" RETURNING *) SELECT * FROM gone',
    ],
)
def test_a_query_only_reads(warehouse: Warehouse, sql: str) -> None:
    kept = warehouse.build(request("transform.kept", "SELECT 1 AS id"))

    with pytest.raises(WarehouseError):
        warehouse.build(request("transform.bad", sql))
    with pytest.raises(WarehouseError):
        warehouse.check(sql)

    assert warehouse.builds([kept.id]) == {kept.id: kept}


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_names_a_node_and_a_column(warehouse: Warehouse, query: Query, name: str) -> None:
    made = warehouse.build(request(f"transform.{name}", f"SELECT 1 AS {quote(name)}"))

    assert made.node == f"transform.{name}"
    assert [column.name for column in made.columns] == [name]
    assert warehouse.builds([made.id]) == {made.id: made}
    assert query(f"SELECT {quote(name)} FROM {physical(made)}") == [(1,)]


def test_a_long_name_is_kept_or_refused_and_never_cut(lab: Lab) -> None:
    wanted = request(f"transform.{LONG}", f"SELECT 1 AS {LONG}")
    if lab.cuts_names:
        with pytest.raises(WarehouseError, match="63 bytes"):
            lab.warehouse.build(wanted)
        assert lab.warehouse.builds([wanted.build_id]) == {}
    else:
        assert [column.name for column in lab.warehouse.build(wanted).columns] == [LONG]


def test_nodes_that_differ_by_case_have_builds_of_their_own(
    warehouse: Warehouse, query: Query
) -> None:
    small = warehouse.build(request("transform.orders", "SELECT 1 AS id"))
    large = warehouse.build(request("transform.ORDERS", "SELECT 2 AS id"))

    assert query(f"SELECT id FROM {physical(small)}") == [(1,)]
    assert query(f"SELECT id FROM {physical(large)}") == [(2,)]


def test_builds_of_several_threads_do_not_mix(warehouse: Warehouse, query: Query) -> None:
    def numbered(turn: int, number: int) -> BuildRequest:
        return request(f"transform.t{number}", f"SELECT {number} AS n, {turn} AS turn", str(turn))

    with ThreadPoolExecutor(4) as threads:
        for turn in range(20):
            made = list(threads.map(warehouse.build, [numbered(turn, n) for n in range(12)]))
            held = [query(f"SELECT n, turn FROM {physical(build)}") for build in made]
            assert held == [[(number, turn)] for number in range(12)]


def test_a_build_that_many_threads_want_is_built_once(warehouse: Warehouse, query: Query) -> None:
    together = Barrier(8)

    def wanted(number: int) -> Build:
        together.wait()
        return warehouse.build(request("transform.t", "SELECT 1 AS id"))

    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(wanted, range(8)))

    assert len(made) == 1
    assert query('SELECT count(*) FROM seeknal_ci."build"') == [(1,)]


def test_one_thread_fails_and_the_next_one_builds(warehouse: Warehouse) -> None:
    together = Barrier(2)

    def wanted(sql: str) -> int | str:
        together.wait()
        try:
            return warehouse.build(request("transform.t", sql)).rows
        except WarehouseError as error:
            return error.error_class

    with ThreadPoolExecutor(2) as threads:
        ends = list(threads.map(wanted, ["SELECT 1 AS id", "SELECT * FROM nowhere"]))

    assert ends[0] == 1
    assert ends[1] in (1, "CatalogException", "42P01")


def test_an_interrupt_stops_what_runs(warehouse: Warehouse) -> None:
    endless = request("transform.t", ENDLESS)
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(warehouse.build, endless)
        while not running.done():
            warehouse.interrupt()
            wait([running], timeout=0.01)
        with pytest.raises(WarehouseError) as caught:
            running.result()

    assert not caught.value.retriable
    assert warehouse.builds([endless.build_id]) == {}
    assert warehouse.check("SELECT 7") == 7


def test_the_latest_build_of_a_node_tells_how_long_it_takes(warehouse: Warehouse) -> None:
    assert warehouse.latest_seconds() == {}
    warehouse.build(request("transform.t", "SELECT 1 AS id"))
    latest = warehouse.build(request("transform.t", "SELECT 2 AS id", seed="changed"))
    other = warehouse.build(request("transform.u", "SELECT 1 AS id"))

    assert warehouse.latest_seconds() == {
        "transform.t": latest.seconds,
        "transform.u": other.seconds,
    }


def test_a_check_returns_its_number(warehouse: Warehouse) -> None:
    made = warehouse.build(request("transform.t", "SELECT 1 AS id"))

    assert warehouse.check(f"SELECT count(*) FROM {physical(made)} WHERE id IS NULL") == 0
    assert warehouse.check("SELECT sum(n) FROM (VALUES (1), (2)) AS t(n)") == 3


@pytest.mark.parametrize(
    "sql", ["SELECT NULL", "SELECT 1, 2", "SELECT 1 WHERE false", "VALUES (1), (2)", "SELECT 'no'"]
)
def test_a_check_without_a_number_is_an_error(warehouse: Warehouse, sql: str) -> None:
    with pytest.raises(WarehouseError, match="one whole number"):
        warehouse.check(sql)


def test_the_last_delivery_is_remembered(warehouse: Warehouse) -> None:
    first = Delivery("dev", "exposure.report", build_id("a"), "out/report.csv", 3, NOON)
    later = replace(first, build_id=build_id("b"), delivered_at=NOON + timedelta(hours=1))
    elsewhere = replace(first, environment="prod")
    for delivery in (first, elsewhere, later):
        warehouse.deliver(delivery)

    assert warehouse.deliveries("dev") == {"exposure.report": later}
    assert warehouse.deliveries("prod") == {"exposure.report": elsewhere}
    assert warehouse.deliveries("nowhere") == {}


def test_a_time_needs_its_zone(warehouse: Warehouse) -> None:
    naive = datetime(2026, 3, 1, 12)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        warehouse.deliver(Delivery("dev", "exposure.report", "b", "out.csv", 3, naive))
