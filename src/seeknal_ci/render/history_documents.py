"""Promotions and rollbacks as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from seeknal_ci.model.environment import Environment, Promotion
from seeknal_ci.render.documents import SCHEMA_VERSION, Document, to_json


def history_json(promotions: Sequence[Promotion], production: Environment | None) -> str:
    """All promotions, the newest first, and what production shows."""
    held = None
    if production is not None:
        held = {"environment": production.name, "commit": production.commit}
    return to_json(
        {
            "schema_version": SCHEMA_VERSION,
            "production": held,
            "promotions": [_promotion(promotion) for promotion in promotions],
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


def _time(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
