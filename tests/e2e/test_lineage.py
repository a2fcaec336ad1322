"""Where the columns of the e-commerce project come from, as the program tells it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from seeknal_ci import __version__
from seeknal_ci.demo.edits import RENAME_CUSTOMER_ID
from seeknal_ci.render.documents import json_schema
from tests.conftest import Golden
from tests.support.program import Program, ecommerce


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The e-commerce project, unchanged."""
    return ecommerce(tmp_path_factory.mktemp("shop"))


CASES = {
    "node": ("transform.clean_orders",),
    "column": ("transform.customer_enriched.total_spent",),
    "source_column": ("source.orders.customer_id",),
    "aggregation_column": ("aggregation.daily_sales.REVENUE_METRICS_AVG", "--upstream"),
    "depth": ("source.orders", "--downstream", "--depth", "1"),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_lineage_as_text(shop: Program, golden: Golden, case: str) -> None:
    golden(f"lineage/{case}.txt", shop.ok("lineage", *CASES[case]).out)


@pytest.mark.parametrize("case", ["node", "column"])
def test_a_lineage_as_mermaid(shop: Program, golden: Golden, case: str) -> None:
    drawn = shop.ok("lineage", *CASES[case], "--format", "mermaid").out
    golden(f"lineage/{case}.mmd", drawn)


def test_a_lineage_as_json(shop: Program, golden: Golden) -> None:
    found = shop.ok("lineage", *CASES["column"], "--format", "json").out
    golden("lineage/column.json", found.replace(f'"{__version__}"', '"0.0.0"'))


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_document_keeps_its_contract(shop: Program, case: str) -> None:
    jsonschema = importlib.import_module("jsonschema")  # it has no types
    found = shop.ok("lineage", *CASES[case], "--format", "json")

    jsonschema.Draft202012Validator(json_schema("lineage")).validate(found.json)
    again = shop.ok("lineage", *CASES[case], "--format", "json", PYTHONHASHSEED="7")
    assert again.out == found.out


def test_another_version_is_looked_at_without_touching_this_one(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)
    column = "source.orders.cust_id"
    assert program.run("lineage", column).exit_code == 1
    RENAME_CUSTOMER_ID.make(program.repo.path)
    assert "nobody makes a column of it" in program.ok("lineage", column).out
    assert program.run("lineage", column, "--ref", "HEAD").exit_code == 1
    assert program.run("lineage", column, "--staged").exit_code == 1
    program.repo.git("add", "--all")
    assert program.ok("lineage", column, "--staged").out == program.ok("lineage", column).out


def test_what_is_mistyped_is_an_error_that_names_what_is_near(shop: Program) -> None:
    column = shop.run("lineage", "transform.clean_orders.total")
    assert column.exit_code == 1
    assert column.err == (
        "error: transform.clean_orders has no column `total`\n"
        "  at seeknal/04_transform_clean_orders.yml:1\n"
        "  fix: did you mean transform.clean_orders.total_amount?\n"
    )
    node = shop.run("lineage", "clean_orders")
    assert node.exit_code == 1
    assert node.err == (
        "error: there is no node clean_orders\n  fix: did you mean transform.clean_orders?\n"
    )


@pytest.mark.parametrize(
    "arguments", [(), ("x", "--ref", "HEAD", "--staged"), ("x", "--depth", "0")]
)
def test_misuse_ends_in_2(shop: Program, arguments: tuple[str, ...]) -> None:
    assert shop.run("lineage", *arguments).exit_code == 2


def test_errors_in_the_project_are_told_and_fail(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)
    program.repo.write(
        "seeknal/broken.yml", "kind: transform\nname: broken\ninputs: [{ref: a.b}]\n"
    )

    ended = program.run("lineage", "source.orders")
    assert ended.exit_code == 1
    assert "└─ transform.clean_orders" in ended.out
    assert "in the project: what has errors may be missing here" in ended.out
    document = program.run("lineage", "source.orders", "--format", "json").json
    assert {error["path"] for error in document["errors"]} == {"seeknal/broken.yml"}
    missing = program.run("lineage", "transform.broken.x")
    assert "run `seeknal-ci validate`" in missing.err
