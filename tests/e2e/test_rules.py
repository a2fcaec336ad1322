"""Rules: what a project holds true of its nodes' rows, asked before anybody sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import Program
from tests.support.repo import GitRepo

SOURCE = """kind: source
name: products
source: csv
table: data/products.csv
schema:
  - {name: product_id, data_type: integer}
  - {name: category, data_type: string}
  - {name: price, data_type: double}
  - {name: listed_at, data_type: timestamp}
"""
ROWS = """product_id,category,price,listed_at
1,garden,10.5,2024-01-01 08:00:00
2,garden,20.0,2024-02-01 08:00:00
3,kitchen,,2024-03-01 08:00:00
4,kitchen,30.0,2024-03-01 08:00:00
5,,500.0,2024-04-01 08:00:00
"""
PRICED = """kind: transform
name: priced
inputs: [{ref: source.products}]
transform: SELECT * FROM source.products WHERE price IS NOT NULL
"""
PROFILE = """kind: profile
name: stats
inputs: [{ref: source.products}]
"""
SEMANTIC = "kind: semantic_model\nname: m\nmodel: source.products\ndimensions: [price]\n"
RULE = "kind: rule\nname: quality\ninputs: [{{ref: {reads}}}]\nrule: {rule}\n"

# What each check says of the rows above; an empty text where it passes.
CHECKS = {
    "null": ("{type: 'null', columns: [product_id]}", ""),
    "null, written without quotes": ("{type: null, columns: [product_id]}", ""),
    "null objects": ("{type: 'null', columns: [price, category]}", "2 rows with NULL"),
    "null within a share": (
        "{type: 'null', columns: [price], params: {max_null_percentage: 0.2}}",
        "",
    ),
    "null beyond a share": (
        "{type: 'null', columns: [price, category], params: {max_null_percentage: 0.19}}",
        "2 rows with NULL",
    ),
    "range": ("{type: range, column: price, params: {min_val: 0, max_val: 1000}}", ""),
    "range objects": (
        "{type: range, column: price, params: {min_val: 11, max_val: 400}}",
        "2 rows outside the range",
    ),
    "range of dates": (
        "{type: range, column: listed_at, params: {max_val: '2024-03-15'}}",
        "1 row outside the range",
    ),
    "uniqueness": ("{type: uniqueness, columns: [product_id]}", ""),
    "uniqueness of two": ("{type: uniqueness, columns: [product_id, category]}", ""),
    "uniqueness objects": (
        "{type: uniqueness, columns: [category]}",
        "2 rows with the key of another",
    ),
    "uniqueness within a share": (
        "{type: uniqueness, columns: [category], params: {max_duplicate_percentage: 0.5}}",
        "",
    ),
    "freshness": ("{type: freshness, column: listed_at, params: {max_age: 99999 days}}", ""),
    "freshness objects": (
        "{type: freshness, column: listed_at, params: {max_age: 24h}}",
        "the newest date is too old, or there is none",
    ),
    "freshness of a day": (
        "{type: freshness, column: listed_at,"
        " params: {max_age: 1d, reference_time: '2024-04-02T07:00:00'}}",
        "",
    ),
    "profile_check": ("{type: profile_check, checks: [{metric: row_count, fail: '< 5'}]}", ""),
    "profile_check of a mean": (
        "{type: profile_check, checks: [{metric: mean, column: price, fail: '> 140.1'}]}",
        "avg(price) > 140.1: the metric is so, or there is none",
    ),
    "profile_check of NULLs": (
        "{type: profile_check,"
        " checks: [{metric: null_percent, column: price, fail: between 20 and 20}]}",
        "the metric is so",
    ),
    "profile_check of values": (
        "{type: profile_check, checks: [{metric: distinct_count, column: category, fail: '!= 2'}]}",
        "",
    ),
    "sql_assertion": (
        "{type: sql_assertion, sql: SELECT * FROM input_data WHERE price < 0}",
        "",
    ),
    "sql_assertion objects": (
        "{type: sql_assertion, sql: SELECT p.price FROM source_products AS p WHERE p.price > 100}",
        "1 row that the query objects to",
    ),
    "custom with SQL": (
        "{type: custom, sql: 'SELECT 1 WHERE (SELECT max(price) FROM input_data) > 5'}",
        "1 row that the query objects to",
    ),
    "value": ("{value: price >= 0}", ""),
    "value objects": ("{value: price < 100 OR category IS NULL}", ""),
    "bare expression": ("price < 100", "1 row for which it is not true"),
}


@pytest.fixture
def program(tmp_path: Path, warehouse_url: str | None) -> Program:
    """A project with a source, what is made of it, and its statistics."""
    repo = GitRepo.init(tmp_path / "project")
    repo.write("data/products.csv", ROWS)
    repo.write("seeknal/products.yml", SOURCE)
    repo.write("seeknal/priced.yml", PRICED)
    repo.write("seeknal/stats.yml", PROFILE)
    repo.commit("Products")
    return Program(repo, warehouse=warehouse_url)


def ruled(program: Program, rule: str, reads: str = "source.products", more: str = "") -> None:
    """Give the project a rule."""
    text = RULE.format(reads=reads, rule=rule)
    program.repo.write("seeknal/quality.yml", text + more)


def test_checks_of_every_type_find_what_is_there(program: Program) -> None:
    for number, (rule, _) in enumerate(CHECKS.values()):
        text = RULE.format(reads="source.products", rule=rule).replace("quality", f"q{number}")
        program.repo.write(f"seeknal/q{number}.yml", f"{text}params: {{severity: warn}}\n")

    applied = program.ok("apply", "dev")

    lines = [
        line for line in applied.out.splitlines() if " rule.q" in line and "skipped" not in line
    ]
    found = {}
    for line in lines:
        node, _, told = line.partition(" rule.")[2].partition("  ")
        found[node] = told
    for number, (case, (_, told)) in enumerate(CHECKS.items()):
        assert (f"q{number}" in found and told in found[f"q{number}"]) == bool(told), case
    passed = sum(not told for _, told in CHECKS.values())
    assert f"{passed} of {len(CHECKS)} audits passed" in applied.out


def test_a_rule_that_objects_keeps_everything_as_it_was(program: Program) -> None:
    ruled(program, "{type: 'null', columns: [price]}")

    stopped = program.run("apply", "dev")

    assert stopped.exit_code == 3
    assert "null(price): 1 row with NULL" in stopped.out
    assert program.tables("dev") == []


def test_a_rule_is_told_apart_from_what_is_built(program: Program) -> None:
    ruled(program, "price > 0")

    steps = {
        step["node"]: step for step in program.ok("plan", "dev", "--format", "json").json["steps"]
    }
    applied = program.ok("apply", "dev", "--format", "json").json

    assert steps["rule.quality"]["action"] == "skip"
    assert steps["rule.quality"]["reason"] == "its checks are asked before anything is shown"
    results = {result["node"]: result for result in applied["results"]}
    assert results["rule.quality"]["skip_reason"] == "checked"
    assert "quality" not in program.tables("dev")


@pytest.mark.parametrize("severity", ["warn", "WARNING", "info"])
def test_a_rule_that_warns_is_told_and_stops_nothing(program: Program, severity: str) -> None:
    ruled(
        program,
        "{type: 'null', columns: [price]}",
        more=f"params: {{severity: {severity}, error_message: A price is missing}}\n",
    )

    applied = program.ok("apply", "dev")

    assert "A price is missing (1 row with NULL)" in applied.out
    assert "priced" in program.tables("dev")


def test_checks_in_a_list_are_asked_one_by_one(program: Program) -> None:
    ruled(
        program,
        """
  - {type: 'null', columns: [product_id]}
  - {type: range, column: price, params: {min_val: 11}, severity: warn}
  - type: profile_check
    checks:
      - {metric: row_count, fail: "< 1"}
      - {metric: max, column: price, warn: "> 100", fail: "> 1000"}""",
    )

    applied = program.ok("apply", "dev")

    assert "3 of 5 audits passed" in applied.out
    assert "range(price): 1 row outside the range" in applied.out
    assert "max(price) > 100: the metric is so" in applied.out


@pytest.mark.parametrize(
    ("check", "told"),
    [
        ("{metric: row_count, fail: '< 1'}", ""),
        ("{metric: avg, column: price, warn: '> 1000', fail: '> 140'}", "avg(price) > 140"),
        ("{metric: null_percent, column: Price, fail: '> 0'}", "null_percent(Price) > 0"),
        ("{metric: distinct_count, column: category, fail: '< 2'}", ""),
        ("{metric: median, column: price, fail: '= 25'}", "p50(price) = 25"),
    ],
)
def test_a_rule_reads_the_metrics_of_a_profile(program: Program, check: str, told: str) -> None:
    ruled(program, f"{{type: profile_check, checks: [{check}]}}", reads="profile.stats")

    applied = program.run("apply", "dev")

    assert applied.exit_code == (3 if told else 0), applied.out
    assert told in applied.out


def test_a_rule_over_two_nodes_names_both(program: Program) -> None:
    program.repo.write(
        "seeknal/quality.yml",
        """kind: rule
