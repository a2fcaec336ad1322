"""The same columns in another order: seen by those who read by position."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding if the columns that both sides have stand in another order."""
    after = list(context.shared_columns)
    before = [name for name in context.types_before if name in context.types_after]
    if after == before:
        return
    moved = [name for name, other in zip(after, before, strict=True) if name != other]
    yield Finding(
        RULE.id,
        RULE.category,
        f"Order of columns changed: {listed(moved)}",
        fix="nothing, unless somebody reads the columns by position, as of a CSV file",
        place=context.place_of_column(moved[0]),
        columns=tuple(moved),
    )


RULE = Rule("column-order-changed", Category.NON_BREAKING, check)
