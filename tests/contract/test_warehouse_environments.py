"""What every warehouse does with environments and promotions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.model.environment import Build, EnvironmentNode
from seeknal_ci.warehouse.identifiers import qualified, quote
from seeknal_ci.warehouse.protocol import Warehouse
from tests.contract.conftest import Lab, Query
from tests.contract.samples import NOON, build_id, environment, promotion, request
from tests.contract.test_warehouse import HOSTILE, LONG


def built(warehouse: Warehouse, name: str, value: int) -> Build:
    """A build of `transform.<name>` with one row, `value`."""
    return warehouse.build(request(f"transform.{name}", f"SELECT {value} AS n", str(value)))


def views(query: Query, schema: str) -> list[str]:
    sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = '{}'"
    return sorted(name for (name,) in query(sql.format(schema.replace("'", "''"))))


def schemas(query: Query, name: str) -> list[tuple[str]]:
    sql = "SELECT schema_name FROM information_schema.schemata WHERE schema_name = '{}'"
    return query(sql.format(name.replace("'", "''")))


def test_an_environment_shows_its_builds(warehouse: Warehouse, query: Query) -> None:
    dev = environment("dev", {"a": built(warehouse, "a", 1), "b": built(warehouse, "b", 2)})
    warehouse.publish(dev)

    assert query('SELECT n FROM "dev"."a"') == [(1,)]
    assert query('SELECT n FROM "dev"."b"') == [(2,)]
    assert warehouse.environment("dev") == dev
    assert warehouse.environment("nowhere") is None


def test_environments_come_sorted_and_whole(warehouse: Warehouse) -> None:
    build = built(warehouse, "a", 1)
    full = replace(
        environment("prod", {"a": build}),
        commit=None,
        dirty=True,
        base_commit=None,
        expires_at=NOON + timedelta(days=7, microseconds=1),
    )
    for one in (full, environment("dev", {}), environment("Über", {"a": build})):
        warehouse.publish(one)

    assert [one.name for one in warehouse.environments()] == ["dev", "prod", "Über"]
    assert full in warehouse.environments()


def test_publishing_again_shows_exactly_the_new_nodes(warehouse: Warehouse, query: Query) -> None:
    old, new = built(warehouse, "a", 1), built(warehouse, "a", 2)
    gone, fresh = built(warehouse, "gone", 3), built(warehouse, "fresh", 4)
    warehouse.publish(environment("dev", {"a": old, "gone": gone}))
    later = environment("dev", {"a": new, "fresh": fresh}, commit="c2")
    warehouse.publish(later)

    assert views(query, "dev") == ["a", "fresh"]
    assert query('SELECT n FROM "dev"."a"') == [(2,)]
    assert warehouse.environment("dev") == later


def test_a_view_may_change_its_columns(warehouse: Warehouse, query: Query) -> None:
    warehouse.publish(environment("dev", {"a": built(warehouse, "a", 1)}))
    other = warehouse.build(request("transform.a", "SELECT 'x' AS m, 1.5 AS k", "retyped"))
    warehouse.publish(environment("dev", {"a": other}))

    assert query('SELECT m FROM "dev"."a"') == [("x",)]


def test_nodes_without_rows_have_no_view(warehouse: Warehouse, query: Query) -> None:
    exposure = EnvironmentNode("exposure.report", build_id("report"), None)
    dev = environment("dev", {"a": built(warehouse, "a", 1)})
    dev = replace(dev, nodes=(exposure, *dev.nodes))
    warehouse.publish(dev)

    assert views(query, "dev") == ["a"]
    assert warehouse.environment("dev") == dev


def test_an_environment_may_move_to_another_schema(warehouse: Warehouse, query: Query) -> None:
    build = built(warehouse, "a", 1)
    warehouse.publish(environment("prod", {"a": build}, schema="prod"))
    warehouse.publish(environment("prod", {"a": build}, schema="analytics"))

    assert schemas(query, "prod") == []
    assert query('SELECT n FROM "analytics"."a"') == [(1,)]


def test_a_build_that_is_not_there_cannot_be_shown(warehouse: Warehouse, query: Query) -> None:
    old = environment("dev", {"a": built(warehouse, "a", 1)})
    warehouse.publish(old)
    absent = replace(built(warehouse, "b", 2), id=build_id("absent"))

    with pytest.raises(SeeknalCiError, match=r"transform\.b"):
        warehouse.publish(environment("dev", {"b": absent}))

    assert views(query, "dev") == ["a"]
    assert warehouse.environment("dev") == old


def test_a_publication_that_fails_halfway_changes_nothing(
    warehouse: Warehouse, query: Query
) -> None:
    old = environment("prod", {"a": built(warehouse, "a", 1), "gone": built(warehouse, "g", 1)})
    warehouse.publish(old, promotion("p1", old))
    new = environment("prod", {"a": built(warehouse, "a", 2)}, commit="c2")

    # The promotion's id is taken, which shows only after the views have been moved.
    with pytest.raises(WarehouseError):
        warehouse.publish(new, promotion("p1", new))

    assert query('SELECT n FROM "prod"."a"') == [(1,)]
    assert views(query, "prod") == ["a", "gone"]
    assert warehouse.environment("prod") == old
    assert [one.to_commit for one in warehouse.promotions()] == ["c1"]
    warehouse.publish(new, promotion("p2", new))
    assert query('SELECT n FROM "prod"."a"') == [(2,)]


def test_promotions_come_newest_first(warehouse: Warehouse) -> None:
    first = environment("prod", {"a": built(warehouse, "a", 1), "b": built(warehouse, "b", 1)})
    second = environment("prod", {"a": built(warehouse, "a", 2)}, commit="c2")
    one = promotion("p-late-in-the-alphabet", first)
    two = promotion("p-early", second, NOON + timedelta(minutes=1))
    warehouse.publish(first, one)
    warehouse.publish(second, two)

    assert warehouse.promotions() == (two, one)


def test_a_schema_of_somebody_else_is_not_taken_over(warehouse: Warehouse, query: Query) -> None:
    query("CREATE SCHEMA analytics")
    query("CREATE TABLE analytics.theirs AS SELECT 1 AS n")

    with pytest.raises(SeeknalCiError, match="analytics"):
        warehouse.publish(environment("analytics", {"a": built(warehouse, "a", 1)}))

    assert views(query, "analytics") == ["theirs"]
    assert warehouse.environments() == ()


@pytest.mark.parametrize("schema", ["information_schema", "seeknal_ci", "seeknal_ci_builds"])
def test_schemas_of_the_system_are_not_taken_over(warehouse: Warehouse, schema: str) -> None:
    with pytest.raises(SeeknalCiError, match=schema):
        warehouse.publish(environment("dev", {"a": built(warehouse, "a", 1)}, schema=schema))


def test_two_environments_never_share_a_schema(warehouse: Warehouse, query: Query) -> None:
    build = built(warehouse, "a", 1)
    warehouse.publish(environment("dev", {"a": build}, schema="shared"))

    with pytest.raises(SeeknalCiError, match="environment `dev`"):
        warehouse.publish(environment("other", {"b": build}, schema="shared"))

    assert views(query, "shared") == ["a"]


@pytest.mark.parametrize("kind", ["TABLE", "VIEW"])
def test_what_others_put_into_a_schema_is_not_replaced(
    warehouse: Warehouse, query: Query, kind: str
) -> None:
    old = environment("dev", {"a": built(warehouse, "a", 1)})
    warehouse.publish(old)
    query(f"CREATE {kind} dev.b AS SELECT 99 AS n")

    with pytest.raises(SeeknalCiError, match="`b`"):
        warehouse.publish(environment("dev", {"b": built(warehouse, "b", 2)}))

    assert query('SELECT n FROM "dev"."b"') == [(99,)]
    assert warehouse.environment("dev") == old
    warehouse.publish(environment("dev", {"a": built(warehouse, "a", 3)}))
    assert views(query, "dev") == ["a", "b"]


def test_a_view_that_somebody_dropped_comes_back(warehouse: Warehouse, query: Query) -> None:
    dev = environment("dev", {"a": built(warehouse, "a", 1), "b": built(warehouse, "b", 1)})
    warehouse.publish(dev)
    query("DROP VIEW dev.a")
    query("DROP VIEW dev.b")
    warehouse.publish(environment("dev", {"a": built(warehouse, "a", 1)}))

    assert views(query, "dev") == ["a"]


def test_deleting_removes_views_schema_and_record(warehouse: Warehouse, query: Query) -> None:
    build = built(warehouse, "a", 1)
    warehouse.publish(environment("dev", {"a": build}))
    kept = environment("prod", {"a": build})
    warehouse.publish(kept)
    warehouse.delete("dev")

    assert schemas(query, "dev") == []
    assert warehouse.environments() == (kept,)
    assert query('SELECT n FROM "prod"."a"') == [(1,)]
    assert warehouse.builds([build.id]) == {build.id: build}


def test_an_environment_whose_schema_is_gone_can_be_deleted(
    warehouse: Warehouse, query: Query
) -> None:
    warehouse.publish(environment("dev", {"a": built(warehouse, "a", 1)}))
    query("DROP SCHEMA dev CASCADE")
    warehouse.delete("dev")

    assert warehouse.environments() == ()


def test_what_does_not_exist_cannot_be_deleted(warehouse: Warehouse) -> None:
    with pytest.raises(SeeknalCiError, match="nowhere"):
        warehouse.delete("nowhere")


@pytest.mark.parametrize(
    "foreign",
    [
        "TABLE dev.theirs AS SELECT 1 AS n",
        "VIEW dev.theirs AS SELECT 1 AS n",
        "SEQUENCE dev.theirs",
    ],
)
def test_deleting_refuses_what_others_put_there(
    warehouse: Warehouse, query: Query, foreign: str
) -> None:
    dev = environment("dev", {"a": built(warehouse, "a", 1)})
    warehouse.publish(dev)
    query(f"CREATE {foreign}")

    with pytest.raises(SeeknalCiError, match=r"theirs|sequence"):
        warehouse.delete("dev")

    assert query('SELECT n FROM "dev"."a"') == [(1,)]
    assert warehouse.environment("dev") == dev


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_names_a_schema_and_a_view(warehouse: Warehouse, query: Query, name: str) -> None:
    dev = environment(name, {name: built(warehouse, "a", 1)})
    warehouse.publish(dev)

    assert query(f"SELECT n FROM {qualified(name, name)}") == [(1,)]
    assert warehouse.environment(name) == dev
    warehouse.delete(name)
    assert schemas(query, name) == []
    query(f"CREATE SCHEMA {quote(name)}")


@pytest.mark.parametrize("where", ["view", "schema"])
def test_a_long_name_is_shown_or_refused_and_never_cut(lab: Lab, where: str) -> None:
    view, schema = (LONG, "dev") if where == "view" else ("a", LONG)
    dev = environment("dev", {view: built(lab.warehouse, "a", 1)}, schema=schema)
    if lab.cuts_names:
        with pytest.raises(SeeknalCiError, match="63"):
            lab.warehouse.publish(dev)
        assert lab.warehouse.environments() == ()
    else:
        lab.warehouse.publish(dev)
        assert lab.query(f"SELECT n FROM {qualified(schema, view)}") == [(1,)]


def test_views_that_differ_by_case(lab: Lab) -> None:
    small, large = built(lab.warehouse, "orders", 1), built(lab.warehouse, "ORDERS", 2)
    dev = environment("dev", {"orders": small, "ORDERS": large})
    if lab.folds_case:
        with pytest.raises(SeeknalCiError, match=r"transform\.orders.*transform\.ORDERS"):
            lab.warehouse.publish(dev)
        assert schemas(lab.query, "dev") == []
    else:
        lab.warehouse.publish(dev)
        assert lab.query('SELECT n FROM "dev"."ORDERS"') == [(2,)]


def test_a_view_may_change_its_case(warehouse: Warehouse, query: Query) -> None:
    warehouse.publish(environment("dev", {"orders": built(warehouse, "o", 1)}))
    warehouse.publish(environment("dev", {"Orders": built(warehouse, "o", 2)}))

    assert views(query, "dev") == ["Orders"]
    assert query('SELECT n FROM "dev"."Orders"') == [(2,)]
