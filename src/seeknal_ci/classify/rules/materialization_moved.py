"""A table that the node is also written to, elsewhere: its readers are outside the project."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.node import Node
from seeknal_ci.model.report import ChangeKind, Finding

FIELDS = ("materialization", "materializations")
TARGET = ("type", "connection", "table")


def check(context: Context) -> Iterator[Finding]:
    """One finding if a target that base has is gone; a new one, or another mode, is no move."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    before, after = context.both
    if any(target not in _targets(after) for target in _targets(before)):
        field = next((key for key in FIELDS if key in after.definition), "name")
        yield Finding(
            RULE.id,
            RULE.category,
            "A table that the node was also written to is no longer written",
            fix="tell those who read that table, then acknowledge it",
            place=after.place_of(field),
        )


def _targets(node: Node) -> list[list[str]]:
    values = [node.definition.get(key) for key in FIELDS]
    items = [i for value in values for i in (value if isinstance(value, list) else [value])]
    return sorted(
        [str(item.get(part)) for part in TARGET] for item in items if isinstance(item, dict)
    )


RULE = Rule("materialization-moved", Category.BREAKING, check)
