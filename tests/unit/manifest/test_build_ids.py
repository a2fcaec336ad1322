"""Definitions and build ids: they change if, and only if, rows or columns may."""

from __future__ import annotations

from datetime import date

import pytest

from seeknal_ci.build_id import build_ids
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.model.category import Category
from seeknal_ci.model.node import DataFile
from seeknal_ci.model.report import ChangeKind
from seeknal_ci.model.spec import TrackedSpec
from seeknal_ci.model.values import Values
from tests.support.cases import Case, all_cases
from tests.support.project import analysed, ecommerce, edited

EVERY = all_cases()


def ids(analysis: Analysis, engine: str = "duckdb") -> dict[str, str | None]:
    return build_ids(analysis, engine, {}, {})


@pytest.mark.parametrize("case", EVERY, ids=[case.id for case in EVERY])
def test_a_change_that_is_only_metadata_keeps_the_build_id_and_any_other_does_not(
    case: Case,
) -> None:
    last = {node: build_id for node, build_id in ids(case.base).items() if build_id}
    before = build_ids(case.base, "duckdb", {}, {})
    after = build_ids(case.head, "duckdb", {}, last)
    for change in case.report.changes:
        node = change.change.node
        if change.change.kind is not ChangeKind.MODIFIED or isinstance(node.spec, TrackedSpec):
            continue
        one, other = before[node.id], after[node.id]
        if None in (one, other) and node.active and one == other:
            continue  # neither side has rows, because of an input that has none, or of a circle
        same = change.category is Category.METADATA
        assert (one == other) is same, f"{node.id} is {change.category}"


@pytest.mark.parametrize("case", EVERY, ids=[case.id for case in EVERY])
def test_what_the_report_does_not_mention_keeps_its_build_id(case: Case) -> None:
    if case.report.errors or case.base.manifest.errors:
        return
    last = {node: build_id for node, build_id in ids(case.base).items() if build_id}
    before, after = ids(case.base), build_ids(case.head, "duckdb", {}, last)
    mentioned = {change.change.node.id for change in case.report.changes}
    mentioned |= {d.node.id for d in case.report.downstream if d.rebuilt}
    inactive = {n.id for n in case.head.manifest.nodes.values() if not n.active}
    for node in case.head.manifest.nodes.keys() - mentioned - inactive:
        below = case.head.manifest.upstream[node]
        if not inactive.intersection(below):
            assert after[node] == before[node], node


def test_an_id_is_a_hash_and_every_node_that_has_rows_has_its_own() -> None:
    found = ids(analysed(ecommerce()))
    assert len(set(found.values())) == 8
    assert all(build_id and len(build_id) == 64 for build_id in found.values())


def test_the_engine_and_the_dialect_are_in_the_id() -> None:
    analysis = analysed(ecommerce())
    assert not set(ids(analysis).values()) & set(ids(analysis, "postgres").values())
    other = Analysis(analysis.manifest, "postgres")
    assert not set(ids(analysis).values()) & set(ids(other).values())


def test_an_id_goes_by_the_content_of_data_and_not_by_its_name() -> None:
    analysis = analysed(
        {"seeknal/a.yml": "kind: source\nname: a\nsource: csv\ntable: 'data/*.csv'\n"}
    )

    def with_files(*files: DataFile) -> str | None:
        return build_ids(analysis, "duckdb", {"source.a": files}, {})["source.a"]

    one = with_files(DataFile("data/1.csv", "aa"), DataFile("data/2.csv", "bb"))
    assert one == with_files(DataFile("data/3.csv", "bb"), DataFile("data/4.csv", "aa"))
    assert one != with_files(DataFile("data/1.csv", "aa"))
    assert one != with_files(DataFile("data/1.csv", "aa"), DataFile("data/2.csv", "cc"))


