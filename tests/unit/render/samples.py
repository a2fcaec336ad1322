"""Comment views for tests: the three reports of the tutorial with all that can be known."""

from __future__ import annotations

from dataclasses import replace

from seeknal_ci.model.environment import Overlap
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem, Severity
from seeknal_ci.model.report import Report
from seeknal_ci.model.run import RunReport, SkipReason, Status, StepResult
from seeknal_ci.render.compose import comment_view
from seeknal_ci.render.mermaid import graph_of
from seeknal_ci.render.views import (
    Check,
    CheckStatus,
    CommentView,
    Evidence,
    Links,
    Section,
)
from tests.support.data_diffs import COUNTED, FULL, UNTOUCHED
from tests.support.reports import (
    UPSTREAM,
    discount_report,
    environment_for,
    place,
    plan_for,
    run_for,
    unchanged_report,
)

LINKS = Links(
    docs="https://docs.example/rules/",
    files="https://git.example/shop/blob/9ab41c7/",
    base_files="https://git.example/shop/blob/1f0c9d2/",
    run="https://git.example/shop/actions/runs/7",
)


def view_called(comment_id: str) -> CommentView:
    """The smallest view there is, with an id."""
    return comment_view(unchanged_report(), comment_id=comment_id)


def built_view(report: Report) -> CommentView:
    """A report of which an environment was built and checked."""
    plan = plan_for(report)
    evidence = Evidence(
        plan=plan,
        run=run_for(plan),
        environment=environment_for(plan),
        graph=graph_of(report, UPSTREAM),
        checks=(
            Check("transform.clean_orders", "not_null(order_id)", CheckStatus.PASSED),
            Check("transform.clean_orders", "unique(order_id)", CheckStatus.PASSED),
        ),
        data=FULL if report.summary.rebuild else UNTOUCHED,
    )
    return comment_view(report, evidence=evidence, links=LINKS)


def unbuilt_view(report: Report) -> CommentView:
    """A report of which nothing can be built."""
    why = "a node cannot be built"
    evidence = Evidence(
        plan=plan_for(report),
        graph=graph_of(report, UPSTREAM),
        not_checked=dict.fromkeys((Section.BUILD, Section.CHECKS, Section.ROWS), why),
    )
    return comment_view(report, evidence=evidence, links=LINKS)


ERROR = Problem(
    place("source.customers", 9),
    "duplicate-key",
    "the key `owner` stands twice in one mapping",
    "remove one of the two",
)
WARNING = Problem(
    Place("seeknal/extra.yaml"),
    "yaml-suffix",
    "Seeknal itself reads only .yml",
    "rename the file to .yml",
    severity=Severity.WARNING,
)
RESULTS = (
    StepResult(
        "transform.clean_orders",
        Status.FAILED,
        attempts=3,
        seconds=2.5,
        error_class="ConversionException",
        error="Could not convert string 'abc' to INT32\nLINE 3: CAST(status AS INT)\n        ^",
    ),
    StepResult("aggregation.daily_sales", Status.SKIPPED, SkipReason.UPSTREAM_FAILED),
)
CHECKS = (
    Check("source.orders", "not_null(order_id)", CheckStatus.FAILED, "12 rows are null"),
    Check("source.orders", "row_count", CheckStatus.WARNED, "only 3 rows"),
    Check("source.customers", "unique(id)", CheckStatus.PASSED),
)


def failed_view() -> CommentView:
    """A second project of a repository, with an error, a warning, and a build that failed."""
    report = replace(discount_report(), errors=(ERROR,), warnings=(WARNING,))
    plan = plan_for(report)
    evidence = Evidence(
        plan=plan,
        run=RunReport("0195-run", plan.environment, plan.schema, 4.0, RESULTS),
        graph=graph_of(report, UPSTREAM),
        checks=CHECKS,
        data=COUNTED,
        overlaps=(Overlap("pr_37", ("transform.clean_orders",)),),
    )
    return comment_view(
        report, evidence=evidence, links=LINKS, comment_id="shop", project="pipelines/shop"
    )


def of_version_zero(view: CommentView) -> CommentView:
    """The view as a version of the program wrote it that never changes."""
    return replace(view, provenance=replace(view.provenance, tool_version="0.0.0"))
