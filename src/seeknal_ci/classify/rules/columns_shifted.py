"""A CSV file whose columns change their places: who reads it by position reads another column."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.model.category import Category
from seeknal_ci.model.node import Node
from seeknal_ci.model.report import Finding
from seeknal_ci.model.spec import ExposureSpec


def check(context: Context) -> Iterator[Finding]:
    """One finding for all files that are shifted; columns that are gone are told elsewhere."""
    changed = context.node.id
    shifted = [
        node_id
        for node_id, fate in context.fates.items()
        if changed in fate.because_of and node_id != changed and _shifts(fate.node, context)
    ]
    if shifted:
        yield Finding(
            RULE.id,
            RULE.category,
            f"The CSV file of {listed(sorted(shifted))} has its columns in other places",
            fix="add columns at the end, or tell those who read the file by position",
            place=context.place_of_column(""),
        )


def _shifts(node: Node, context: Context) -> bool:
    if not (isinstance(node.spec, ExposureSpec) and node.spec.format == "csv"):
        return False
    if node.id not in context.base.manifest.nodes:
        return False
    before = [name.lower() for name in context.base.of(node.id).types]
    after = [name.lower() for name in context.head.of(node.id).types]
    return set(before) <= set(after) and after[: len(before)] != before


RULE = Rule("columns-shifted", Category.BREAKING, check)
