"""Environments: isolated, complete, and right however many threads build them."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeknal_ci.demo.edits import ADD_DISCOUNT
from tests.support.program import Program, ecommerce
from tests.support.repo import GitRepo

SHAPES = 12


def twelve(folder: Path) -> Program:
    """Twelve sources and twelve transforms of one shape, each with its own number."""
    repo = GitRepo.init(folder / "twelve")
    repo.write(".gitignore", "warehouse.duckdb*\n")
    for n in range(SHAPES):
        rows = "".join(f"{n},{row}\n" for row in range(50 + n))
        repo.write(f"data/part_{n}.csv", f"part,row\n{rows}")
        repo.write(
            f"seeknal/part_{n}.yml",
            f"kind: source\nname: part_{n}\nsource: csv\ntable: data/part_{n}.csv\n"
            "schema:\n  - {name: part, data_type: integer}\n  - {name: row, data_type: integer}\n"
            f"---\nkind: transform\nname: sum_{n}\ninputs: [{{ref: source.part_{n}}}]\n"
            f"transform: |\n  SELECT part, row, row * 2 AS twice FROM source.part_{n}\n",
        )
    repo.commit("Twelve of a kind")
    return Program(repo)


def test_nodes_of_one_shape_never_mix_their_rows(tmp_path: Path) -> None:
    program = twelve(tmp_path)
    warehouse = program.repo.path / "warehouse.duckdb"
    seen = " UNION ALL ".join(
        f"SELECT {n} AS n, min(part), max(part), count(*), sum(twice) FROM dev.sum_{n}"
        for n in range(SHAPES)
    )
    expected = [(n, n, n, 50 + n, sum(2 * row for row in range(50 + n))) for n in range(SHAPES)]
    for _ in range(20):
        warehouse.unlink(missing_ok=True)
        program.ok("apply", "dev", "--max-workers", "4", "--quiet")
        assert program.query(f"{seen} ORDER BY n") == expected


def test_sources_of_equal_content_are_each_loaded_whole(tmp_path: Path) -> None:
    """Their files have one blob id, and are copied from git by several threads at a time."""
    repo = GitRepo.init(tmp_path / "equal")
    rows = "".join(f"{n}\n" for n in range(20_000))
    for n in range(8):
        repo.write(f"data/{n}.csv", f"n\n{rows}")
        repo.write(
            f"seeknal/{n}.yml",
            f"kind: source\nname: s{n}\nsource: csv\ntable: data/{n}.csv\n"
            "schema: [{name: n, data_type: integer}]\n",
        )
    repo.commit("Equal files")
    program = Program(repo)

    for _ in range(3):
        (repo.path / "warehouse.duckdb").unlink(missing_ok=True)
        applied = program.ok("apply", "dev", "--max-workers", "8", "--format", "json").json
        assert [r["rows"] for r in applied["results"]] == [20_000] * 8


def test_environments_do_not_see_each_other(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)
    program.ok("apply", "one")
    ADD_DISCOUNT.make(program.repo.path)
    program.ok("apply", "two")

    assert "discount_pct" not in program.columns("one", "clean_orders")
    assert "discount_pct" in program.columns("two", "clean_orders")
    assert len(program.builds()) == 7 + 3


def test_a_commit_is_built_from_git_whatever_the_working_tree_holds(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)
    program.repo.write("data/orders.csv", "not,what\nwas,committed\n")
    program.repo.write("seeknal/01_source_orders.yml", "kind: [")

    program.ok("apply", "dev", "--ref", "HEAD")

    assert program.query("SELECT count(*) FROM dev.orders") == [(3,)]


def test_a_plan_writes_nothing(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)
    ADD_DISCOUNT.make(program.repo.path)
    before = sorted(p for p in program.repo.path.rglob("*") if ".git" not in p.parts)

    planned = program.ok("plan", "dev")

    assert "from git alone" in planned.out
    assert sorted(p for p in program.repo.path.rglob("*") if ".git" not in p.parts) == before


def test_an_environment_can_be_shown_and_deleted_and_its_builds_stay(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)
    program.ok("apply", "dev")
    built = program.builds()

    shown = program.ok("env", "show", "dev")
    assert "transform.clean_orders" in shown.out
    program.ok("env", "delete", "dev")

    assert program.tables("dev") == []
    assert program.builds() == built
    gone = program.run("env", "show", "dve")
    assert gone.exit_code == 1
    assert "there is no environment dve" in gone.err


@pytest.mark.parametrize("name", ["prod", "", " ", "…"])
def test_a_name_that_is_no_branch_environment_is_refused(tmp_path: Path, name: str) -> None:
    refused = ecommerce(tmp_path).run("apply", name)

    assert refused.exit_code == 1
    assert refused.err.startswith("error: ")
    assert "\n  fix: " in refused.err


@pytest.mark.parametrize(
    "name", ["feature/x", "Feature-X", "日本", "público", "public", 'a"; DROP--', "1"]
)
def test_any_branch_name_has_a_schema_of_its_own(tmp_path: Path, name: str) -> None:
    program = ecommerce(tmp_path)

    schema = program.ok("plan", name, "--format", "json").json["schema"]
    program.ok("apply", name)

    assert len(program.tables(schema)) == 7
    assert schema not in ("public", "main", "prod", "x", "feature_x")


def test_a_row_that_does_not_convert_names_its_file_line_column_and_value(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)
    text = (program.repo.path / "data/orders.csv").read_text(encoding="utf-8")
    program.repo.write("data/orders.csv", text.replace("2,102,", "2,many,"))

    failed = program.run("apply", "dev", "--format", "json")

    error = next(r["error"] for r in failed.json["results"] if r["node"] == "source.orders")
    assert failed.exit_code == 1
    for part in ("data/orders.csv", "3", "customer_id", "many"):
        assert part in error


def test_a_source_reads_nothing_outside_the_project(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)
    secret = tmp_path / "secret.csv"
    secret.write_text("order_id\n1\n", encoding="utf-8")
    path = "seeknal/01_source_orders.yml"
    text = (program.repo.path / path).read_text(encoding="utf-8")
    for table in (str(secret), "../secret.csv", "data/../../secret.csv"):
        program.repo.write(path, text.replace("data/orders.csv", table))

        failed = program.run("apply", "dev")

        assert failed.exit_code == 1
        assert "outside the project" in failed.err + failed.out


def test_two_kinds_may_share_a_name(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)
    program.repo.write(
        "seeknal/09.yml",
        "kind: transform\nname: orders\ninputs: [{ref: source.orders}]\n"
        "transform: SELECT order_id FROM source.orders\n",
    )

    program.ok("apply", "dev")

    assert {"source_orders", "transform_orders"} <= set(program.tables("dev"))
