"""The comment: its goldens, its marker, and what a project's own template can and cannot do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.report import Report
from seeknal_ci.render.compose import comment_view
from seeknal_ci.render.markdown import render_comment
from seeknal_ci.render.views import CommentView
from tests.conftest import Golden
from tests.support.reports import (
    description_report,
    discount_report,
    rename_report,
    unchanged_report,
)
from tests.unit.render.samples import built_view, failed_view, of_version_zero, unbuilt_view


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("discount_pct", built_view(discount_report())),
        ("customer_id", unbuilt_view(rename_report())),
        ("description", built_view(description_report())),
        ("unchanged", comment_view(unchanged_report())),
        ("failed", failed_view()),
    ],
)
def test_comments(golden: Golden, name: str, view: CommentView) -> None:
    golden(f"render/{name}.md", render_comment(of_version_zero(view)))


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (rename_report(), "🔴 **1 BREAKING — 1 downstream node breaks, 3 blocked"),
        (discount_report(), "🔵 **1 NON_BREAKING — 3 downstream nodes rebuild"),
        (description_report(), "⚪ **1 METADATA — nothing to rebuild"),
        (unchanged_report(), "🟢 **No pipeline node changed**"),
    ],
)
def test_the_first_visible_line_is_the_verdict(report: Report, line: str) -> None:
    assert render_comment(comment_view(report)).split("\n")[1].startswith(line)


def test_errors_come_before_everything() -> None:
    error = Problem(Place("seeknal/a.yml", 9), "unknown-ref", "reads `x`", "add `x`")
    comment = render_comment(comment_view(replace(rename_report(), errors=(error,))))
    order = ["**1 error", "seeknal/a.yml:9", "What to do now", "#### Breaking changes"]
    assert [comment.index(text) for text in order] == sorted(comment.index(t) for t in order)
    assert "**Unknown**: changes (1 error in the project's files)" in comment


def test_without_addresses_nothing_is_a_link() -> None:
    assert "](" not in render_comment(comment_view(rename_report()))


def test_a_template_of_the_project_replaces_one_block() -> None:
    template = (
        '{% extends "comment.md.j2" %}'
        "{% block verdict %}Team Data: {{ super() }}{% endblock %}"
        "{% block diagram %}{% endblock %}"
    )
    comment = render_comment(unbuilt_view(rename_report()), template)
    assert comment.split("\n")[1].startswith("Team Data: 🔴 **1 BREAKING")
    assert "mermaid" not in comment
    assert "#### Breaking changes" in comment


def test_a_template_may_stand_alone() -> None:
    template = (
        "{{ marker }}\n{% macro name(row) %}{{ row.nodes[0] | code }}{% endmacro %}"
        "{% for row in view.breaking.shown %}{{ name(row) }}: {{ loop.index }}{% endfor %}"
    )
    comment = render_comment(unbuilt_view(rename_report()), template)
    assert comment.split("\n")[1] == "`source.orders`: 1"


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("{{ marker }}\n{{ view.headline }}", "a text is printed without a filter"),
        ("{{ marker }}\n{{ view.headline | upper }}", "a text is printed without a filter"),
        ("{{ marker }}\n{{ view.headline | safe }}", "a text is printed without a filter"),
        ("{{ marker }}\n{{ marker ~ view.headline }}", "a text is printed without a filter"),
        ("{{ marker }}\n{{ view.diagram }}", "a Diagram is printed without a filter"),
        ("{{ marker }}\n{{ view.errors | prose }}", "a Rows stands where a text should"),
        ("{{ marker }}\n{{ view.nothing }}", "no attribute 'nothing'"),
        ("{{ marker }}\n{{ view.nothing | prose }}", "no attribute 'nothing'"),
        ("{{ marker }}\n{{ view.__class__ | prose }}", "access to attribute '__class__'"),
        ("{{ marker }}\n{% for %}", "Expected"),
        ("{{ marker }}\n{{ 1 // 0 }}", "division"),
        ('{% extends "other.md.j2" %}', "there is no template named other.md.j2"),
        ("No marker at all", "does not begin with the marker"),
        ("First me\n{{ marker }}", "does not begin with the marker"),
        ('{% extends "comment.md.j2" %}{% block marker %}{% endblock %}', "the marker"),
        ("{{ marker }}\n{% for i in range(99) %}{{ i }}" + 999 * "x" + "{% endfor %}", "bytes"),
    ],
)
def test_a_template_that_does_not_work_is_refused(template: str, complaint: str) -> None:
    with pytest.raises(SeeknalCiError) as refusal:
        render_comment(unbuilt_view(rename_report()), template)
    assert complaint in refusal.value.what
    assert refusal.value.fix


def test_a_refused_template_names_its_line() -> None:
    with pytest.raises(SeeknalCiError) as refusal:
        render_comment(unbuilt_view(rename_report()), "{{ marker }}\n\n{{ view.headline }}")
    assert refusal.value.where == "line 3 of the template"
