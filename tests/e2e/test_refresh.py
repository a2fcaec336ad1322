"""Sources in a PostgreSQL database: which version of their rows is built, and when it changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Server, run
from tests.support.program import Program
from tests.support.repo import GitRepo

SOURCE = """kind: source
name: {name}
source: postgresql
table: shop.{name}
{params}schema:
  - {{name: id, data_type: bigint}}
  - {{name: amount, data_type: "decimal(10,2)"}}
"""
TRANSFORM = """kind: transform
name: {name}_total
transform: SELECT count(*) AS n, sum(amount) AS total FROM source.{name}
inputs: [{{ref: source.{name}}}]
"""
SETUP = (
    "CREATE SCHEMA shop",
    "CREATE TABLE shop.orders (amount text, id bigint, note text)",
    "INSERT INTO shop.orders VALUES ('1.50', 1, ''), ('2.25', 2, NULL), (NULL, 3, 'a,\"b\"')",
    "CREATE TABLE shop.refunds (id bigint, amount numeric)",
    "INSERT INTO shop.refunds VALUES (1, 0.5)",
)


@pytest.fixture(params=["duckdb", "in place", "copied"])
def case(request: pytest.FixtureRequest) -> str:
    """Where the warehouse is, and where the shop's database."""
    return str(request.param)


@pytest.fixture
def shop(postgres: Server) -> Iterator[str]:
    """The URL of a database with two tables that others fill."""
    with postgres.database() as url:
        for statement in SETUP:
            run(url, statement)
        yield url


@pytest.fixture
def program(tmp_path: Path, case: str, shop: str, postgres_url: str) -> Program:
    """A project of two sources and what is made of each, not yet promoted."""
    repo = GitRepo.init(tmp_path / "project")
    params = "" if case == "in place" else "params: {connection: shop}\n"
    for name in ("orders", "refunds"):
        repo.write(f"seeknal/{name}.yml", SOURCE.format(name=name, params=params))
        repo.write(f"seeknal/{name}_total.yml", TRANSFORM.format(name=name))
    repo.write("seeknal-ci.yml", f"connections: {{shop: '{shop}'}}\npromote: {{breaking: allow}}\n")
    repo.commit("Shop")
    warehouse = {"duckdb": None, "in place": shop, "copied": postgres_url}[case]
    return Program(repo, warehouse=warehouse)


def total(program: Program, schema: str, name: str = "orders") -> str:
    return str(program.query(f"SELECT total FROM {schema}.{name}_total")[0][0])


def built(program: Program, *arguments: str) -> list[str]:
    """The nodes that a run has built."""
    results = program.ok(*arguments, "--format", "json").json["results"]
    return sorted(one["node"] for one in results if one["status"] == "succeeded")


def test_rows_come_with_their_declared_columns_and_types(program: Program) -> None:
    program.ok("promote", "--quiet")

    assert program.columns("prod", "orders") == ["id", "amount"]
    rows = program.query("SELECT id, CAST(amount AS VARCHAR(9)) FROM prod.orders ORDER BY id")
    assert rows == [(1, "1.50"), (2, "2.25"), (3, None)]
    assert total(program, "prod") == "3.75"


def test_without_refresh_production_and_branches_keep_the_rows_they_have(
    program: Program, shop: str
) -> None:
    program.ok("promote", "--quiet")
    run(shop, "INSERT INTO shop.orders VALUES ('10', 4, '')")

    assert built(program, "apply", "dev") == []
    assert built(program, "promote") == []
    assert total(program, "dev") == total(program, "prod") == "3.75"


def test_a_refresh_of_production_builds_only_what_depends_on_changed_rows(
    program: Program, shop: str
) -> None:
    program.ok("promote", "--quiet")
    assert built(program, "apply", "prod", "--refresh") == []
    run(shop, "INSERT INTO shop.orders VALUES ('10', 4, '')")

    planned = program.ok("apply", "prod", "--refresh", "--dry-run", "--format", "json").json
    due = [step["node"] for step in planned["steps"] if step["action"] == "build"]
    assert sorted(due) == ["source.orders", "transform.orders_total"]
    assert total(program, "prod") == "3.75"
    assert built(program, "apply", "prod", "--refresh") == [
        "source.orders",
        "transform.orders_total",
    ]
    assert total(program, "prod") == "13.75"
    assert total(program, "prod", "refunds") == "0.50"
    assert built(program, "apply", "prod", "--refresh") == []
    newest, first = program.ok("history", "--format", "json").json["promotions"]
    assert newest["from_commit"] == newest["to_commit"] == first["to_commit"]

    assert built(program, "apply", "dev") == []
    assert total(program, "dev") == "13.75"
    program.ok("rollback")
    assert total(program, "prod") == "3.75"


