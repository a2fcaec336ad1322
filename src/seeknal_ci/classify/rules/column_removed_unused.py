"""A column that is gone and that no node of the project reads; dashboards outside it may."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding for each removed column without readers."""
    for column in context.removed_columns:
        if context.readers(column):
            continue
        told = context.told_as_gone(column)
        yield Finding(
            RULE.id,
            RULE.category,
            f"{told}; 0 readers in this project",
            fix=f"make sure that nobody outside the project reads `{column}`, then acknowledge it",
            place=context.place_of_column(column),
            columns=(column,),
        )


RULE = Rule("column-removed-unused", Category.BREAKING, check)
