"""A field that decides rows or columns and that no other rule speaks of."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, different, listed
from seeknal_ci.manifest.definition import other_fields
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding naming the fields; `classify` also adds it where no rule explains a change."""
    if context.change.kind is not ChangeKind.MODIFIED or context.same_definition:
        return
    assert context.both is not None, "a modified node has both sides"
    old, new = (other_fields(node) for node in context.both)
    fields = [key for key in different(old, new) if key != "alias"]
    if fields:
        yield finding(context, fields)


def finding(context: Context, fields: list[str]) -> Finding:
    """What is said of fields that changed."""
    return Finding(
        RULE.id,
        RULE.category,
        f"Changed {listed(fields)}; rows may differ",
        fix="compare the rows in the branch's environment before the merge",
        place=context.node.place_of(fields[0]) if fields else context.node.place,
    )


RULE = Rule("definition-changed", Category.NON_BREAKING, check)
