"""A column that is computed in another way, and whose type cannot be told: never called safe."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding for each column of which a type is unknown and that changed."""
    for column in context.shared_columns:
        before, after = context.types_before[column], context.types_after[column]
        if before is not None and after is not None:
            continue
        old = context.known_before.expressions.get(column)
        new = context.known_after.expressions.get(column)
        if before == after and (old is None or context.renamed(old) == new):
            continue
        side = "before and after" if before == after else "before" if before is None else "after"
        yield Finding(
            RULE.id,
            RULE.category,
            f"Type of '{column}' is unknown {side} the change, so it may have changed",
            fix=f"say the type: write CAST(… AS type) AS {column}, or declare it in the source",
            place=context.place_of_column(column),
            columns=(column,),
        )


RULE = Rule("column-type-unknown", Category.BREAKING, check)
