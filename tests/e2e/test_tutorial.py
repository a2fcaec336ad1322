"""Parts 3 to 9 of Seeknal's tutorial "Virtual Environments and Parallel Execution", followed
with `seeknal-ci` in place of `seeknal`: nodes, categories, reasons, counts, and what is in the
schemas.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seeknal_ci.demo.edits import ADD_DISCOUNT, RENAME_CUSTOMER_ID
from tests.support.postgres import Server
from tests.support.program import Ended, Program, ecommerce

VIEWS = [
    "clean_orders",
    "customer_enriched",
    "customers",
    "daily_sales",
    "inventory",
    "inventory_status",
    "orders",
]
REBUILT = [
    "aggregation.daily_sales",
    "exposure.warehouse_export",
    "transform.clean_orders",
    "transform.customer_enriched",
]


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def followed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """The tutorial, followed once on each engine."""
    folder = tmp_path_factory.mktemp("tutorial")
    if request.param == "duckdb":
        yield follow(ecommerce(folder))
        return
    postgres: Server = request.getfixturevalue("postgres")
    with postgres.database() as url:
        yield follow(ecommerce(folder, url))


def follow(program: Program) -> dict[str, Any]:
    """What each part printed, and what the schemas then held."""
    seen: dict[str, Any] = {"program": program}
    seen["first run"] = program.ok("promote")
    ADD_DISCOUNT.make(program.repo.path)
    seen["plan"] = program.ok("plan", "dev")
    seen["plan json"] = program.ok("plan", "dev", "--format", "json").json
    seen["apply json"] = program.ok("run", "--env", "dev", "--format", "json").json
    seen["parallel"] = program.ok("run", "--env", "dev", "--parallel")
    seen["list"] = program.ok("env", "list")
    seen["columns"] = {s: program.columns(s, "clean_orders") for s in ("prod", "dev")}
    seen["views"] = {schema: program.tables(schema) for schema in ("prod", "dev")}
    seen["refused"] = program.run("promote", "dev")
    program.repo.commit("Add discount_pct")
    before = program.builds()
    seen["promote"] = program.ok("promote", "dev")
    seen["built by promote"] = sorted(set(program.builds()) - set(before))
    seen["promoted columns"] = program.columns("prod", "clean_orders")
    seen["list after"] = program.ok("env", "list", "--format", "json").json
    RENAME_CUSTOMER_ID.make(program.repo.path)
    seen["breaking"] = program.ok("plan", "staging")
    seen["breaking json"] = program.ok("plan", "staging", "--format", "json").json
    seen["breaking apply"] = program.run("apply", "staging")
    program.repo.git("restore", RENAME_CUSTOMER_ID.path)
    seen["workers"] = [
        program.ok("run", "--parallel", "--max-workers", n, "--format", "json").json
        for n in ("8", "2")
    ]
    return seen


def steps(plan: dict[str, Any], action: str) -> list[str]:
    return sorted(step["node"] for step in plan["steps"] if step["action"] == action)


def test_part_4_the_plan_names_the_change_its_category_and_its_reason(
    followed: dict[str, Any],
) -> None:
    text = followed["plan"].out

    assert "Environment Plan: dev" in text
    assert "1. transform.clean_orders" in text
    assert "Added column 'discount_pct'" in text
    assert "Total nodes to rebuild: 4" in text
    assert "Breaking changes: 0" in text
    assert "Non-breaking changes: 4" in text
    assert "Metadata-only changes: 0" in text


def test_part_4_downstream_nodes_depend_on_the_change_and_are_not_breaking(
    followed: dict[str, Any],
) -> None:
    downstream = {item["node"]: item for item in followed["plan json"]["diff"]["downstream"]}

    assert sorted(downstream) == [node for node in REBUILT if node != "transform.clean_orders"]
    assert {item["category"] for item in downstream.values()} == {"NON_BREAKING"}
    assert {item["impact"] for item in downstream.values()} == {"unaffected"}  # and built anew
    for item in downstream.values():
        assert item["because_of"] == ["transform.clean_orders"]
    assert downstream["transform.customer_enriched"]["message"].startswith("Depends on")


def test_part_5_only_what_changed_is_built(followed: dict[str, Any]) -> None:
    assert steps(followed["plan json"], "build") == REBUILT
    applied = followed["apply json"]
    built = sorted(r["node"] for r in applied["results"] if r["status"] == "succeeded")

    assert built == REBUILT
    assert applied["summary"] == {
        "planned": 8,
        "succeeded": 4,
        "failed": 0,
        "skipped": 4,
        "cancelled": 0,
        "rows_written": 10,
    }


def test_part_5_a_second_run_builds_nothing(followed: dict[str, Any]) -> None:
    assert "Succeeded" not in followed["parallel"].out
    assert "Skipped:       8" in followed["parallel"].out


def test_part_6_environments_are_listed_with_all_their_nodes(followed: dict[str, Any]) -> None:
    rows = [line.split("|") for line in followed["list"].out.splitlines() if "|" in line][2:]

    assert [(row[0].strip(), row[1].strip()) for row in rows] == [("dev", "8"), ("prod", "8")]
    assert all("active" in row[-1] for row in rows)


def test_part_6_the_branch_is_complete_and_production_is_untouched(
    followed: dict[str, Any],
) -> None:
    assert followed["views"] == {"prod": VIEWS, "dev": VIEWS}
    assert "discount_pct" in followed["columns"]["dev"]
    assert "discount_pct" not in followed["columns"]["prod"]


def test_part_7_what_is_not_committed_is_not_promoted(followed: dict[str, Any]) -> None:
    refused: Ended = followed["refused"]

    assert refused.exit_code == 3
    assert "not committed" in refused.err
    assert "--allow-dirty" in refused.err


def test_part_7_the_environment_becomes_production_without_a_build(
    followed: dict[str, Any],
) -> None:
    assert followed["built by promote"] == []
    assert "discount_pct" in followed["promoted columns"]
    text = followed["promote"].out
    assert "dev → prod" in text
    assert "Modified nodes: 1" in text
    assert "transform.clean_orders (NON_BREAKING)" in text
    environments = {e["environment"]: e for e in followed["list after"]["environments"]}
    assert environments["dev"]["digest"] == environments["prod"]["digest"]


def test_part_8_the_breaking_change_and_all_that_it_breaks(followed: dict[str, Any]) -> None:
    text = followed["breaking"].out

    assert "1. source.orders" in text
    assert "Category: BREAKING" in text
    assert "customer_id" in text
    assert "cust_id" in text
    assert "References missing column 'customer_id'" in text
    assert "Total nodes to rebuild: 5" in text
    assert "Breaking changes: 5" in text
    assert "Non-breaking changes: 0" in text
    assert "Action Required" in text


def test_part_8_the_counts_and_the_fate_of_each_node(followed: dict[str, Any]) -> None:
    diff = followed["breaking json"]["diff"]

    assert diff["summary"] == {
        "breaking": 1,
        "non_breaking": 0,
        "metadata": 0,
        "downstream_breaking": 4,
        "rebuild": 5,
        "errors": 0,
    }
    assert {item["node"]: item["impact"] for item in diff["downstream"]} == {
        "aggregation.daily_sales": "blocked",
        "exposure.warehouse_export": "blocked",
        "transform.clean_orders": "breaks",
        "transform.customer_enriched": "blocked",
    }


def test_part_8_what_cannot_be_built_is_refused_before_anything_runs(
    followed: dict[str, Any],
) -> None:
    refused: Ended = followed["breaking apply"]

    assert refused.exit_code == 1
    assert "seeknal/04_transform_clean_orders.yml:8" in refused.err
    assert "customer_id" in refused.err
    program: Program = followed["program"]
    assert program.tables("staging") == []


def test_part_9_all_nodes_run_with_any_number_of_workers(followed: dict[str, Any]) -> None:
    for applied in followed["workers"]:
        assert applied["summary"]["planned"] == 8
        assert applied["summary"]["failed"] == 0
        assert applied["status"] == "succeeded"


def test_the_data_are_those_of_the_tutorial(followed: dict[str, Any]) -> None:
    program: Program = followed["program"]

    assert program.query(
        "SELECT order_id, status, validation_status, CAST(discount_pct AS DOUBLE PRECISION) "
        "FROM prod.clean_orders ORDER BY 1"
    ) == [
        (1, "COMPLETED", "valid", 0.05),
        (2, "COMPLETED", "valid", 0),
        (3, "PENDING", "valid", 0.1),
    ]
    assert program.query(
        "SELECT product_id, revenue_metrics_sum, revenue_metrics_count, quantity_metrics_sum "
        "FROM prod.daily_sales ORDER BY 1"
    ) == [(1001, 50.0, 1, 2), (1002, 100.0, 1, 1), (1003, 45.0, 1, 3)]
    assert program.query(
        "SELECT customer_id, total_orders, total_spent FROM prod.customer_enriched ORDER BY 1"
    ) == [(101, 2, 95.0), (102, 1, 100.0)]
    assert program.query(
        "SELECT product_id, stock_margin, stock_status FROM prod.inventory_status ORDER BY 1"
    ) == [(1001, 40, "in_stock"), (1002, -5, "reorder"), (1003, 80, "in_stock")]


def test_the_export_of_production_is_written_by_promotion_alone(followed: dict[str, Any]) -> None:
    program: Program = followed["program"]
    folders = sorted(p.name for p in (program.repo.path / "exports/customer_enriched").iterdir())
    branch = program.repo.path / "target/environments/dev/exports/customer_enriched"

    assert folders == ["country=UK", "country=US"]
    assert sorted(p.name for p in branch.iterdir()) == folders


def test_a_copy_that_groups_by_a_missing_column_is_an_error_before_anything_runs(
    tmp_path: Path,
) -> None:
    program = ecommerce(tmp_path)
    path = "seeknal/07_aggregation_daily_sales.yml"
    text = (program.repo.path / path).read_text(encoding="utf-8")
    program.repo.write(path, text.replace("  - product_id\n  - order_date\n", "  - country\n"))

    validated = program.run("validate")
    applied = program.run("apply", "dev")

    assert validated.exit_code == 1
    assert f"{path}:9" in validated.out
    assert "`country`" in validated.out
    assert applied.exit_code == 1
    assert f"{path}:9" in applied.err
    assert not (program.repo.path / "warehouse.duckdb").exists()
