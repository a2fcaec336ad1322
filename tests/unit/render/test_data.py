"""The data diff in every report: its goldens, its schema, its size, and names that draw."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace

import pytest

from seeknal_ci.model.data_diff import (
    ColumnDiff,
    ColumnValues,
    DataDiff,
    Depth,
    DistinctRows,
    KeyedRows,
    NodeDiff,
    RepeatedKey,
)
from seeknal_ci.model.spec import Column
from seeknal_ci.render.compose import comment_view
from seeknal_ci.render.data_words import facts
from seeknal_ci.render.documents import apply_document, json_schema, plan_document, to_json
from seeknal_ci.render.fit import grouped, smaller
from seeknal_ci.render.markdown import COMMENT_BYTES, render_comment, render_summary
from seeknal_ci.render.run_text import run_text
from seeknal_ci.render.text import plan_text
from seeknal_ci.render.views import Checked, CommentView, Evidence
from tests.conftest import Golden
from tests.support.data_diffs import BROKEN, COUNTED, EMPTIED, FULL, KEYED, NEW, UNCHANGED
from tests.support.reports import discount_report, plan_for, run_for
from tests.unit.render.reading import outside_code
from tests.unit.render.samples import of_version_zero
from tests.unit.render.test_fit import is_whole

jsonschema = importlib.import_module("jsonschema")  # it has no types

REPORT = discount_report()
PLAN = plan_for(REPORT)
ALL = {"full": FULL, "counts": COUNTED, "broken": BROKEN}
HOSTILE = "`a` | <b> @team\n::error::[x](y) \x1b[31m"


def view_of(data: DataDiff) -> CommentView:
    """A comment with little in it but the data."""
    return comment_view(REPORT, evidence=Evidence(plan=PLAN, data=data))


def wide(nodes: int, columns: int) -> DataDiff:
    """Nodes of which every column differs."""
    before, after = ColumnValues(0, 10), ColumnValues(1, 11)
    found = tuple(
        replace(
            KEYED,
            node=f"transform.model_{node:04}",
            columns=tuple(
                ColumnDiff(f"column_{n:04}", before, after, changed=1) for n in range(columns)
            ),
        )
        for node in range(nodes)
    )
    return DataDiff(Depth.FULL, "prod", found)


@pytest.mark.parametrize("name", ALL)
def test_a_run_says_how_its_data_differ(golden: Golden, name: str) -> None:
    golden(f"render/data_{name}.txt", run_text(run_for(PLAN), ALL[name]))


@pytest.mark.parametrize("name", ALL)
def test_a_comment_says_how_its_data_differ(golden: Golden, name: str) -> None:
    golden(f"render/data_{name}.md", render_comment(of_version_zero(view_of(ALL[name]))))


def test_a_run_as_json(golden: Golden) -> None:
    golden(
        "render/data_full.json",
        to_json({"data_diff": apply_document(run_for(PLAN), FULL)["data_diff"]}),
    )


@pytest.mark.parametrize("name", ALL)
def test_documents_keep_to_their_schemas(name: str) -> None:
    documents = {
        "plan": plan_document(PLAN, ALL[name]),
        "apply": apply_document(run_for(PLAN), ALL[name]),
    }
    for schema, document in documents.items():
        validator = jsonschema.Draft202012Validator(json_schema(schema))
        validator.validate(json.loads(to_json(document)))


def test_both_schemas_have_one_data_diff() -> None:
    plan, apply = (json_schema(name)["$defs"] for name in ("plan", "apply"))
    for part in ("data_diff", "data_node", "data_column"):
        assert plan[part] == apply[part]


def test_a_plan_says_what_is_built_of_it() -> None:
    text = plan_text(PLAN, COUNTED)
    assert "  source.inventory  12 → 0 rows (now empty)" in text
    assert "1 node is not built yet: `aggregation.daily_sales`" in text


def test_nothing_is_said_where_there_is_nothing() -> None:
    nothing = DataDiff(Depth.COUNTS, "prod", unbuilt=("transform.a",))
    assert plan_text(PLAN, nothing) == plan_text(PLAN)
    assert "#### Data" not in render_comment(view_of(DataDiff(Depth.FULL, "prod")))


def test_of_a_first_run_only_the_sums_are_told() -> None:
    first = DataDiff(Depth.COUNTS, "prod", (NEW, replace(NEW, node="source.new")))
    assert "\n  2 nodes new, with 14 rows\n" in run_text(run_for(PLAN), first)


def test_the_loudest_comes_first_and_the_same_is_counted() -> None:
    data = DataDiff(Depth.FULL, "prod", (KEYED, EMPTIED, NEW, UNCHANGED))
    rows = [row.node for row in view_of(data).data.shown]
    assert rows == ["source.inventory", "transform.clean_orders", "transform.regions"]
    assert view_of(data).data_notes[0] == "1 other build has the same rows as before"


@pytest.mark.parametrize(
    ("data", "states"),
    [
        (COUNTED, [("row counts", "checked", None), ("values", "not checked", "not asked for")]),
        (FULL, [("row counts", "checked", None), ("values", "unknown", "1 node not compared")]),
        (
            BROKEN,
            [("row counts", "unknown", BROKEN.problem), ("values", "unknown", BROKEN.problem)],
        ),
        (None, [(name, "not checked", "not asked for") for name in ("row counts", "values")]),
    ],
    ids=["counts", "full", "broken", "off"],
)
def test_what_was_not_looked_at_is_said(
    data: DataDiff | None, states: list[tuple[str, str, str | None]]
) -> None:
    checked = comment_view(REPORT, evidence=Evidence(data=data)).checked
    for section, state, why in states:
        assert any(Checked(c.sections, state, why) == c and section in c.sections for c in checked)


@pytest.mark.parametrize(("nodes", "columns"), [(1, 500), (60, 60), (1_000, 40)])
def test_any_comparison_fits(nodes: int, columns: int) -> None:
    view = view_of(wide(nodes, columns))
    comment = render_comment(view)

    assert len(comment.encode()) <= COMMENT_BYTES
    assert all(is_whole(render_comment(form)) for form in smaller(grouped(view)))
    if nodes == 1:
        assert "470 more columns" in comment
    assert f"{nodes:,} with other values" not in comment
    assert "#### Data, compared with production" in comment
    assert "column\\_0001" not in render_summary(view)


def test_names_stay_names() -> None:
    column = Column(HOSTILE, HOSTILE)
    hostile = NodeDiff(
        HOSTILE,
        1,
        2,
        added=(column,),
        removed=(column,),
        columns=(ColumnDiff(HOSTILE, None, ColumnValues(1, 1), changed=1),),
        distinct=DistinctRows(1, 2, 0, 1, 1),
        absent_key=(HOSTILE,),
        other_sources=(HOSTILE,),
        not_compared=HOSTILE,
    )
    data = DataDiff(Depth.FULL, HOSTILE, (hostile, replace(hostile, absent_key=())))
    comment = render_comment(view_of(data))
    text = run_text(run_for(PLAN), data)

    assert is_whole(comment)
    assert "@team" not in outside_code(comment)
    assert "<b>" not in outside_code(comment)
    assert "\x1b" not in comment + text
    assert not any(line.startswith("::") for line in text.splitlines())


@pytest.mark.parametrize(
    ("diff", "said"),
    [
        (
            NodeDiff("t", 2, 2, keyed=KeyedRows(("a", "b"), 0, 0, 0)),
            ["by `a`, `b`: the same rows"],
        ),
        (
            NodeDiff("t", 2, 2, distinct=DistinctRows(2, 2, 0, 0, 0)),
            ["the same rows, compared as a whole, as no key is declared"],
        ),
        (
            NodeDiff("t", 2, 3, distinct=DistinctRows(2, 2, 0, 0, 1), absent_key=("a",)),
            [
                "distinct rows: 2, 0 only before, 0 only after, 1 repeated another number of times,"
                " as the key `a` is not on both sides with one type"
            ],
        ),
        (
            NodeDiff(
                "t",
                2,
                3,
                distinct=DistinctRows(2, 3, 0, 1, 0),
                repeated_key=RepeatedKey(("a",), 1, 2),
            ),
            [
                "distinct rows: 2 → 3, 0 only before, 1 only after, as `a` is not unique (1 row too"
                " many before, 2 after)"
            ],
        ),
    ],
)
def test_sentences(diff: NodeDiff, said: list[str]) -> None:
    assert list(facts(diff)) == said
