"""A column with the same name and type that is computed in another way: values may differ."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Finding
from seeknal_ci.model.spec import ExposureSpec


def check(context: Context) -> Iterator[Finding]:
    """One finding for all columns whose expressions mean something else."""
    if isinstance(context.node.spec, ExposureSpec):
        return
    old, new = context.known_before.expressions, context.known_after.expressions
    before = {name.lower(): context.renamed(text) for name, text in old.items()}
    after = {name.lower(): text for name, text in new.items()}
    changed = tuple(
        name
        for name in context.shared_columns
        if name in before and name in after and before[name] != after[name]
    )
    if not changed:
        return
    yield Finding(
        RULE.id,
        RULE.category,
        f"Values of {listed(changed)} may differ: computed in another way",
        fix="compare the values in the branch's environment before the merge",
        place=context.place_of_column(changed[0]),
        columns=changed,
    )


RULE = Rule("expression-changed", Category.NON_BREAKING, check)
