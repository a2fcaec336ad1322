"""Runs, promotions and rollbacks as JSON."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from seeknal_ci.model.environment import Environment, Promotion
from seeknal_ci.model.execution import Execution, ExecutionStatus, RunSummary
from seeknal_ci.model.history import History, RunTree
from seeknal_ci.render.documents import SCHEMA_VERSION, Document, to_json


def history_json(found: History) -> str:
    """Runs and promotions, each the newest first, and what production shows."""
    held = None
    if found.production is not None:
        held = {"environment": found.production.name, "commit": found.production.commit}
    promoted = {promotion.id for promotion in found.promotions}
    return to_json(
        {
            "schema_version": SCHEMA_VERSION,
            "production": held,
            "promotions": [_promotion(promotion) for promotion in found.promotions],
            "runs": [_summary(one, promoted) for one in found.runs],
        }
    )


def run_json(tree: RunTree) -> str:
    """A run, and all that it is made of, by the time when it began."""
    return to_json(
        {
            "schema_version": SCHEMA_VERSION,
            "run": _run(tree.run),
            "promotion": None if tree.promotion is None else _promotion(tree.promotion),
            "executions": [_execution(one) for one in tree.executions[1:]],
            "failed": [one.id for one in tree.leaves],
        }
    )


def rollback_json(
    before: Environment,
    target: Promotion,
    moved: Sequence[str],
    files: Sequence[str],
    promotion: Promotion | None,
) -> str:
    """Where production went back to; `promotion` is null where nothing was moved."""
    return to_json(
        {
            "schema_version": SCHEMA_VERSION,
            "environment": before.name,
            "from_commit": before.commit,
            "to": _promotion(target),
            "nodes": list(moved),
            "files_kept": list(files),
            "promotion": None if promotion is None else promotion.id,
        }
    )


def _promotion(promotion: Promotion) -> Document:
    return {
        "promotion": promotion.id,
        "from_commit": promotion.from_commit,
        "to_commit": promotion.to_commit,
        "dirty": promotion.dirty,
        "digest": promotion.digest,
        "actor": promotion.actor,
        "finished_at": _time(promotion.finished_at),
        "nodes": len(promotion.nodes),
        "acknowledgements": [
            {"node": a.node, "by": a.by, "how": a.how, "reason": a.reason}
            for a in promotion.acknowledgements
        ],
    }


def _summary(summary: RunSummary, promoted: Collection[str]) -> Document:
    run = summary.run
    counts = {status.value.lower(): summary.nodes.get(status, 0) for status in ExecutionStatus}
    return {
        **_run(run),
        "promotion": run.id if run.id in promoted else None,
        "nodes": counts,
        "rows_written": summary.rows_written,
        "failed": [
            {"node": one.pipeline, "error_class": one.error_class, "message": one.message}
            for one in summary.failed
        ],
    }


def _run(run: Execution) -> Document:
    return {
        "run": run.id,
        "command": run.command,
        "environment": run.environment,
        "commit": run.commit,
        "status": run.status.value,
        "started_at": _instant(run.started_at),
        "ended_at": None if run.ended_at is None else _instant(run.ended_at),
        "seconds": _seconds(run),
        "message": run.message,
        "worker": run.worker,
    }


def _execution(one: Execution) -> Document:
    return {
        "execution": one.id,
        "parent": one.parent_id,
        "level": one.level.value,
        "node": one.pipeline,
        "attempt": one.attempt,
        "status": one.status.value,
        "skip_reason": one.skip_reason,
        "started_at": _instant(one.started_at),
        "ended_at": None if one.ended_at is None else _instant(one.ended_at),
        "seconds": _seconds(one),
        "rows_written": one.rows_written,
        "total_rows": one.total_rows,
        "error_class": one.error_class,
        "retriable": one.retriable,
        "message": one.message,
        "worker": one.worker,
    }


def _seconds(execution: Execution) -> float | None:
    return None if execution.seconds is None else round(execution.seconds, 3)


def _instant(moment: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _time(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
