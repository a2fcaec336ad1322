"""The action's outputs, by the names that action.yml gives them."""

from __future__ import annotations

from seeknal_ci.commands.action import ActionResult
from seeknal_ci.model.report import Report
from seeknal_ci.naming import schema_name


def outputs_of(result: ActionResult, production: str) -> dict[str, str]:
    """Name to value; what does not apply to the run is left out."""
    values: dict[str, str] = {}
    if result.compared is not None:
        values |= _counts(result.compared.report)
    if result.environment is not None:
        values["environment"] = result.environment
        values["schema"] = schema_name(result.environment, production)
    plan = result.applied.plan if result.applied else None
    if result.promoted is not None:
        plan = result.promoted.plan
        values |= _counts(result.promoted.compared.report)
        run = result.promoted.run
        if run is not None and run.published and plan.commit:
            values["promoted-commit"] = plan.commit
    if plan is not None:
        values["plan-digest"] = plan.digest
    values["result"] = word_for(result)
    return values


def word_for(result: ActionResult) -> str:
    """What came of the run, in one word."""
    if result.promoted is not None:
        if result.promoted.exit_code:
            return "failed"
        return "promoted" if result.promoted.promotion else "unchanged"
    if result.collected is not None and result.collected.failed:
        return "failed"
    if result.collected is not None and (result.collected.environments or result.collected.tables):
        return "dropped"
    if result.compared is None:
        return "dropped" if result.dropped else "nothing"
    if result.compared.report.errors:
        return "errors"
    if result.failed is not None or (result.applied is not None and result.applied.exit_code):
        return "failed"
    category = result.compared.report.category
    return "unchanged" if category is None else category.name.lower()


def _counts(report: Report) -> dict[str, str]:
    summary = report.summary
    return {
        "has-changes": _flag(bool(report.changes)),
        "has-breaking": _flag(bool(summary.breaking or summary.downstream_breaking)),
        "breaking-count": str(summary.breaking),
        "non-breaking-count": str(summary.non_breaking),
        "metadata-count": str(summary.metadata),
    }


def _flag(value: bool) -> str:
    return "true" if value else "false"
