"""However large a report is, the comment fits and stays whole; the summary says it all."""

from __future__ import annotations

import json

import pytest

from seeknal_ci.model.report import Report
from seeknal_ci.render.compose import comment_view
from seeknal_ci.render.fit import grouped, smaller
from seeknal_ci.render.markdown import (
    COMMENT_BYTES,
    SUMMARY_BYTES,
    render_comment,
    render_summary,
)
from seeknal_ci.render.mermaid import graph_of
from seeknal_ci.render.todo import MANY
from seeknal_ci.render.views import CommentView, Evidence
from tests.support.reports import huge_report, rename_report, with_name
from tests.unit.render.reading import outside_code, tables
from tests.unit.render.samples import LINKS, unbuilt_view


def view_of(report: Report) -> CommentView:
    """A report with its graph and links."""
    return comment_view(report, evidence=Evidence(graph=graph_of(report, {})), links=LINKS)


def is_whole(markdown: str) -> bool:
    """Whether every row has its table's cells, and every block its end."""
    square = all(len({len(row) for row in table}) == 1 for table in tables(markdown))
    plain = outside_code(markdown)
    folded = plain.count("<details") == plain.count("</details>")
    fences = sum(line.startswith("```") for line in markdown.split("\n"))
    return square and folded and fences % 2 == 0


@pytest.mark.parametrize("size", [1, 5, 17, 200, 2_000])
def test_any_number_of_changes_fits(size: int) -> None:
    comment = render_comment(view_of(huge_report(size)))
    assert len(comment.encode()) <= COMMENT_BYTES
    assert is_whole(comment)


def test_every_reduction_leaves_a_whole_comment() -> None:
    view = view_of(huge_report(400))
    forms = [render_comment(form) for form in smaller(grouped(view))]
    assert len(forms) > 5
    assert all(is_whole(form) for form in forms)


def test_two_thousand_changes_are_told_by_rule_and_count() -> None:
    view = grouped(view_of(huge_report(2_000)))
    assert len(view.breaking.shown) == 10
    assert sum(row.count for row in view.breaking.shown) == 667
    comment = render_comment(view_of(huge_report(2_000)))
    assert "**667 BREAKING · 667 NON_BREAKING · 666 METADATA" in comment
    assert "**67 findings**" in comment
    assert "+642 more in the job summary." in comment


def test_what_was_left_out_is_in_the_marker() -> None:
    def truncated(size: int) -> bool:
        marker = render_comment(view_of(huge_report(size))).split("\n")[0]
        fields = json.loads(marker.removeprefix("<!-- seeknal-ci ").removesuffix(" -->"))
        return bool(fields["truncated"])

    assert not truncated(3)
    assert truncated(2_000)


def test_five_findings_of_a_rule_are_rows_and_six_are_one() -> None:
    for size, rows in ((10 * MANY * 3, MANY * 10), (10 * (MANY + 1) * 3, 10)):
        assert len(grouped(view_of(huge_report(size))).breaking.shown) == rows


def test_the_summary_has_every_finding() -> None:
    summary = render_summary(view_of(huge_report(2_000)))
    assert len(summary.encode()) <= SUMMARY_BYTES
    assert is_whole(summary)
    cells = [row[0] for table in tables(summary) for row in table]
    assert sum("`transform.model_" in cell for cell in cells) == 2_000


def test_the_smallest_form_keeps_the_verdict_and_what_to_do() -> None:
    comment = render_comment(unbuilt_view(rename_report()), smallest=True)
    assert "**1 BREAKING" in comment
    assert "What to do now" in comment
    assert "mermaid" not in comment
    assert len(comment.encode()) < 2_000


def test_names_of_any_length_fit() -> None:
    report = with_name(rename_report(), "n$@|`" * 20_000)
    comment = render_comment(comment_view(report, links=LINKS))
    assert len(comment.encode()) <= COMMENT_BYTES
    assert is_whole(comment)


@pytest.mark.parametrize(
    "name",
    [
        "a|b",
        "`|`",
        "</details>",
        "x\n\n| a | b |\n|---|---|",
        "@everyone #1",
        "<script>alert(1)</script>",
        "<!-- seeknal-ci {} -->",
        "-->",
        "{{ 7 * 7 }}",
        "[x](javascript:alert(1))",
        "\u202egnp.exe",
        "```\n# heading",
    ],
)
def test_a_hostile_name_changes_no_structure(name: str) -> None:
    def shape(report: Report) -> list[list[int]]:
        comment = render_comment(unbuilt_view(report))
        assert is_whole(comment)
        assert outside_code(comment).count("<!--") == 1
        return [[len(row) for row in table] for table in tables(comment)]

    assert shape(with_name(rename_report(), name)) == shape(with_name(rename_report(), "name"))
