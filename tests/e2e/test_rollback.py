"""Production goes back to an earlier promotion: at once, whole, and on the record."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeknal_ci.demo.edits import ADD_DISCOUNT
from tests.support.program import Program, ecommerce

COLUMNS = (
    "SELECT column_name FROM information_schema.columns "
    "WHERE table_schema = 'prod' AND table_name = 'clean_orders' ORDER BY ordinal_position"
)


@pytest.fixture
def program(tmp_path: Path, warehouse_url: str | None) -> Program:
    """The e-commerce project, promoted twice: the second time with another column."""
    made = ecommerce(tmp_path, warehouse_url)
    made.ok("promote", "--quiet")
    ADD_DISCOUNT.make(made.repo.path)
    made.repo.commit("Add discount_pct")
    made.ok("promote", "--quiet")
    return made


def columns(program: Program) -> list[str]:
    return [row[0] for row in program.query(COLUMNS)]


def promotions(program: Program) -> list[dict[str, object]]:
    return list(program.ok("history", "--format", "json").json["promotions"])


def test_it_undoes_the_last_promotion_and_is_recorded(program: Program) -> None:
    assert "discount_pct" in columns(program)
    shown = program.ok("rollback")
    assert "transform.clean_orders" in shown.out
    assert "discount_pct" not in columns(program)
    newest, second, first = promotions(program)
    assert (newest["from_commit"], newest["to_commit"]) == (
        second["to_commit"],
        first["to_commit"],
    )


def test_a_rehearsal_moves_nothing(program: Program) -> None:
    shown = program.ok("rollback", "--dry-run", "--format", "json").json
    assert shown["promotion"] is None
    assert "transform.clean_orders" in shown["nodes"]
    assert "discount_pct" in columns(program)
    assert len(promotions(program)) == 2


def test_a_second_rollback_returns_to_where_it_was(program: Program) -> None:
    program.ok("rollback")
    program.ok("rollback")
    assert "discount_pct" in columns(program)


def test_it_takes_a_promotion_by_its_id_and_by_its_beginning(program: Program) -> None:
    first = str(promotions(program)[-1]["promotion"])
    program.ok("rollback", first)
    assert "discount_pct" not in columns(program)
    again = program.ok("rollback", first[:-1], "--format", "json").json
    assert again["promotion"] is None
    assert len(promotions(program)) == 3


def test_the_next_promotion_goes_on_from_there(program: Program) -> None:
    program.ok("rollback")
    told = program.ok("promote")
    assert "discount_pct" in columns(program)
    assert "Rows written:" not in told.out or "Rows written:  0" in told.out


def test_files_that_were_exported_since_are_named(program: Program) -> None:
    program.repo.write(
        "seeknal/05_transform_customer_enriched.yml",
        (program.repo.path / "seeknal/05_transform_customer_enriched.yml")
        .read_text(encoding="utf-8")
        .replace("COALESCE(t.total_orders, 0)", "COALESCE(t.total_orders, 1)"),
    )
    program.repo.commit("Count one at least")
    program.ok("promote", "--quiet")
    shown = program.ok("rollback", "--format", "json").json
    assert [Path(file).name for file in shown["files_kept"]] != []


def test_an_unknown_promotion_is_told_with_the_nearest(program: Program) -> None:
    first = str(promotions(program)[-1]["promotion"])
    ended = program.run("rollback", first[:-1] + "x")
    assert ended.exit_code == 1
    assert f"did you mean {first}?" in ended.err


def test_there_is_nothing_to_go_back_to_at_first(tmp_path: Path, warehouse_url: str | None) -> None:
    program = ecommerce(tmp_path, warehouse_url)
    ended = program.run("rollback")
    assert ended.exit_code == 1
    assert "so there is nothing to go back to" in ended.err
    program.ok("promote", "--quiet")
    ended = program.run("rollback")
    assert ended.exit_code == 1
    assert "never showed other rows" in ended.err
