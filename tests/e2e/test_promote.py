"""Production is wholly old or wholly new, whatever a branch, a merge or a node does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from seeknal_ci.demo.edits import ADD_DISCOUNT, EDIT_DESCRIPTION, Edit
from tests.support.program import Program, ecommerce

DROP_STATUS = Edit(
    path="seeknal/06_transform_inventory_status.yml",
    before="    END AS stock_status\n",
    after="    END AS stock_label\n",
    says="rename a column that nobody reads",
)
FAIL_AT_RUN_TIME = Edit(
    path="seeknal/06_transform_inventory_status.yml",
    before="    stock_quantity - reorder_level AS stock_margin,\n",
    after="    CAST(product_name AS INTEGER) AS stock_margin,\n",
    says="a cast that fails on the data",
)
# Each keeps the columns and their types, so that only running it can tell.
FAILURES = {
    "source.orders": Edit("data/orders.csv", "2,102,", "2,many,", "a row that does not convert"),
    "transform.clean_orders": Edit(
        "seeknal/04_transform_clean_orders.yml",
        "UPPER(TRIM(status))",
        "CAST(CAST(status AS INTEGER) AS VARCHAR)",
        "a cast that fails on the data",
    ),
    "transform.customer_enriched": Edit(
        "seeknal/05_transform_customer_enriched.yml",
        "COALESCE(t.total_orders, 0)",
        "CAST(c.email AS BIGINT)",
        "a cast that fails on the data",
    ),
    "transform.inventory_status": FAIL_AT_RUN_TIME,
    "aggregation.daily_sales": Edit(
        "seeknal/07_aggregation_daily_sales.yml",
        "inputs:\n",
        "  - name: late\n    column: quantity\n    since:\n"
        "      - {condition: CAST(status AS INTEGER) > 1, aggs: [sum]}\ninputs:\n",
        "a condition that fails on the data",
    ),
}


@pytest.fixture
def program(tmp_path: Path, some_warehouse_url: str | None) -> Program:
    """The e-commerce project, in production."""
    made = ecommerce(tmp_path, some_warehouse_url)
    made.ok("promote", "--quiet")
    return made


def branch_with(program: Program, *edits: Edit) -> None:
    """Commit edits on a new branch."""
    program.repo.checkout("feature/change", new=True)
    for edit in edits:
        edit.make(program.repo.path)
    program.repo.commit("Change the pipeline")


def squash_merge(program: Program, message: str = "Change the pipeline (#1)") -> str:
    """Merge the branch as GitHub's squash button does."""
    program.repo.checkout("main")
    program.repo.git("merge", "--quiet", "--squash", "feature/change")
    return program.repo.commit(message)


def state(program: Program) -> list[tuple[object, ...]]:
    """All that readers of production can see, and what it is recorded to hold."""
    seen = program.query(
        "SELECT v.table_name, c.column_name, c.data_type FROM information_schema.tables v "
        "JOIN information_schema.columns c USING (table_schema, table_name) "
        "WHERE v.table_schema = 'prod' ORDER BY 1, 2"
    )
    kept = program.query("SELECT * FROM seeknal_ci.environment WHERE name = 'prod'")
    return [*seen, *kept, *program.query("SELECT count(*) FROM seeknal_ci.promotion")]


def test_after_a_squash_merge_nothing_is_built_and_a_second_promotion_does_nothing(
    program: Program,
) -> None:
    branch_with(program, ADD_DISCOUNT)
    program.ok("apply", "pr_1")
    built = program.builds()
    commit = squash_merge(program)

    first = program.ok("promote", "--format", "json").json
    assert program.builds() == built
    assert [r["node"] for r in first["results"] if r["status"] == "succeeded"] == [
        "exposure.warehouse_export"
    ]
    assert "discount_pct" in program.columns("prod", "clean_orders")
    assert program.query("SELECT DISTINCT to_commit FROM seeknal_ci.promotion")
    before = state(program)

    again = program.ok("promote")
    assert f"already holds {commit[:7]}" in again.out
    assert state(program) == before


@pytest.mark.parametrize("node", sorted(FAILURES))
def test_a_failure_in_any_node_leaves_production_as_it_was(program: Program, node: str) -> None:
    before = state(program)
    branch_with(program, ADD_DISCOUNT, FAILURES[node])
    squash_merge(program)

    failed = program.run("promote")

    assert failed.exit_code == 1
    assert f"✗ {node} " in failed.out
    assert "prod was not changed" in failed.out
    assert state(program) == before


def test_what_succeeded_before_a_failure_is_reused_when_the_failure_is_mended(
    program: Program,
) -> None:
    branch_with(program, ADD_DISCOUNT, FAIL_AT_RUN_TIME)
    program.run("apply", "dev")
    program.repo.git("checkout", "--quiet", "main", "--", FAIL_AT_RUN_TIME.path)

    mended = program.ok("apply", "dev", "--format", "json").json

    skipped = {r["node"]: r["skip_reason"] for r in mended["results"] if r["status"] == "skipped"}
    assert skipped["transform.clean_orders"] == "up_to_date"
    assert skipped["aggregation.daily_sales"] == "up_to_date"