def test_a_change_goes_down_to_every_reader_and_to_nobody_else() -> None:
    path = "seeknal/04_transform_clean_orders.yml"
    before = ids(analysed(ecommerce()))
    after = ids(analysed(edited(ecommerce(), path, "total_amount > 0\n", "total_amount > 1\n")))
    assert {node for node in before if before[node] != after[node]} == {
        "transform.clean_orders",
        "transform.customer_enriched",
        "aggregation.daily_sales",
        "exposure.warehouse_export",
    }


def test_a_node_that_is_switched_off_keeps_its_last_build() -> None:
    text = "kind: source\nname: a\nsource: csv\ntable: a.csv\nactive: false\n"
    reader = (
        "kind: transform\nname: b\ninputs: [source.a]\ntransform: SELECT 1 AS one FROM source.a\n"
    )
    analysis = analysed({"seeknal/a.yml": text, "seeknal/b.yml": reader})
    assert ids(analysis) == {"source.a": None, "transform.b": None}
    found = build_ids(analysis, "duckdb", {}, {"source.a": "last"})
    assert found["source.a"] == "last"
    assert found["transform.b"] is not None


def test_what_is_not_executed_has_no_id_and_neither_has_who_reads_it() -> None:
    files = {
        "seeknal/a.yml": "kind: model\nname: a\n",
        "seeknal/b.yml": "kind: transform\nname: b\ninputs: [model.a]\n"
        "transform: SELECT 1 AS one FROM model.a\n",
    }
    assert ids(analysed(files)) == {"model.a": None, "transform.b": None}


def test_a_graph_with_a_circle_has_no_ids() -> None:
    files = {
        f"seeknal/{one}.yml": f"kind: transform\nname: {one}\ninputs: [transform.{other}]\n"
        f"transform: SELECT 1 AS one FROM transform.{other}\n"
        for one, other in ("ab", "ba")
    }
    assert set(ids(analysed(files)).values()) == {None}


SOURCE = (
    "{kind: source, name: a, source: csv, table: a.csv, "
    "schema: [{name: x, data_type: integer}, {name: day, data_type: date}]}"
)


def id_of(sql: str, values: Values) -> str | None:
    """The build id of a transform with this SQL."""
    text = f"kind: transform\nname: b\ninputs: [{{ref: source.a}}]\ntransform: |\n  {sql}\n"
    analysis = analysed({"seeknal/a.yml": SOURCE, "seeknal/b.yml": text})
    return build_ids(analysis, "duckdb", {}, {}, values)["transform.b"]


@pytest.mark.parametrize(
    ("sql", "same"),
    [
        ("SELECT x FROM source.a WHERE day = {{ today }}", False),
        ("SELECT x FROM source.a WHERE day >= '{{ month_start }}'", True),
        ("SELECT x, '{{ run_id }}' AS run FROM source.a", True),
        ("SELECT x FROM source.a -- {{ today }}", True),
        ("WITH u AS (SELECT {{ today }} AS d) SELECT x FROM source.a", True),
        ("SELECT x FROM source.a LIMIT {{ env:MOST|9 }}", False),
        ("SELECT x FROM source.a LIMIT {{ env:OTHER|9 }}", True),
        ("SELECT x FROM source.a WHERE '{{ env:NEVER_SET }}' <> ''", True),
    ],
)
def test_another_day_or_variable_is_another_build_of_what_uses_it(sql: str, same: bool) -> None:
    one = Values(date(2024, 3, 1), {"MOST": "1"}, "run-1")
    other = Values(date(2024, 3, 2), {"MOST": "2"}, "run-2")

    assert id_of(sql, one) == id_of(sql, one)
    assert (id_of(sql, one) == id_of(sql, other)) is same


def test_an_id_does_not_tell_a_default_from_a_variable_of_its_value() -> None:
    sql = "SELECT x FROM source.a LIMIT {{ env:MOST|9 }}"

    assert id_of(sql, Values(environ={})) == id_of(sql, Values(environ={"MOST": "9"}))
