"""A node that is switched off, and keeps its last build, or switched on again."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding if the switch changed. Off changes no rows; on, the node catches up."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    before, after = context.both
    if before.active == after.active:
        return
    place = after.place_of("active")
    if after.active:
        message = "Switched on: it is built again"
        yield Finding(RULE.id, Category.NON_BREAKING, message, fix="nothing", place=place)
    else:
        message = "Switched off: it is no longer built, and its last build stays"
        fix = "make sure that its readers can live with rows that grow old"
        yield Finding(RULE.id, Category.METADATA, message, fix=fix, place=place)


RULE = Rule("active-changed", Category.NON_BREAKING, check)
