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
    kept = {edge.ref for edge in after.inputs}
    gone = [
        edge.ref
        for edge in before.inputs
        if edge.ref not in kept and not _renamed(edge.ref, context)
    ]
    if gone:
        yield Finding(
            RULE.id,
            RULE.category,
            f"Removed input {listed(gone)}",
            fix="make sure that the columns that came from it are still what readers expect",
            place=after.place_of("inputs"),
        )


def _renamed(ref: str, context: Context) -> bool:
    """True if the input is gone from the project and another of the same content came."""
    if ref in context.head.manifest.nodes or ref not in context.base.manifest.nodes:
        return False
    old = dict(context.base.manifest.nodes[ref].definition)
    old.pop("name", None)
    assert context.after is not None, "asked of modified nodes only"
    for edge in context.after.inputs:
        node = context.head.manifest.nodes.get(edge.ref)
        if node is not None and edge.ref not in context.base.manifest.nodes:
            new = {key: value for key, value in node.definition.items() if key != "name"}
            if new == old:
                return True
    return False


RULE = Rule("input-removed", Category.BREAKING, check)
