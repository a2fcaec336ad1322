"""Reports and plans in the format asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seeknal_ci.commands.prepare import Compared
    from seeknal_ci.model.data_diff import DataDiff
    from seeknal_ci.model.plan import Plan
    from seeknal_ci.model.run import RunReport
    from seeknal_ci.render.views import CommentView

FORMATS = ("text", "markdown", "json", "github")


def report_as(compared: Compared, output: str, *, color: bool) -> str:
    """A comparison as text, Markdown, JSON or workflow commands."""
    if output == "json":
        from seeknal_ci.render.documents import diff_document, to_json

        return to_json(diff_document(compared.report))
    if output == "github":
        from seeknal_ci.render.annotations import workflow_commands

        return workflow_commands(compared.report)
    if output == "markdown":
        from seeknal_ci.render.markdown import render_comment

        return render_comment(view_of(compared))
    from seeknal_ci.render.text import diff_text

    return diff_text(compared.report, color=color)


def plan_as(
    plan: Plan, compared: Compared, output: str, data: DataDiff | None = None, *, color: bool
) -> str:
    """A plan as text, Markdown, JSON or workflow commands."""
    if output == "json":
        from seeknal_ci.render.documents import plan_document, to_json

        return to_json(plan_document(plan, data))
    if output == "markdown":
        from seeknal_ci.render.markdown import render_comment

        return render_comment(view_of(compared, plan, data))
    if output == "github":
        return report_as(compared, output, color=color)
    from seeknal_ci.render.text import plan_text

    return plan_text(plan, data, color=color)


def run_as(run: RunReport, output: str, data: DataDiff | None = None, *, color: bool) -> str:
    """A run as text or JSON."""
    if output == "json":
        from seeknal_ci.render.documents import apply_document, to_json

        return to_json(apply_document(run, data))
    from seeknal_ci.render.run_text import run_text

    return run_text(run, data, color=color)


def view_of(
    compared: Compared, plan: Plan | None = None, data: DataDiff | None = None
) -> CommentView:
    """What a comment would say of a comparison that nobody has built yet."""
    from seeknal_ci.render.compose import comment_view
    from seeknal_ci.render.mermaid import graph_of
    from seeknal_ci.render.views import Evidence

    evidence = Evidence(
        plan=plan,
        data=data,
        overlaps=plan.overlaps if plan else (),
        graph=graph_of(compared.report, edges_of(compared)),
    )
    return comment_view(compared.report, evidence=evidence)


def edges_of(compared: Compared) -> Mapping[str, tuple[str, ...]]:
    """Node id to its inputs, in head; for nodes that are gone, in base."""
    return {**compared.base.manifest.upstream, **compared.head.manifest.upstream}
