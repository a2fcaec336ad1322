"""A node that reads one input more."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding for all inputs that are new, those that were renamed left out."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    before, after = context.both
    if context.is_rule:
        return
    had = {context.renames.get(edge.ref, edge.ref) for edge in before.inputs}
    new = [edge.ref for edge in after.inputs if edge.ref not in had]
    if new:
        yield Finding(
            RULE.id,
            RULE.category,
            f"Added input {listed(new)}",
            fix="nothing; the node is now built after it",
            place=after.place_of("inputs"),
        )


RULE = Rule("input-added", Category.NON_BREAKING, check)
