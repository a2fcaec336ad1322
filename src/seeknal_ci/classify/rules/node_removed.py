"""A node that head no longer has: its readers break, and there may be readers elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding for a removed node, naming those that still read it."""
    if context.change.kind is not ChangeKind.REMOVED or context.is_rule:
        return
    gone = context.node.id
    readers = [
        node.id
        for node in context.head.manifest.nodes.values()
        if any(edge.ref == gone for edge in node.inputs)
    ]
    if readers:
        read = "reads" if len(readers) == 1 else "read"
        message = f"The node is removed, and {listed(sorted(readers))} still {read} it"
        fix = "keep the node, or take it out of its readers"
    else:
        message = "The node is removed; 0 readers in this project"
        fix = "make sure that nobody outside the project reads it, then acknowledge the change"
    yield Finding(RULE.id, RULE.category, message, fix=fix, place=context.node.place)


RULE = Rule("node-removed", Category.BREAKING, check)
