"""A node that follows an input to its new name."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding for each input that is read by its new name."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    before, after = context.both
    if context.is_rule:
        return
    places = {edge.ref: edge.place for edge in after.inputs}
    for edge in before.inputs:
        new = context.renames.get(edge.ref)
        if new in places and new is not None:
            yield Finding(
                RULE.id,
                RULE.category,
                f"Reads `{new}`, until now named `{edge.ref}`",
                fix="nothing; it is built again under the new name of its input",
                place=places[new],
            )


RULE = Rule("input-renamed", Category.NON_BREAKING, check)
