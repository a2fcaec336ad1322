"""A node with the same content under another id: whoever reads the old name finds nothing."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding for a rename, naming the readers that followed it."""
    if context.change.kind is not ChangeKind.RENAMED or context.both is None:
        return
    if context.is_rule:
        return
    before, after = context.both
    followers = [
        node_id
        for node_id in context.base.manifest.downstream.get(before.id, ())
        if after.id in context.head.manifest.upstream.get(node_id, ())
    ]
    followed = f"; {listed(followers)} followed" if followers else ""
    yield Finding(
        RULE.id,
        RULE.category,
        f"The node is renamed: `{before.id}` → `{after.id}`{followed}",
        fix="tell those who read it by its old name outside the project, then acknowledge it",
        place=after.place_of("name"),
    )


RULE = Rule("node-renamed", Category.BREAKING, check)
