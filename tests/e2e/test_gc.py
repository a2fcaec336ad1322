"""What nobody needs goes, and everything else stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeknal_ci.demo.edits import ADD_DISCOUNT, EDIT_DESCRIPTION, Edit
from tests.support.program import Program, ecommerce

FAILING = Edit(
    "seeknal/06_transform_inventory_status.yml", "SELECT", "SELECT CAST('x' AS INTEGER) AS no,", ""
)
CONFIG = "environments: {ttl: TTL}\npromote: {breaking: allow, keep: KEEP}\n"


@pytest.fixture
def program(tmp_path: Path, warehouse_url: str | None) -> Program:
    """The e-commerce project, promoted, on a branch with another column."""
    made = ecommerce(tmp_path, warehouse_url)
    made.ok("promote", "--quiet")
    made.repo.checkout("feature/discount", new=True)
    ADD_DISCOUNT.make(made.repo.path)
    made.repo.commit("Add discount_pct")
    return made


def configure(program: Program, ttl: str = "7d", keep: int = 20) -> None:
    text = CONFIG.replace("TTL", ttl).replace("KEEP", str(keep))
    program.repo.write("seeknal-ci.yml", text)


def environments(program: Program) -> list[str]:
    listed = program.ok("env", "list", "--format", "json").json["environments"]
    return [one["environment"] for one in listed]


def collected(program: Program, *options: str) -> dict[str, list[str]]:
    """Names of what goes, by what it is."""
    done = program.ok("env", "gc", "--format", "json", *options).json
    return {
        "environments": [f"{e['environment']}: {e['reason']}" for e in done["environments"]],
        "nodes": sorted({t["node"] for t in done["tables"]}),
        "left": [f"{one['name']}: {one['why']}" for one in done["left"]],
    }


def test_an_expired_environment_goes_with_the_builds_that_only_it_shows(program: Program) -> None:
    before = program.builds()
    configure(program, ttl="1ms")
    program.ok("apply", "dev", "--quiet")
    added = sorted(set(program.builds()) - set(before))
    assert added

    would = program.ok("env", "gc", "--dry-run", "--format", "json").json
    assert program.builds() == sorted([*before, *added])
    assert environments(program) == ["dev", "prod"]
    done = program.ok("env", "gc", "--format", "json").json

    assert [one["table"] for one in done["tables"]] == added
    assert done == {**would, "dry_run": False, "summary": done["summary"]}
    assert program.builds() == before
    assert environments(program) == ["prod"]
    assert program.tables("dev") == []
    assert program.query("SELECT count(*) FROM prod.clean_orders")[0][0] > 0


def test_a_second_time_there_is_nothing_to_drop(program: Program) -> None:
    configure(program, ttl="1ms")
    program.ok("apply", "dev", "--quiet")
    program.ok("env", "gc")

    assert "There is nothing to drop." in program.ok("env", "gc").out


def test_what_is_in_use_stays(program: Program) -> None:
    program.ok("apply", "dev", "--quiet")
    builds = program.builds()

    assert collected(program) == {"environments": [], "nodes": [], "left": []}
    assert program.builds() == builds


def test_the_environment_of_a_branch_that_is_gone_goes(program: Program) -> None:
    program.ok("apply", "--quiet")
    program.ok("apply", "by-commit", "--ref", program.repo.head(), "--quiet")
    program.repo.checkout("main")
    assert collected(program)["environments"] == []

    program.repo.git("branch", "-D", "feature/discount")
    shown = program.ok("env", "gc", "--dry-run").out
    assert "feature/discount: its branch feature/discount is gone" in shown

    assert collected(program)["environments"] == ["feature/discount: branch_gone"]
    assert environments(program) == ["by-commit", "prod"]


def test_builds_of_promotions_that_can_be_gone_back_to_stay(program: Program) -> None:
    program.repo.checkout("main")
    program.repo.merge("feature/discount")
    configure(program)
    program.ok("promote", "--quiet")
    EDIT_DESCRIPTION.make(program.repo.path)
    program.repo.commit("Say more")
    program.ok("promote", "--quiet")
    assert collected(program)["nodes"] == []

    configure(program, keep=1)
    assert "transform.clean_orders" in collected(program)["nodes"]

    first = program.ok("history", "--format", "json").json["promotions"][-1]["promotion"]
    refused = program.run("rollback", first)
    assert refused.exit_code == 1
    assert "are gone" in refused.err
    assert "discount_pct" in program.columns("prod", "clean_orders")


def test_what_a_failed_run_has_built_is_there_for_the_next(program: Program) -> None:
    FAILING.make(program.repo.path)
    assert program.run("apply", "dev", "--quiet").exit_code == 1
    builds = program.builds()

    left = collected(program)
    assert left["nodes"] == []
    assert left["left"]
    assert all("the next apply may use it" in one for one in left["left"])
    assert program.builds() == builds

    program.repo.write("seeknal-ci.yml", "builds: {keep: 0s}\n")
    assert "transform.clean_orders" in collected(program)["nodes"]


def test_what_others_made_is_left_alone_and_said(program: Program) -> None:
    program.change("CREATE TABLE seeknal_ci_builds.notes AS SELECT 1 AS n")
    program.change("CREATE TABLE seeknal_ci_builds.transform__x__0123456789ab AS SELECT 1 AS n")

    done = program.ok("env", "gc").out

    assert "transform__x__0123456789ab" not in program.builds()
    assert "never finished" in done
    assert "notes" in program.builds()
    assert "notes: it was not made by seeknal-ci" in done


def test_a_build_that_somebody_reads_is_left_alone(program: Program) -> None:
    configure(program, ttl="1ms")
    program.ok("apply", "dev", "--quiet")
    table = program.query(
        "SELECT \"table\" FROM seeknal_ci.build WHERE node = 'transform.clean_orders' "
        "ORDER BY created_at DESC LIMIT 1"
    )[0][0]
    program.change("CREATE SCHEMA analytics")
    program.change(f"CREATE VIEW analytics.report AS SELECT * FROM seeknal_ci_builds.{table}")

    assert collected(program)["left"] == [f"{table}: it is read by analytics.report"]
    assert table in program.builds()
    assert program.query("SELECT count(*) FROM analytics.report")[0][0] > 0


def test_an_environment_that_holds_what_others_made_is_left_alone(program: Program) -> None:
    configure(program, ttl="1ms")
    program.ok("apply", "dev", "--quiet")
    program.change("CREATE TABLE dev.theirs AS SELECT 1 AS n")

    done = program.run("env", "gc", "--format", "json")

    assert done.exit_code == 1
    (left,) = done.json["left"]
    assert left["name"] == "dev"
    assert left["failed"]
    assert "theirs" in left["why"]
    assert environments(program) == ["dev", "prod"]
    assert program.columns("dev", "clean_orders")


def test_where_there_is_no_warehouse_there_is_nothing_to_drop(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)

    assert "There is nothing to drop." in program.ok("env", "gc").out
    assert not (program.repo.path / "warehouse.duckdb").exists()


def test_environments_that_change_the_same_node_know_of_each_other(program: Program) -> None:
    program.ok("apply", "--quiet")
    planned = program.ok("plan", "mine").out
    assert "feature/discount changes transform.clean_orders as well" in planned
    assert "### " in program.ok("plan", "mine", "--format", "markdown").out
    assert "is open too" in program.ok("plan", "mine", "--format", "markdown").out
    program.ok("apply", "mine", "--quiet")

    shown = program.ok("env", "show", "mine", "--format", "json").json
    assert shown["overlaps"] == [
        {"environment": "feature/discount", "nodes": ["transform.clean_orders"]}
    ]
    assert shown["branch"] == "feature/discount"
    assert shown["rows"] > 0
    assert "mine changes transform.clean_orders as well" in program.ok("env", "list").out
    assert "as well" not in program.ok("env", "show", "prod").out
