"""A node that no longer reads one of its inputs."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding for all inputs that are gone, those that were renamed left out."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    before, after = context.both
    if context.is_rule:
        return
    kept = {edge.ref for edge in after.inputs}
    gone = [e.ref for e in before.inputs if context.renames.get(e.ref, e.ref) not in kept]
    if gone:
        yield Finding(
            RULE.id,
            RULE.category,
            f"Removed input {listed(gone)}",
            fix="make sure that the columns that came from it are still what readers expect",
            place=after.place_of("inputs"),
        )


RULE = Rule("input-removed", Category.BREAKING, check)
