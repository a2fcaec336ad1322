"""A project of every kind that makes features, from its files to its rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.cases import project
from tests.support.program import Program
from tests.support.repo import GitRepo


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The project in a repository of its own, built as the environment `dev`."""
    repo = GitRepo.init(tmp_path_factory.mktemp("features") / "project")
    repo.commit("Features", files=project("features"))
    made = Program(repo)
    made.ok("apply", "dev")
    return made


def rows(program: Program, view: str, *names: str) -> list[tuple[Any, ...]]:
    columns = ", ".join(f'"{name}"' for name in names)
    return program.query(f"SELECT {columns} FROM dev.{view} ORDER BY 1")


def test_nothing_is_wrong_with_the_project(program: Program) -> None:
    assert "8 nodes: 0 errors, 0 warnings" in program.ok("validate", "--strict").out


def test_every_node_is_a_view(program: Program) -> None:
    assert program.tables("dev") == [
        "customer_days",
        "customer_features",
        "missing",
        "order_stats",
        "orders",
        "region_features",
        "regions",
        "table_stats",
    ]


def test_an_aggregation_has_a_row_for_each_entity_and_day(program: Program) -> None:
    assert program.columns("dev", "customer_days") == [
        "customer_id",
        "asked_on",
        "region",
        "amount_count",
        "amount_sum",
        "amount_avg",
        "amount_stddev",
        "amount_min",
        "amount_max",
        "amount_sum_2d",
        "amount_sum_7d",
        "amount_count_7d",
        "amount_sum_ratio_2d_7d",
        "amount_count_if",
        "amount_sum_if",
        "bought_count",
    ]
    basic = ("customer_id", "amount_count", "amount_sum", "amount_min", "amount_max")
    assert rows(program, "customer_days", *basic) == [
        (1, 3, 70.0, 10.0, 40.0),
        (2, 1, 5.0, 5.0, 5.0),
        (3, 1, 8.0, 8.0, 8.0),
    ]
    windows = ("customer_id", "amount_sum_2d", "amount_sum_7d", "amount_count_7d")
    assert rows(program, "customer_days", *windows) == [
        (1, 40.0, 60.0, 2),
        (2, None, 5.0, 1),
        (3, 8.0, 8.0, 1),
    ]
    others = ("customer_id", "amount_sum_ratio_2d_7d", "amount_count_if", "amount_sum_if")
    assert rows(program, "customer_days", *others, "bought_count") == [
        (1, pytest.approx(40 / 60), 2, 50.0, 3),
        (2, None, 1, 5.0, 1),
        (3, 1.0, 2, 8.0, 2),
    ]


def test_a_second_order_aggregation_has_a_row_for_each_of_its_entities(program: Program) -> None:
    assert program.columns("dev", "regions") == [
        "region",
        "amount_sum_SUM",
        "amount_sum_MEAN",
        "amount_sum_MAX",
        "amount_sum_PERCENTILE_50",
        "amount_sum_SUM_0_1",
        "amount_count_SUM0_1_SUM2_9",
        "amount_count_DELTA_SUM0_1_SUM2_9",
        "SINCE_COUNT_customer_id_GEO_D",
    ]
    # The last day is the second customer's: the first is two days before it, the third nine.
    assert program.query("SELECT * FROM dev.regions ORDER BY 1") == [
        ("north", 75.0, 37.5, 70.0, 37.5, 5.0, pytest.approx(1 / 3), -2, 1),
        ("south", 8.0, 8.0, 8.0, 8.0, None, None, None, 1),
    ]


def test_a_feature_group_is_its_query_or_its_input(program: Program) -> None:
    names = ("customer_id", "total", "orders")
    assert rows(program, "customer_features", *names) == [(1, 70.0, 3), (2, 5.0, 1), (3, 8.0, 1)]
    assert program.columns("dev", "customer_features")[1] == "asked_on"
    group, second = (
        program.query(f"SELECT * FROM dev.{view} ORDER BY 1")
        for view in ("region_features", "regions")
    )
    assert group == second


def test_a_profile_has_a_row_for_each_column_and_metric(program: Program) -> None:
    assert program.columns("dev", "order_stats") == ["column_name", "metric", "value", "detail"]
    found = {
        (column, metric): value or detail
        for column, metric, value, detail in program.query("SELECT * FROM dev.order_stats")
    }
    assert len(found) == 16
    assert found["_table_", "row_count"] == "6"
    assert found["amount", "null_count"] == "1"
    assert float(found["amount", "sum"]) == 83.0
    assert float(found["amount", "p50"]) == 10.0
    assert json.loads(found["status", "top_values"]) == [
        {"value": "paid", "count": 5, "percent": 83.33}
    ]
    (counted,) = program.query(
        "SELECT count(DISTINCT column_name) FROM dev.table_stats WHERE metric = 'null_count'"
    )
    assert counted == (16,)


def test_who_reads_a_profile_has_its_metrics(program: Program) -> None:
    assert rows(program, "missing", "column_name", "missing") == [("amount", 1), ("status", 0)]


def test_what_did_not_change_is_not_built_again(program: Program) -> None:
    program.ok("apply", "dev")
    planned = program.ok("plan", "dev", "--format", "json").json
    assert {step["action"] for step in planned["steps"]} == {"reuse"}


def test_a_new_feature_is_built_with_all_that_reads_it(tmp_path: Path) -> None:
    repo = GitRepo.init(tmp_path / "project")
    repo.commit("Features", files=project("features"))
    program = Program(repo)
    program.ok("apply", "dev")
    path = repo.path / "seeknal/regions.yml"
    text = path.read_text(encoding="utf-8").replace("[sum, mean, max]", "[sum, mean, max, min]")
    repo.commit("A feature more", files={"seeknal/regions.yml": text})
    planned = program.ok("plan", "dev", "--format", "json").json
    assert {s["node"]: s["action"] for s in planned["steps"] if s["action"] != "reuse"} == {
        "second_order_aggregation.regions": "build",
        "feature_group.region_features": "build",
    }
    program.ok("apply", "dev")
    assert rows(program, "region_features", "region", "amount_sum_MIN") == [
        ("north", 5.0),
        ("south", 8.0),
    ]
