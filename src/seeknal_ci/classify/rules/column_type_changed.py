"""A column of another type: comparisons, arithmetic and sorting of its readers may change."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Finding
from seeknal_ci.sql.types import is_widening


def check(context: Context) -> Iterator[Finding]:
    """One finding for each column whose new type does not hold all of the old."""
    for column in context.shared_columns:
        before, after = context.types_before[column], context.types_after[column]
        if before is None or after is None or before == after or is_widening(before, after):
            continue
        yield Finding(
            RULE.id,
            RULE.category,
            f"Type of '{column}' changed: {before.lower()} → {after.lower()}",
            fix=f"add a column of the new type beside `{column}`, and move its readers to that",
            place=context.place_of_column(column),
            columns=(column,),
        )


RULE = Rule("column-type-changed", Category.BREAKING, check)
