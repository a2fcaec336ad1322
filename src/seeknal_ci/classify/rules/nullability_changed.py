"""A column of a source that may be NULL now and could not be before."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.manifest.definition import never_null
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding for each column whose `nullable: false` is gone."""
    if context.both is None:
        return
    before, after = (never_null(node) for node in context.both)
    for column in context.shared_columns:
        if column in before and column not in after:
            yield Finding(
                RULE.id,
                RULE.category,
                f"Column '{column}' may be NULL, and could not be before",
                fix=f"say what readers of `{column}` shall do with NULL, then acknowledge it",
                place=context.place_of_column(column),
                columns=(column,),
            )


RULE = Rule("nullability-changed", Category.BREAKING, check)
