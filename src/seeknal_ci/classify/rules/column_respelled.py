"""A column in other letters, large or small: one to SQL, another to who reads an export."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding for each column that both sides have, spelled in two ways."""
    before = {name.lower(): name for name in context.known_before.types}
    after = {name.lower(): name for name in context.known_after.types}
    for column in context.shared_columns:
        if before[column] != after[column]:
            yield Finding(
                RULE.id,
                RULE.category,
                f"Spelling of '{before[column]}' changed to '{after[column]}'",
                fix="tell those who read it from an export or by its name in quotes, "
                "then acknowledge it",
                place=context.place_of_column(column),
                columns=(after[column],),
            )


RULE = Rule("column-respelled", Category.BREAKING, check)
