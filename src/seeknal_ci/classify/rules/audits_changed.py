"""Audits added, removed or changed: rows stay, what is held true of them may not."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Finding
from seeknal_ci.model.spec import Json


def check(context: Context) -> Iterator[Finding]:
    """One finding; it says so where an audit that base has is gone or no longer an error."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    if "audits" not in context.changed_fields:
        return
    before, after = (node.definition.get("audits") for node in context.both)
    weaker = any(audit not in _strict(after) for audit in _strict(before))
    message = "Audits changed"
    if weaker:
        message = "Audits weakened: one that was held before is gone, or changed"
    yield Finding(
        RULE.id,
        RULE.category,
        message,
        fix="make sure that this is meant" if weaker else "nothing",
        place=context.node.place_of("audits"),
    )


def _strict(audits: Json) -> list[Json]:
    """The audits that stop a promotion."""
    if not isinstance(audits, list):
        return []
    return [a for a in audits if not (isinstance(a, dict) and a.get("severity") == "warn")]


RULE = Rule("audits-changed", Category.METADATA, check)