def test_rows_in_another_order_are_the_same_rows(program: Program, shop: str) -> None:
    program.ok("promote", "--quiet")
    run(shop, "CREATE TABLE shop.aside AS SELECT * FROM shop.orders ORDER BY id DESC")
    run(shop, "TRUNCATE shop.orders")
    run(shop, "INSERT INTO shop.orders SELECT * FROM shop.aside")
    assert built(program, "apply", "prod", "--refresh") == []

    run(shop, "INSERT INTO shop.orders SELECT * FROM shop.aside")
    assert built(program, "apply", "prod", "--refresh") == [
        "source.orders",
        "transform.orders_total",
    ]


def test_a_refreshed_branch_leaves_production_as_it_is(program: Program, shop: str) -> None:
    program.ok("promote", "--quiet")
    run(shop, "UPDATE shop.refunds SET amount = 2")

    both = ["source.refunds", "transform.refunds_total"]
    assert built(program, "apply", "dev", "--refresh") == both
    assert built(program, "apply", "dev", "--refresh") == []
    assert total(program, "dev", "refunds") == "2.00"
    assert total(program, "prod", "refunds") == "0.50"
    assert built(program, "apply", "dev") == []
    assert total(program, "dev", "refunds") == "0.50"


def test_branches_that_add_the_same_source_load_it_once(program: Program, shop: str) -> None:
    assert built(program, "apply", "dev") == [
        "source.orders",
        "source.refunds",
        "transform.orders_total",
        "transform.refunds_total",
    ]
    run(shop, "UPDATE shop.refunds SET amount = 2")

    assert built(program, "apply", "other") == []
    assert built(program, "promote") == []
    assert total(program, "prod", "refunds") == "0.50"


def test_a_query_of_a_source_is_one_query_that_writes_nothing(program: Program, shop: str) -> None:
    text = (program.repo.path / "seeknal/refunds.yml").read_text(encoding="utf-8")
    params = "connection: shop, " if "connection" in text else ""
    query = "SELECT id, amount * 2 AS amount FROM shop.refunds"
    text = text.replace("params: {connection: shop}\n", "")

    program.repo.write("seeknal/refunds.yml", f'{text}params: {{{params}query: "{query};"}}\n')
    program.ok("apply", "dev", "--quiet")
    assert total(program, "dev", "refunds") == "1.00"

    evil = "SELECT 1 AS id, 2 AS amount) AS x; DROP TABLE shop.orders; SELECT (1"
    program.repo.write("seeknal/refunds.yml", f'{text}params: {{{params}query: "{evil}"}}\n')
    assert program.run("apply", "dev", "--quiet").exit_code == 1
    assert run(shop, "SELECT count(*) FROM shop.orders") == [(3,)]


def test_a_table_that_is_not_there_is_an_error_without_passwords(
    program: Program, shop: str
) -> None:
    run(shop, "DROP TABLE shop.refunds")
    failed = program.run("apply", "dev")

    assert failed.exit_code == 1
    assert "refunds" in failed.out
    assert program.run("apply", "dev", "--refresh").exit_code == 1


@pytest.mark.parametrize("case", ["duckdb", "copied"], indirect=True)
def test_a_source_whose_database_nobody_names_is_not_loaded(program: Program) -> None:
    program.repo.write("seeknal-ci.yml", "workers: 2\n")

    planned = program.ok("plan", "dev").out

    assert "name its database in `connections:`" in planned
    assert built(program, "apply", "dev") == []


@pytest.mark.parametrize("case", ["duckdb", "copied"], indirect=True)
def test_a_connection_may_come_from_a_variable_which_is_never_told(
    program: Program, shop: str
) -> None:
    path = program.repo.path / "seeknal/orders.yml"
    text = path.read_text(encoding="utf-8").replace(
        "connection: shop", "connection: '{{ env:SHOP }}'"
    )
    path.write_text(text, encoding="utf-8")

    unset = program.run("apply", "dev")
    assert unset.exit_code == 1
    assert "SHOP, which is not set" in unset.err

    program.ok("apply", "dev", "--refresh", SHOP=shop)
    assert total(program, "dev") == "3.75"
    wrong = "postgresql://nobody:hunter2@localhost:1/none"
    for options in ((), ("--refresh",)):
        failed = program.run("apply", "dev", *options, SHOP=wrong)
        assert failed.exit_code == 1
        assert "hunter2" not in failed.out + failed.err


def test_production_that_holds_nothing_cannot_be_refreshed(program: Program) -> None:
    refused = program.run("apply", "prod", "--refresh")

    assert refused.exit_code == 1
    assert "holds nothing that could be refreshed" in refused.err
    assert program.run("apply", "prod").exit_code == 1
