"""A changed node that reads a column which this same change takes away from its input."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.classify.missing import taken_away
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding for each column that the node reads in vain."""
    if context.after is None:
        return
    for missing in taken_away(context.after.id, context.base, context.head):
        yield Finding(
            RULE.id,
            RULE.category,
            f"References missing column '{missing.column}' of {listed(missing.nodes)}",
            fix=f"keep `{missing.column}` there, or stop reading it here",
            place=missing.place,
            columns=(missing.column,),
        )


RULE = Rule("reads-missing-column", Category.BREAKING, check)
