"""What a project holds true of its rows, asked before anybody sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import Program, ecommerce

PATH = "seeknal/06_transform_inventory_status.yml"
PASSING = """audits:
  - {type: not_null, columns: [product_id, stock_status]}
  - {type: unique, columns: product_id}
  - {type: accepted_values, columns: [stock_status], values: [in_stock, reorder, out_of_stock]}
  - {type: row_count, min: 1, max: 3}
  - type: custom_sql
    sql: SELECT * FROM __THIS__ WHERE stock_margin <> stock_quantity - reorder_level
"""
OBJECTING = {
    "not_null": ("{type: not_null, columns: [last_seen]}", "3 rows with NULL"),
    "unique": ("{type: unique, columns: [category]}", "1 key that more than one row has"),
    "accepted_values": (
        "{type: accepted_values, columns: [stock_status], values: [in_stock]}",
        "1 row with another value",
    ),
    "row_count": ("{type: row_count, min: 4}", "3 rows, and at least 4 are expected"),
    "custom_sql": (
        '{type: custom_sql, sql: "SELECT 1 FROM __THIS__ AS t WHERE t.stock_margin < 0"}',
        "1 row that the query objects to",
    ),
}


@pytest.fixture
def program(tmp_path: Path, warehouse_url: str | None) -> Program:
    """The e-commerce project, with a column that is always NULL."""
    made = ecommerce(tmp_path, warehouse_url)
    text = (made.repo.path / PATH).read_text(encoding="utf-8")
    made.repo.write(
        PATH, text.replace("    category,\n", "    category,\n    NULL AS last_seen,\n")
    )
    made.repo.commit("A column that is never filled")
    return made


def audited(program: Program, audits: str) -> None:
    """Add audits to a node."""
    text = (program.repo.path / PATH).read_text(encoding="utf-8")
    program.repo.write(PATH, f"{text}{audits}")


def test_audits_that_pass_let_the_environment_be_shown(program: Program) -> None:
    audited(program, PASSING)

    applied = program.ok("apply", "dev")

    assert "5 of 5 audits passed" in applied.out
    assert "inventory_status" in program.tables("dev")


@pytest.mark.parametrize("kind", sorted(OBJECTING))
def test_an_audit_that_objects_keeps_everything_as_it_was(program: Program, kind: str) -> None:
    audit, message = OBJECTING[kind]
    audited(program, f"audits: [{audit}]\n")

    stopped = program.run("apply", "dev")

    assert stopped.exit_code == 3
    assert message in stopped.out
    assert program.tables("dev") == []


def test_a_warning_is_told_and_stops_nothing(program: Program) -> None:
    audited(program, "audits: [{type: row_count, min: 4, severity: warn}]\n")

    applied = program.ok("apply", "dev")

    assert "at least 4 are expected" in applied.out
    assert "inventory_status" in program.tables("dev")


def test_a_new_audit_is_asked_of_rows_that_production_shows_already(program: Program) -> None:
    program.ok("promote")
    audited(program, "audits: [{type: row_count, min: 4}]\n")
    program.repo.commit("Expect more")

    stopped = program.run("promote")

    assert stopped.exit_code == 3
    assert "at least 4 are expected" in stopped.out
    assert program.query("SELECT count(*) FROM seeknal_ci.promotion") == [(1,)]


@pytest.mark.parametrize(
    ("audit", "said"),
    [
        ("{type: not_nul, columns: [product_id]}", "audits.0.type"),
        ("{type: not_null}", "needs columns"),
        ("{type: not_null, columns: [product]}", "did you mean `product_id`?"),
        ('{type: custom_sql, sql: "SELECT ("}', "the SQL cannot be read"),
        ('{type: custom_sql, sql: "SELECT * FROM other"}', "__THIS__"),
    ],
)
def test_an_audit_that_is_wrong_is_an_error_with_its_line(
    program: Program, audit: str, said: str
) -> None:
    lines = len((program.repo.path / PATH).read_text(encoding="utf-8").splitlines())
    audited(program, f"audits:\n  - {audit}\n")

    validated = program.run("validate")

    assert validated.exit_code == 1
    assert said in validated.out
    assert f"{PATH}:{lines + 2}" in validated.out
