"""A column of a wider type of the same family, which holds every old value as it was."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Finding
from seeknal_ci.sql.types import is_widening


def check(context: Context) -> Iterator[Finding]:
    """One finding for each widened column."""
    for column in context.shared_columns:
        before, after = context.types_before[column], context.types_after[column]
        if before is None or after is None or not is_widening(before, after):
            continue
        yield Finding(
            RULE.id,
            RULE.category,
            f"Type of '{column}' widened: {before.lower()} → {after.lower()}",
            fix="make sure that readers outside the project take the wider type",
            place=context.place_of_column(column),
            columns=(column,),
        )


RULE = Rule("column-type-widened", Category.BREAKING, check)
