"""A project has the same views, columns, types and rows on every engine."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from seeknal_ci.warehouse.postgres import PostgresWarehouse
from tests.contract.test_warehouse_queries import sorted_rows
from tests.support.cases import project
from tests.support.postgres import Server
from tests.support.program import Program, ecommerce
from tests.support.repo import GitRepo

TYPES = 'SELECT "node", "columns", "rows" FROM seeknal_ci."build" ORDER BY 1'


def features(folder: Path, warehouse: str | None = None) -> Program:
    repo = GitRepo.init(folder / "project")
    repo.commit("Features", files=project("features"))
    return Program(repo, warehouse=warehouse)


def cells(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows without the last digits of numbers, in texts too: a profile has its numbers as text."""
    return sorted_rows([tuple(map(_number, row)) for row in rows])


def _number(cell: Any) -> Any:
    long = isinstance(cell, str) and re.fullmatch(r"-?\d+\.\d{9,}", cell)
    return float(cell) if long else cell


def seen(program: Program) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all views of `dev`, and the columns and types of all builds."""
    program.ok("apply", "dev")
    views = program.tables("dev")
    assert views
    rows = {view: cells(program.query(f'SELECT * FROM dev."{view}"')) for view in views}
    return {**rows, "builds": program.query(TYPES)}


@pytest.mark.parametrize("make", [ecommerce, features])
def test_engines_agree(tmp_path: Path, postgres: Server, make: Any) -> None:
    with postgres.database() as url:
        assert seen(make(tmp_path / "postgres", url)) == seen(make(tmp_path / "duckdb"))


NATIVE: dict[str, str | bytes] = {
    "seeknal-ci.yml": "dialect: postgres\n",
    "data/orders.csv": "id,amount,word\n1,2.5,b\n2,3.5,a\n3,,a\n",
    "seeknal/orders.yml": """
kind: source
name: orders
source: csv
table: data/orders.csv
schema:
  - {name: id, data_type: BIGINT}
  - {name: amount, data_type: DOUBLE}
  - {name: word, data_type: VARCHAR}
""",
    "seeknal/words.yml": """
kind: transform
name: words
inputs: [{ref: source.orders}]
transform: |
  SELECT o.word AS "Word", sum(o.amount)::numeric(10,2) AS total,
    to_char(max(o.amount), 'FM990.0') AS text, 7 / 2 AS half, now() > '2020-01-01' AS late
  FROM ref('source.orders') AS o
  GROUP BY o.word
audits:
  - {type: unique, columns: [Word]}
  - {type: custom_sql, sql: 'SELECT 1 FROM __THIS__ WHERE "Word" ~ ''^c$'''}
""",
    "seeknal/report.yml": """
kind: exposure
name: report
type: file
path: out/words.csv
format: csv
inputs: [{ref: transform.words}]
""",
}


def test_a_project_in_postgresql_s_own_sql(tmp_path: Path, postgres_url: str) -> None:
    repo = GitRepo.init(tmp_path / "project")
    repo.commit("Native", files=NATIVE)
    program = Program(repo, warehouse=postgres_url)
    applied = program.ok("apply", "dev")

    assert "2 of 2 audits passed" in applied.out
    assert program.columns("dev", "words") == ["Word", "total", "text", "half", "late"]
    rows = program.query("SELECT * FROM dev.words ORDER BY 1")
    assert rows == [("a", Decimal("3.50"), "3.5", 3, True), ("b", Decimal("2.50"), "2.5", 3, True)]
    written = repo.path / "target/environments/dev/out/words.csv"
    assert sorted(written.read_text(encoding="utf-8").splitlines()[1:]) == [
        "a,3.50,3.5,3,true",
        "b,2.50,2.5,3,true",
    ]


def test_postgresql_s_own_sql_needs_postgresql(tmp_path: Path) -> None:
    repo = GitRepo.init(tmp_path / "project")
    repo.commit("Native", files=NATIVE)
    applied = Program(repo).run("apply", "dev")

    assert applied.exit_code == 1
    assert "the project is written in the dialect postgres" in applied.out


def test_what_cannot_be_translated_fails_its_node_with_a_way_out(
    tmp_path: Path, postgres_url: str
) -> None:
    program = ecommerce(tmp_path, postgres_url)
    path = "seeknal/04_transform_clean_orders.yml"
    text = (program.repo.path / path).read_text(encoding="utf-8")
    program.repo.write(path, text.replace("UPPER(TRIM(status))", "format('{}', status)"))

    applied = program.run("apply", "dev", "--format", "json")

    failed = {r["node"]: r["error"] for r in applied.json["results"] if r["status"] == "failed"}
    assert applied.exit_code == 1
    assert "format(), whose placeholders are others there" in failed["transform.clean_orders"]
    assert "dialect: postgres" in failed["transform.clean_orders"]
    assert program.tables("dev") == []


def test_an_environment_that_another_process_changes_is_waited_for(
    tmp_path: Path, postgres_url: str
) -> None:
    program = ecommerce(tmp_path, postgres_url)
    program.ok("apply", "dev", "--quiet")
    other = PostgresWarehouse.open(postgres_url, "other", lock_timeout=0, on_wait=pytest.fail)
    with other.hold("dev"), other.hold("prod"):
        for command in (("apply", "dev"), ("promote",), ("env", "delete", "dev")):
            refused = program.run(*command, "--lock-timeout", "0.2")
            assert refused.exit_code == 1
            assert "is held by seeknal-ci, PID" in refused.err
            assert "waiting up to 0.2 s" in refused.err
        assert program.ok("plan", "dev").err == ""
        assert program.ok("apply", "dev", "--dry-run").exit_code == 0
    other.close()
    assert program.ok("env", "delete", "dev").exit_code == 0