name: quality
inputs: [{ref: source.products}, {ref: transform.priced}]
rule:
  type: sql_assertion
  sql: |
    SELECT p.product_id
    FROM source_products AS p
    LEFT JOIN transform.priced AS c ON p.product_id = c.product_id
    WHERE c.product_id IS NULL
""",
    )

    stopped = program.run("apply", "dev")

    assert stopped.exit_code == 3
    assert "sql_assertion: 1 row that the query objects to" in stopped.out


def test_a_rule_is_asked_on_promotion_and_production_stays_as_it_was(program: Program) -> None:
    program.ok("promote")
    ruled(program, "{type: uniqueness, columns: [category]}")
    program.repo.commit("Hold categories apart")

    stopped = program.run("promote")

    assert stopped.exit_code == 3
    assert "2 rows with the key of another" in stopped.out
    assert program.query("SELECT count(*) FROM seeknal_ci.promotion") == [(1,)]


def test_rules_of_rows_that_production_shows_are_not_asked_again(program: Program) -> None:
    ruled(program, "price IS NULL OR price > 0")
    program.repo.commit("Hold prices")
    program.ok("promote")
    program.repo.write("seeknal/priced.yml", PRICED.replace("IS NOT NULL", "> 0"))

    applied = program.ok("apply", "dev")

    assert "audit" not in applied.out


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("inputs: [{ref: source.products}]\nrule: {type: custom, params: {func: f}}", "runs code"),
        ("rule: {value: price > 0}", "names no inputs"),
        ("inputs: [{ref: semantic_model.m}]\nrule: price > 0", "has no rows"),
        ("active: false\ninputs: [{ref: source.products}]\nrule: price > 0", "switched off"),
    ],
)
def test_a_rule_that_cannot_be_asked_says_why(program: Program, rule: str, reason: str) -> None:
    program.repo.write("seeknal/m.yml", SEMANTIC)
    program.repo.write("seeknal/quality.yml", f"kind: rule\nname: quality\n{rule}\n")

    plan = program.ok("plan", "dev").out

    assert [reason in line for line in plan.splitlines() if "rule.quality" in line][-1]
    assert "audits" not in program.ok("apply", "dev").out