def test_a_failed_node_fails_its_descendants_and_not_its_siblings(program: Program) -> None:
    fail = Edit(
        path="seeknal/04_transform_clean_orders.yml",
        before="UPPER(TRIM(status))",
        after="CAST(status AS INTEGER)",
        says="a cast that fails on the data",
    )
    fail.make(program.repo.path)
    other = Edit("seeknal/06_transform_inventory_status.yml", "'reorder'", "'low'", "relabel")
    other.make(program.repo.path)

    applied = program.run("apply", "dev", "--format", "json")

    results = {r["node"]: r for r in applied.json["results"]}
    assert applied.exit_code == 1
    assert results["transform.clean_orders"]["status"] == "failed"
    assert results["transform.clean_orders"]["error_class"] == (
        "22P02" if program.warehouse else "ConversionException"
    )
    assert results["transform.inventory_status"]["status"] == "succeeded"
    for node in ("aggregation.daily_sales", "transform.customer_enriched"):
        assert results[node]["skip_reason"] == "upstream_failed"
    summary = applied.json["summary"]
    ended = ("succeeded", "failed", "skipped", "cancelled")
    assert sum(summary[status] for status in ended) == summary["planned"] == 8
    assert program.tables("dev") == []


def test_a_breaking_change_waits_for_an_acknowledgement(program: Program) -> None:
    branch_with(program, DROP_STATUS)
    squash_merge(program)
    before = state(program)

    refused = program.run("promote")

    assert refused.exit_code == 3
    assert "transform.inventory_status" in refused.err
    assert "Breaking-Change: transform.inventory_status" in refused.err
    assert state(program) == before

    program.ok("promote", "--allow-breaking", "transform.inventory_status")
    assert "stock_label" in program.columns("prod", "inventory_status")
    ((given,),) = program.query(
        "SELECT acknowledgements FROM seeknal_ci.promotion ORDER BY finished_at DESC LIMIT 1"
    )
    assert "--allow-breaking" in given


def test_a_trailer_in_the_merged_commits_acknowledges_a_breaking_change(program: Program) -> None:
    branch_with(program, DROP_STATUS)
    squash_merge(
        program, "Rename (#1)\n\nBreaking-Change: transform.inventory_status the board agreed"
    )

    promoted = program.ok("promote")

    assert "the board agreed" in promoted.out
    assert "stock_label" in program.columns("prod", "inventory_status")


def test_a_metadata_change_moves_the_commit_and_builds_nothing(program: Program) -> None:
    built = program.builds()
    EDIT_DESCRIPTION.make(program.repo.path)
    commit = program.repo.commit("Describe")

    promoted = program.ok("promote", "--format", "json").json

    assert promoted["summary"]["succeeded"] == 0
    assert program.builds() == built
    assert program.query('SELECT "commit" FROM seeknal_ci.environment') == [(commit,)]


def test_production_never_goes_back(program: Program) -> None:
    first = program.repo.head()
    ADD_DISCOUNT.make(program.repo.path)
    program.repo.commit("Add discount_pct")
    program.ok("promote")
    program.repo.checkout(first)

    refused = program.run("promote")

    assert refused.exit_code == 3
    assert "does not descend" in refused.err


def test_a_branch_is_not_promoted_by_mistake(program: Program) -> None:
    branch_with(program, ADD_DISCOUNT)

    refused = program.run("promote")

    assert refused.exit_code == 1
    assert "feature/change is checked out" in refused.err


def test_a_removed_node_leaves_production_with_its_view(program: Program) -> None:
    program.repo.delete("seeknal/06_transform_inventory_status.yml")
    program.repo.commit("Remove a leaf\n\nBreaking-Change: * nobody reads it")

    program.ok("promote")

    assert "inventory_status" not in program.tables("prod")
    assert "inventory" in program.tables("prod")


def test_a_dry_run_moves_nothing(program: Program) -> None:
    ADD_DISCOUNT.make(program.repo.path)
    program.repo.commit("Add discount_pct")
    before = state(program)

    planned = program.ok("promote", "--dry-run")

    assert "transform.clean_orders" in planned.out
    assert state(program) == before


def test_a_detached_head_is_promoted_only_once_it_is_merged(program: Program) -> None:
    branch_with(program, ADD_DISCOUNT)
    program.repo.git("checkout", "--quiet", "--detach")
    refused = program.run("promote")
    assert refused.exit_code == 1
    assert "production follows main" in refused.err

    squash_merge(program)
    program.repo.git("checkout", "--quiet", "--detach")
    program.ok("promote")
    assert "discount_pct" in program.columns("prod", "clean_orders")


def test_what_somebody_took_from_production_comes_back(program: Program) -> None:
    program.change("DROP VIEW prod.clean_orders")
    shutil.rmtree(program.repo.path / "exports")

    again = program.ok("promote")

    assert "nothing moved" in again.out
    assert "clean_orders" in program.tables("prod")
    assert (program.repo.path / "exports/customer_enriched/country=UK").is_dir()
    assert program.query("SELECT count(*) FROM seeknal_ci.promotion") == [(1,)]


def test_what_others_put_beside_an_export_is_not_lost(program: Program) -> None:
    precious = program.repo.path / "exports/customer_enriched/country=UK/precious.txt"
    precious.write_text("mine", encoding="utf-8")
    ADD_DISCOUNT.make(program.repo.path)
    program.repo.commit("Add discount_pct")

    failed = program.run("promote")

    assert failed.exit_code == 1
    assert "other things in it" in failed.out
    assert precious.read_text(encoding="utf-8") == "mine"
