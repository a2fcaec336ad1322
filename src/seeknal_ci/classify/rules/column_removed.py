"""A column that is gone, or has another name, and that a node of the project still reads."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding for each removed column with readers."""
    for column in context.removed_columns:
        readers = context.readers(column)
        if not readers:
            continue
        names = listed(readers)
        reads = "reads" if len(readers) == 1 else "read"
        new = context.renamed_columns.get(column) or context.perhaps_renamed(column)
        told = context.told_as_gone(column)
        yield Finding(
            RULE.id,
            RULE.category,
            f"{told}, which {names} {reads}" if new is None else f"{told}; {names} {reads} the old",
            fix=f"keep `{column}`, or change {names} in the same pull request",
            place=context.place_of_column(column),
            columns=(column,),
        )


RULE = Rule("column-removed", Category.BREAKING, check)
