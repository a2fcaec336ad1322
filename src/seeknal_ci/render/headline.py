"""The first line of a report: what changed, what that does downstream, and what was built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Impact, Report
from seeknal_ci.render.escape import code_span
from seeknal_ci.render.wording import duration, plural

if TYPE_CHECKING:
    from seeknal_ci.model.plan import Plan
    from seeknal_ci.model.run import RunReport


def verdict_of(report: Report) -> str:
    """`errors`, a category, or `none`."""
    if report.errors:
        return "errors"
    return "none" if report.category is None else str(report.category)


def headline(report: Report, plan: Plan | None = None, run: RunReport | None = None) -> str:
    """`2 BREAKING · 3 NON_BREAKING — 7 downstream nodes rebuild; environment pr_42 ready in 38 s`.

    One sentence for all reports: the environment's name stands between backticks.
    """
    what = " · ".join(_counts(report)) or "No pipeline node changed"
    what_follows = "; ".join(_consequences(report, plan, run))
    return f"{what} — {what_follows}" if what_follows else what


def _counts(report: Report) -> Iterator[str]:
    summary = report.summary
    if summary.errors:
        yield plural(summary.errors, "error")
    for count, category in (
        (summary.breaking, Category.BREAKING),
        (summary.non_breaking, Category.NON_BREAKING),
        (summary.metadata, Category.METADATA),
    ):
        if count:
            yield f"{count:,} {category}"


def _consequences(report: Report, plan: Plan | None, run: RunReport | None) -> Iterator[str]:
    if downstream := _downstream(report):
        yield downstream
    if report.changes and not report.summary.rebuild:
        yield "nothing to rebuild"
    if run is not None:
        yield _built(run)
    elif plan is not None and report.summary.rebuild:
        yield f"environment {code_span(plan.environment)} not built"


def _downstream(report: Report) -> str:
    impacts = [item.impact for item in report.downstream if item.rebuilt]
    spared = impacts.count(Impact.UNAFFECTED)
    rebuilt = impacts.count(Impact.REBUILDS) + spared
    parts = [
        (impacts.count(Impact.BREAKS), "breaks", "break"),
        (impacts.count(Impact.BLOCKED), "is blocked", "are blocked"),
        (rebuilt, "rebuilds", "rebuild"),
        (spared, "unaffected", "unaffected"),
    ]
    said = [(n, one if n == 1 else many) for n, one, many in parts if n]
    if not said:
        return ""
    (count, verb), *rest = said
    first = f"{plural(count, 'downstream node')} {verb}"
    return ", ".join([first, *(f"{n:,} {v.removeprefix('are ')}" for n, v in rest)])


def _built(run: RunReport) -> str:
    from seeknal_ci.model.run import Status  # a comparison has no run

    name = f"environment {code_span(run.environment)}"
    failed, skipped = len(run.of(Status.FAILED)), len(run.of(Status.SKIPPED))
    if failed:
        what = f"{failed:,} of {plural(len(run.results), 'node')} failed"
        return f"{name} not updated, {what}" + (f", {skipped:,} skipped" if skipped else "")
    if run.status is Status.CANCELLED:
        return f"{name} not updated, the run was cancelled"
    if not run.published:
        return f"{name} not updated"
    return f"{name} ready in {duration(run.seconds)}"
