"""A project with every kind of node that is not built, each of its fields in use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cases import project
from tests.support.program import Program
from tests.support.repo import GitRepo

NOT_BUILT = {
    "dimension.customers": "a dimension is compared, but not built yet",
    "exposure.monthly": "an exposure of type report is not run by seeknal-ci",
    "exposure.orders_alert": "an exposure of type notification is not run by seeknal-ci",
    "exposure.orders_api": "an exposure of type api is not run by seeknal-ci",
    "exposure.orders_table": "an exposure of type database is not run by seeknal-ci",
    "exposure.orders_view": (
        "an exposure of type starrocks_materialized_view is not run by seeknal-ci"
    ),
    "fact.sales": "a fact is compared, but not built yet",
    "metric.open_revenue": "a metric is compared, and asked by others",
    "metric.paid_per_buyer": "a metric is compared, and asked by others",
    "metric.paid_share": "a metric is compared, and asked by others",
    "metric.revenue_to_date": "a metric is compared, and asked by others",
    "model.churn": "a model is compared, but not trained",
    "rule.plausible": "its checks are asked before anything is shown",
    "semantic_model.shop": "a semantic model is compared, and asked by others",
}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The project `business`, committed."""
    repo = GitRepo.init(tmp_path / "project")
    for path, content in project("business").items():
        repo.write(path, content)
    repo.commit("Business")
    return Program(repo)


def test_nothing_is_wrong_with_it(program: Program) -> None:
    validated = program.ok("validate", "--strict")

    assert "17 nodes: 0 errors, 0 warnings" in validated.out


def test_the_plan_says_of_each_kind_why_it_is_not_built(program: Program) -> None:
    steps = program.ok("plan", "dev", "--format", "json").json["steps"]

    skipped = {step["node"]: step["reason"] for step in steps if step["action"] == "skip"}
    assert skipped == NOT_BUILT


def test_what_has_rows_is_built_and_checked(program: Program) -> None:
    applied = program.ok("apply", "dev")

    assert "6 of 6 audits passed" in applied.out
    assert program.tables("dev") == ["clean_orders", "orders"]
    assert program.query("SELECT sum(amount) FROM dev.clean_orders") == [(35.5,)]


def test_a_column_that_every_kind_needs_breaks_them_all_and_stops_the_promotion(
    program: Program,
) -> None:
    program.ok("promote")
    path = "seeknal/clean.yml"
    text = (program.repo.path / path).read_text(encoding="utf-8")
    program.repo.write(path, text.replace("customer_id, amount, status", "customer_id, status"))
    program.repo.commit("Drop amounts")

    stopped = program.run("promote", "--allow-breaking", "transform.clean")

    assert stopped.exit_code == 3
    assert "the change breaks exposure.monthly" in stopped.err
    assert "and 3 more" in stopped.err


@pytest.mark.parametrize("kind", ["sqlite", "excel", "starrocks", "postgresql"])
def test_a_source_that_is_elsewhere_is_tracked_with_all_that_reads_it(
    program: Program, kind: str
) -> None:
    program.repo.write(
        "seeknal/more.yml",
        f"""kind: source
name: legacy
source: {kind}
table: legacy.sales
schema: [{{name: a, data_type: integer}}]
---
kind: transform
name: reads_legacy
inputs: [{{ref: source.legacy}}]
transform: SELECT a FROM source.legacy
""",
    )

    applied = program.ok("apply", "dev")

    assert "source.legacy" in applied.out
    assert program.tables("dev") == ["clean_orders", "orders"]
    reasons = {
        step["node"]: step["reason"]
        for step in program.ok("plan", "dev", "--format", "json").json["steps"]
    }
    assert reasons["source.legacy"].startswith(f"a source of type {kind} is not loaded")
    assert reasons["transform.reads_legacy"] == "it reads a node that has no rows"
