"""What apply and plan say of a branch's data, on both engines."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Program
from tests.support.repo import GitRepo

ORDERS = "id,customer,amount\n1,a,10\n2,b,20\n3,a,30\n4,,40\n"
PROJECT: dict[str, str | bytes] = {
    ".gitignore": "warehouse.duckdb*\ntarget/\n",
    "data/orders.csv": ORDERS,
    "seeknal/orders.yml": """
kind: source
name: orders
source: csv
table: data/orders.csv
schema:
  - {name: id, data_type: BIGINT}
  - {name: customer, data_type: VARCHAR}
  - {name: amount, data_type: DOUBLE}
audits: [{type: unique, columns: [id]}]
""",
    "seeknal/clean.yml": """
kind: transform
name: clean
inputs: [{ref: source.orders}]
transform: |
  SELECT id, customer, amount FROM source.orders WHERE id > 0
materialization: {type: postgresql, table: public.clean, mode: upsert_by_key, unique_keys: [ID]}
""",
    "seeknal/spent.yml": """
kind: transform
name: spent
inputs: [{ref: transform.clean}]
transform: |
  SELECT customer, sum(amount) AS spent FROM transform.clean GROUP BY customer
""",
    "seeknal/untouched.yml": """
kind: transform
name: untouched
inputs: [{ref: source.orders}]
transform: SELECT count(*) AS n FROM source.orders
""",
}


@pytest.fixture
def program(tmp_path: Path, warehouse_url: str | None) -> Program:
    """A project of four nodes in production, on a branch of its own."""
    repo = GitRepo.init(tmp_path / "project")
    repo.commit("Orders", files=PROJECT)
    made = Program(repo, warehouse=warehouse_url)
    made.ok("apply", "first", "--quiet")
    made.ok("promote", "--quiet")
    return made


def edit(program: Program, path: str, before: str, after: str) -> None:
    text = (program.repo.path / path).read_text(encoding="utf-8")
    assert before in text
    program.repo.write(path, text.replace(before, after))


def diff_of(program: Program, *arguments: str) -> dict[str, Any]:
    """The nodes of a run's data diff, by id."""
    applied = program.ok("apply", "dev", "--format", "json", "--quiet", *arguments)
    return {node["node"]: node for node in applied.json["data_diff"]["nodes"]}


def test_a_full_comparison_counts_what_changed(program: Program) -> None:
    edit(program, "seeknal/clean.yml", "amount FROM", "amount + id % 2 AS amount, 1 AS one FROM")
    edit(program, "seeknal/clean.yml", "id > 0", "id > 1")

    found = diff_of(program, "--data-diff", "full")

    assert found.keys() == {"transform.clean", "transform.spent"}
    clean, spent = found["transform.clean"], found["transform.spent"]
    assert clean["rows"] == {"before": 4, "after": 3}
    assert clean["added"] == [{"name": "one", "type": "INTEGER"}]
    assert clean["keyed"] == {"key": ["id"], "only_before": 1, "only_after": 0, "changed": 1}
    assert {c["name"]: c["changed"] for c in clean["columns"]} == {
        "id": None,
        "customer": 0,
        "amount": 1,
        "one": None,
    }
    customer = next(c for c in clean["columns"] if c["name"] == "customer")
    assert customer["before"] == {"nulls": 1, "distinct": 2}
    assert spent["no_key"] == "no key is declared"
    assert spent["distinct"] == {
        "before": 3,
        "after": 3,
        "only_before": 1,
        "only_after": 1,
        "repeated": 0,
    }
    assert clean["other_sources"] == spent["other_sources"] == []
    assert clean["not_compared"] is None


def test_other_data_and_a_lost_key_are_told(program: Program) -> None:
    program.repo.write("data/orders.csv", f"{ORDERS}4,c,50\n")

    refused = program.run("apply", "dev", "--data-diff", "full")

    assert refused.exit_code == 3
    assert "✗ source.orders  unique(id)" in refused.out
    assert "source.orders  4 → 5 rows (+25.0 %)" in refused.out
    assert "`id` was unique, and is no longer: 1 row repeats a key" in refused.out
    assert (
        "not on the same data: production reads another version of `source.orders`" in refused.out
    )


