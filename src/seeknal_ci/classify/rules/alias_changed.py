"""A view under another name in every environment: who queries the old name finds nothing."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.node import Node
from seeknal_ci.model.report import ChangeKind, Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding if the alias changed, came or went."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    before, after = (_shown_as(node) for node in context.both)
    if before != after:
        yield Finding(
            RULE.id,
            RULE.category,
            f"Its view is renamed: `{before}` → `{after}`",
            fix="tell those who query it by its old name, then acknowledge it",
            place=context.node.place_of("alias"),
        )


def _shown_as(node: Node) -> str:
    return str(node.definition.get("alias") or node.name)


RULE = Rule("alias-changed", Category.BREAKING, check)
