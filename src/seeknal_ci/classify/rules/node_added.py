"""A node that base does not have: nobody reads it yet."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding for an added node."""
    if context.change.kind is ChangeKind.ADDED and not context.is_rule:
        yield Finding(
            RULE.id,
            RULE.category,
            "The node is new",
            fix="nothing; it is built with this change",
            place=context.node.place,
        )


RULE = Rule("node-added", Category.NON_BREAKING, check)
