"""What every warehouse says of its builds' schema, and how builds go."""

from __future__ import annotations

from dataclasses import replace

from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA, Warehouse
from tests.contract.conftest import Lab, Query
from tests.contract.samples import environment, physical, request

MANY = "SELECT range AS n, 'some text ' || range AS t FROM range(300000)"


def big(lab: Lab) -> str:
    """A query of many rows in the engine's own dialect."""
    if lab.warehouse.engine == "duckdb":
        return MANY
    return "SELECT n, 'some text ' || n AS t FROM generate_series(1, 300000) AS n"


def names(warehouse: Warehouse) -> list[str]:
    return [table.name for table in warehouse.stored()]


def test_an_empty_warehouse_stores_nothing(warehouse: Warehouse) -> None:
    assert warehouse.stored() == ()


def test_every_table_comes_with_its_build_and_its_readers(
    warehouse: Warehouse, query: Query
) -> None:
    build = warehouse.build(request("transform.a", "SELECT 1 AS n"))
    other = warehouse.build(request("transform.b", "SELECT 2 AS n"))
    warehouse.publish(environment("dev", {"a": build}))
    query("CREATE SCHEMA analytics")
    query(f"CREATE VIEW analytics.report AS SELECT n + 1 AS m FROM {physical(build)}")
    query(f"CREATE TABLE {BUILDS_SCHEMA}.theirs AS SELECT 1 AS n")
    query(f"CREATE VIEW {BUILDS_SCHEMA}.seen AS SELECT 1 AS n")

    found = {table.name: table for table in warehouse.stored()}

    assert list(found) == sorted([build.table, other.table, "seen", "theirs"])
    assert found[build.table].build == build
    assert found[build.table].readers == (("analytics", "report"), ("dev", "a"))
    assert found[other.table].readers == ()
    assert found["theirs"].build is None
    assert found["theirs"].is_table
    assert not found["seen"].is_table


def test_a_table_has_a_size(lab: Lab) -> None:
    build = lab.warehouse.build(request("transform.big", big(lab)))
    if lab.warehouse.engine == "duckdb":
        lab.query("CHECKPOINT")

    (table,) = lab.warehouse.stored()

    assert table.name == build.table
    assert table.bytes is not None
    assert 1_000_000 < table.bytes < 100_000_000


def test_what_is_discarded_is_gone_and_can_be_built_again(
    warehouse: Warehouse, query: Query
) -> None:
    asked = request("transform.a", "SELECT 1 AS n")
    build = warehouse.build(asked)
    kept = warehouse.build(request("transform.b", "SELECT 2 AS n"))

    with warehouse.alone():
        warehouse.discard(build.table)

    assert names(warehouse) == [kept.table]
    assert warehouse.builds([build.id, kept.id]).keys() == {kept.id}
    assert warehouse.build(asked).rows == 1
    assert query(f"SELECT n FROM {physical(build)}") == [(1,)]


def test_a_table_without_a_record_is_discarded_too(warehouse: Warehouse, query: Query) -> None:
    build = warehouse.build(request("transform.a", "SELECT 1 AS n"))
    query("DELETE FROM seeknal_ci.build")
    assert [table.build for table in warehouse.stored()] == [None]

    with warehouse.alone():
        warehouse.discard(build.table)

    assert names(warehouse) == []


def test_changed_nodes_are_those_that_were_published(warehouse: Warehouse) -> None:
    build = warehouse.build(request("transform.a", "SELECT 1 AS n"))
    dev = replace(environment("dev", {"a": build}), changed=("source.x", "transform.a"))
    dev = replace(dev, branch="feature/ü", clone="0123")
    warehouse.publish(dev)
    warehouse.publish(environment("prod", {"a": build}))

    assert warehouse.changed_nodes() == {"dev": ("source.x", "transform.a")}
    assert warehouse.environment("dev") == dev
