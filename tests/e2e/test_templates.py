"""A project with every form of template, run for real: rows, days, secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import Program
from tests.support.repo import GitRepo

TOLD_TO_NOBODY = "s3cr3t-Tok3n'quoted"
DAY = {"SEEKNAL_CI_DATE": "2024-03-10", "TOKEN": TOLD_TO_NOBODY, "REGION": "eu", "FOLDER": "f0lder"}

FILES = {
    ".gitignore": "warehouse.duckdb*\ntarget/\nexports/\nlocal/\n",
    "data/eu/orders_2024-03-09.csv": (
        "order_id,amount,status,ordered_at\n"
        "1,10.5,PAID,2024-03-09\n2,20,PAID,2024-03-01\n3,5,OPEN,2024-03-09\n4,1,PAID,2024-03-10\n"
    ),
    "data/eu/orders_2024-03-10.csv": ("order_id,amount,status,ordered_at\n5,100,PAID,2024-03-10\n"),
    "seeknal/common/sources.yml": (
        "sources:\n  - id: orders\n    ref: source.orders\n"
        "    params: {idCol: order_id, amountCol: amount}\n"
    ),
    "seeknal/common/rules.yml": (
        "rules:\n  - {id: paid, value: \"status = 'PAID'\"}\n"
        "  - id: recent\n    value: |\n      {{ rules.paid }}\n"
        "      AND ordered_at >= DATE '{{ today(-2) }}' -- two days\n"
    ),
    "seeknal/common/transformations.yml": (
        "transformations:\n  - {id: total, sql: 'SUM({{ orders.amountCol }})'}\n"
    ),
    "seeknal/orders.yml": (
        "kind: source\nname: orders\nsource: csv\n"
        "table: 'data/{{ env:REGION|us }}/{{ prefix }}_{{ yesterday }}.csv'\n"
        "params: {prefix: orders, delimiter: ','}\n"
        "schema:\n  - {name: order_id, data_type: integer}\n  - {name: amount, data_type: double}\n"
        "  - {name: status, data_type: string}\n  - {name: ordered_at, data_type: date}\n"
    ),
    "seeknal/recent.yml": (
        "kind: transform\nname: recent\ninputs:\n  o: 'ref:source.orders'\n"
        "params: {least: 2}\ntransform: |\n"
        "  -- {{ no template }}\n"
        "  SELECT {{ orders.idCol }} AS id,\n"
        "    {{ orders.amountCol }} * {{ env:FACTOR|1 }} AS amount,\n"
        "    {{ today }} AS day, '{{ month_start }}/{{ year_start(-1) }}' AS since,\n"
        "    '{{ run_date }}' AS run_date, {{ run_id }} AS run\n"
        "  FROM {{ o }}\n"
        "  WHERE {{ rules.recent }} AND $o.amount > {{ least }} AND status <> '{{ env:TOKEN }}'\n"
        "  LIMIT {{ env:MOST|100 }}\n"
    ),
    "seeknal/total.yml": (
        "kind: transform\nname: total\ninputs: [{ref: source.orders}]\n"
        "transform: SELECT {{ transformations.total }} AS total FROM {{ orders.ref }}\n"
        "audits:\n  - type: custom_sql\n"
        "    sql: SELECT * FROM __THIS__ WHERE total < 0 OR '{{ env:TOKEN }}' = ''\n"
    ),
    "seeknal/out.yml": (
        "kind: exposure\nname: out\ntype: file\ninputs: [{ref: transform.total}]\n"
        "params: {path: 'exports/{{ env:FOLDER }}/{{ today }}.csv', format: csv}\n"
    ),
}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    repo = GitRepo.init(tmp_path / "project")
    for path, text in FILES.items():
        repo.write(path, text)
    repo.commit("templates")
    return Program(repo)


def builds(program: Program, *arguments: str, **variables: str) -> dict[str, str]:
    """Node to what plan would do with it."""
    said = program.ok("plan", "dev", "--format", "json", *arguments, **variables).json
    return {step["node"]: step["action"] for step in said["steps"]}


def test_every_form_has_its_value(program: Program) -> None:
    program.ok("validate")
    run_id = program.ok("apply", "dev", "--format", "json", **DAY).json["run_id"]

    rows = program.query("SELECT id, amount, day, since, run_date, run FROM dev.recent")
    since = "2024-03-01/2023-01-01"
    assert rows == [(1, 10.5, "2024-03-10", since, "2024-03-10", run_id)]
    assert program.query("SELECT total FROM dev.total") == [(36.5,)]
    written = program.repo.path / "target/environments/dev/exports/f0lder/2024-03-10.csv"
    assert written.read_text(encoding="utf-8") == "total\n36.5\n"


def test_no_value_of_the_environment_is_left_anywhere(program: Program) -> None:
    said = program.ok("apply", "dev", **DAY)
    plan = program.ok("plan", "dev", "--format", "json", **DAY)
    shown = program.ok("env", "show", "dev")
    program.repo.write(
        "seeknal/bad.yml",
        FILES["seeknal/total.yml"]
        .replace("name: total", "name: bad")
        .replace("{{ transformations.total }}", "CAST('{{ env:TOKEN }}' AS INTEGER)"),
    )
    failed = program.run("apply", "dev", **DAY)

    assert failed.exit_code == 1
    assert "***" in failed.out + failed.err
    for text in (said.out, said.err, plan.out, shown.out, failed.out, failed.err):
        assert "s3cr3t" not in text
        assert "f0lder" not in text
    for file in program.repo.path.glob("warehouse.duckdb*"):
        content = file.read_bytes()
        assert b"s3cr3t" not in content
        assert b"f0lder" not in content


def test_the_same_day_builds_nothing_again_and_the_next_day_what_has_dates(
    program: Program,
) -> None:
    program.ok("apply", "dev", **DAY)

    assert set(builds(program, **DAY).values()) == {"reuse"}
    later = {**DAY, "SEEKNAL_CI_DATE": "2024-03-11"}
    assert set(builds(program, **later).values()) == {"build"}
    program.ok("apply", "dev", **later)
    assert program.query("SELECT id, day FROM dev.recent") == [(5, "2024-03-11")]


def test_another_value_of_a_variable_is_another_build_of_its_readers(program: Program) -> None:
    program.ok("apply", "dev", **DAY)

    assert builds(program, **DAY, FACTOR="2") == {
        "source.orders": "reuse",
        "transform.recent": "build",
        "transform.total": "reuse",
        "exposure.out": "reuse",
    }
    program.ok("apply", "dev", **DAY, FACTOR="2", MOST="1")
    assert program.query("SELECT amount FROM dev.recent") == [(21.0,)]


def test_what_was_applied_is_promoted_without_a_build(program: Program) -> None:
    program.ok("apply", "dev", **DAY)
    before = program.builds()

    program.ok("promote", "dev", **DAY)

    assert program.builds() == before
    assert program.query("SELECT total FROM prod.total") == [(36.5,)]
    assert (program.repo.path / "exports/f0lder/2024-03-10.csv").is_file()


def test_a_variable_that_is_not_set_is_told_before_anything_is_built(program: Program) -> None:
    variables = {key: value for key, value in DAY.items() if key != "TOKEN"}

    program.ok("validate", **variables)
    program.ok("plan", "dev", **variables)
    failed = program.run("apply", "dev", **variables)

    assert failed.exit_code == 1
    assert "transform.recent needs the environment variable TOKEN" in failed.err
    assert "at seeknal/recent.yml:13:" in failed.err
    assert "{{ env:TOKEN|…" in failed.err
    assert program.builds() == []


def test_a_diff_knows_no_values(program: Program) -> None:
    program.repo.write(
        "seeknal/common/rules.yml",
        FILES["seeknal/common/rules.yml"].replace("today(-2)", "today(-3)"),
    )

    one = program.ok("diff", "--format", "json", **DAY).out
    other = program.ok("diff", "--format", "json", SEEKNAL_CI_DATE="2031-01-01").out

    assert one == other
    assert "transform.recent" in one
    assert "transform.total" not in one


def test_a_path_that_leads_out_of_the_project_is_refused(program: Program) -> None:
    failed = program.run("apply", "dev", **{**DAY, "FOLDER": "../../../../../s3cr3t"})

    assert failed.exit_code == 1
    assert "outside the project" in failed.out + failed.err
    assert "s3cr3t" not in failed.out + failed.err


def test_a_day_that_is_none_is_refused(program: Program) -> None:
    failed = program.run("plan", "dev", SEEKNAL_CI_DATE="tomorrow")

    assert failed.exit_code == 1
    assert "SEEKNAL_CI_DATE" in failed.err


def test_a_problem_in_a_snippet_names_the_node_and_the_snippet(program: Program) -> None:
    path = "seeknal/common/rules.yml"
    program.repo.write(path, FILES[path].replace("status =", "stattus ="))

    text = program.run("validate").out
    [error] = program.run("validate", "--format", "json").json["errors"]
    github = program.run("validate", "--format", "github").out

    assert "at seeknal/recent.yml:13:9\n  and seeknal/common/rules.yml:2:" in text
    assert error["related"] == {"path": path, "line": 2}
    assert (error["path"], error["line"]) == ("seeknal/recent.yml", 13)
    assert "in `{{ rules.paid }}` from seeknal/common/rules.yml" in github


def test_a_shared_file_by_itself_is_validated_with_all_who_use_it(program: Program) -> None:
    path = "seeknal/common/rules.yml"
    program.repo.write(path, FILES[path].replace("id: recent", "id: newest"))

    said = program.run("validate", path)

    assert said.exit_code == 1
    assert "[template-unknown]" in said.out
    assert "at seeknal/recent.yml:13:9" in said.out
