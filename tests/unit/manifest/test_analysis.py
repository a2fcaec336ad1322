"""Columns of nodes, worked out from their inputs'; and problems that show only then."""

from __future__ import annotations

import time

from seeknal_ci.manifest.validate import query_problems, unknown_columns
from seeknal_ci.model.spec import Column
from tests.support.project import analysed

SOURCE = (
    "kind: source\nname: orders\nsource: csv\ntable: orders.csv\nschema:\n"
    "  - {name: order_id, data_type: integer}\n  - {name: amount, data_type: double}\n"
)


def transform(name: str, sql: str, *inputs: str) -> str:
    listed = "".join(f"  - ref: {ref}\n" for ref in inputs)
    return f"kind: transform\nname: {name}\ninputs:\n{listed}transform: |\n  {sql}\n"


def test_columns_go_through_any_number_of_stars() -> None:
    analysis = analysed(
        {
            "seeknal/s.yml": SOURCE,
            "seeknal/a.yml": transform("a", "SELECT * FROM source.orders", "source.orders"),
            "seeknal/b.yml": transform("b", "SELECT *, 1 AS one FROM transform.a", "transform.a"),
        }
    )
    assert analysis.of("transform.b").columns == (
        Column("order_id", "INTEGER"),
        Column("amount", "DOUBLE"),
        Column("one", "INTEGER"),
    )


def test_a_chain_of_five_thousand_nodes_is_analysed_without_recursion() -> None:
    files = {"seeknal/s.yml": SOURCE}
    last = "source.orders"
    for index in range(5000):
        files[f"seeknal/{index}.yml"] = transform(f"n{index}", f"SELECT * FROM {last}", last)
        last = f"transform.n{index}"
    before = time.process_time()
    analysis = analysed(files)
    assert analysis.manifest.problems == ()
    columns = analysis.of(last).columns
    assert [column.name for column in columns or ()] == ["order_id", "amount"]
    assert time.process_time() - before < 60


def test_only_what_is_asked_for_is_analysed() -> None:
    analysis = analysed(
        {
            "seeknal/s.yml": SOURCE,
            "seeknal/a.yml": transform("a", "SELECT * FROM source.orders", "source.orders"),
            "seeknal/b.yml": transform("b", "SELECT nonsense FROM", "source.orders"),
        }
    )
    assert analysis.of("transform.a").columns is not None
    assert set(analysis._known) == {"source.orders", "transform.a"}


def test_an_input_that_is_not_declared_is_unknown_whoever_was_asked_before() -> None:
    files = {
        "seeknal/s.yml": SOURCE,
        "seeknal/a.yml": transform("a", "SELECT * FROM source.orders"),
    }
    one, other = analysed(files), analysed(files)
    other.of("source.orders")
    assert one.of("transform.a") == other.of("transform.a")
    assert one.of("transform.a").columns is None


def test_the_widely_copied_example_groups_by_a_column_that_its_input_does_not_have() -> None:
    example = (
        "kind: aggregation\nname: daily_sales\nid_col: order_id\nfeature_date_col: order_date\n"
        "application_date_col: order_date\ngroup_by:\n  - country\nfeatures:\n"
        "  - name: revenue\n    column: amount\n    basic: [sum]\n"
        "inputs:\n  - ref: transform.clean_orders\n"
    )
    clean = transform(
        "clean_orders",
        "SELECT order_id, amount, DATE '2024-01-01' AS order_date, 1 AS count_of\n"
        "  FROM source.orders",
        "source.orders",
    )
    analysis = analysed({"seeknal/s.yml": SOURCE, "seeknal/c.yml": clean, "seeknal/d.yml": example})
    (found,) = query_problems(analysis, analysis.manifest.nodes)
    assert (found.code, str(found.place)) == ("unknown-column", "seeknal/d.yml:7:5")
    assert found.message == (
        "aggregation.daily_sales reads the column `country`, "
        "which transform.clean_orders does not have"
    )
    assert found.fix == "did you mean `count_of`?"


def test_every_problem_of_a_query_has_its_code_and_line() -> None:
    files = {
        "seeknal/s.yml": SOURCE,
        "seeknal/a.yml": transform(
            "a", "SELECT nope, amount AS x, order_id AS X\n  FROM source.orders", "source.orders"
        ),
        "seeknal/b.yml": transform("b", "SELECT order_id FROM source.orders"),
        "seeknal/c.yml": transform("c", "SELECT 1 AS one FORM\n  nowhere", "source.orders"),
        "seeknal/d.yml": transform("d", "SELECT 1 AS a UNION SELECT 1 AS a, 2 AS b"),
        "seeknal/e.yml": "kind: exposure\nname: e\ntype: file\npath: x/y\npartition_by: [gone]\n"
        "inputs: [source.orders]\n",
        "seeknal/f.yml": transform("f", "SELECT order_id FROM source.orders", "source.orders")
        + "audits:\n  - {type: not_null, columns: [gone]}\n  - {type: custom_sql, sql: SELECT}\n",
    }  # fmt: skip
    analysis = analysed(files)
    assert analysis.manifest.problems == ()
    found = query_problems(analysis, analysis.manifest.nodes)
    assert sorted((p.node, p.code, p.place.line) for p in found) == [
        ("exposure.e", "unknown-column", 5),
        ("transform.a", "duplicate-column", 5),
        ("transform.a", "unknown-column", 6),
        ("transform.b", "undeclared-input", 5),
        ("transform.c", "sql-syntax", 6),
        ("transform.d", "uneven-union", 4),
        ("transform.f", "sql-no-columns", 9),
        ("transform.f", "unknown-column", 8),
    ]
    assert all(p.fix for p in found)


def test_a_node_whose_columns_are_unknown_is_a_warning_with_the_reason() -> None:
    analysis = analysed(
        {
            "seeknal/s.yml": "kind: source\nname: raw\nsource: csv\ntable: r.csv\n",
            "seeknal/a.yml": transform("a", "SELECT * FROM source.raw", "source.raw"),
        }
    )
    assert [(p.node, p.message.split(": ", 1)[1]) for p in unknown_columns(analysis)] == [
        ("source.raw", "the source declares no `schema:`"),
        ("transform.a", "`*` stands for the columns of an input whose columns are unknown"),
    ]