def test_counts_are_the_default_and_empty_is_loud(program: Program) -> None:
    edit(program, "seeknal/clean.yml", "id > 0", "id > 100")

    applied = program.ok("apply", "dev")
    node = diff_of(program)["transform.clean"]

    assert "transform.clean  4 → 0 rows (now empty)" in applied.out
    assert "`--data-diff full` compares values" in applied.out
    assert (node["columns"], node["keyed"], node["distinct"]) == ([], None, None)


def test_off_and_the_configuration(program: Program) -> None:
    edit(program, "seeknal/clean.yml", "id > 0", "id > 1")
    applied = program.ok("apply", "dev", "--data-diff", "off", "--format", "json")
    assert applied.json["data_diff"] is None

    program.repo.write("seeknal-ci.yml", "data_diff: {level: full, max_rows: 6}\n")
    found = diff_of(program)

    why = "over the budget of 6 rows (`data_diff.max_rows`)"
    assert found["transform.clean"]["not_compared"] == why
    assert found["transform.spent"]["not_compared"] is None
    assert diff_of(program, "--data-diff", "counts")["transform.clean"]["not_compared"] is None


def test_a_plan_compares_what_is_built(program: Program) -> None:
    edit(program, "seeknal/clean.yml", "id > 0", "id > 1")
    before = program.ok("plan", "dev", "--data-diff", "full", "--format", "json")
    assert before.json["data_diff"]["nodes"] == []
    assert before.json["data_diff"]["not_built"] == ["transform.clean", "transform.spent"]

    program.ok("apply", "dev")
    after = program.ok("plan", "dev", "--data-diff", "full")

    assert "transform.clean  4 → 3 rows (-25.0 %)" in after.out
    assert "by `id`: 1 only before, 0 only after, 0 changed" in after.out
    assert (
        "| `transform.clean` | 4&nbsp;→&nbsp;3<br>"
        in program.ok("plan", "dev", "--format", "markdown").out
    )
    dry = program.ok("apply", "dev", "--dry-run", "--data-diff", "full")
    assert "by `id`: 1 only before, 0 only after, 0 changed" in dry.out


def test_what_cannot_be_compared_never_fails_the_run(program: Program) -> None:
    table = next(name for name in program.builds() if name.startswith("transform__clean__"))
    views = program.tables("prod")
    for view in views:
        program.change(f'DROP VIEW prod."{view}"')
    for view in program.tables("first"):
        program.change(f'DROP VIEW first."{view}"')
    program.change(f'DROP TABLE seeknal_ci_builds."{table}"')
    edit(program, "seeknal/clean.yml", "id > 0", "id > 1")

    applied = program.ok("apply", "dev", "--data-diff", "full")

    assert "not compared: the table that production shows is gone" in applied.out


def test_a_branch_without_changes_has_nothing_to_tell(program: Program) -> None:
    applied = program.ok("apply", "dev", "--data-diff", "full")
    assert "Data, Compared" not in applied.out


def test_a_level_that_is_none_is_refused(program: Program) -> None:
    assert program.run("apply", "dev", "--data-diff", "some").exit_code == 2
    refused = program.run("plan", "dev", SEEKNAL_CI_DATA_DIFF="some")
    assert refused.exit_code == 1
    assert "set it to one of off, counts, full" in refused.err


def test_who_does_not_wait_for_the_comparison_has_the_report_of_the_run(program: Program) -> None:
    root = program.repo.path
    many = """
kind: transform
name: many
transform: SELECT i AS id, i % {0} AS part FROM range(1000000) AS t(i)
"""
    program.repo.commit("Many", files={"seeknal/many.yml": many.format(7)})
    program.ok("promote", "--quiet")
    (root / "seeknal/many.yml").write_text(many.format(8), encoding="utf-8")
    home = root.parent / "home"
    with subprocess.Popen(
        [sys.executable, "-m", "seeknal_ci", "apply", "dev", "--data-diff", "full"],
        cwd=root,
        env=program.environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stderr is not None
        assert any("comparing" in line.lower() for line in process.stderr)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "the comparison was interrupted" in said
    assert program.query("SELECT max(part) FROM dev.many") == [(7,)]
    assert program.ok("history", "--format", "json").json["runs"][0]["status"] == "SUCCESS"
