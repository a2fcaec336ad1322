"""A column that base does not have."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding for all added columns of a node that was there before."""
    added = context.added_columns
    if context.both is None or not added:
        return
    names = ", ".join(_named(name, context.types_after[name]) for name in added)
    word = "column" if len(added) == 1 else "columns"
    yield Finding(
        RULE.id,
        RULE.category,
        f"Added {word} {names}",
        fix=f"nothing, unless a reader takes every column of the node: then it has {listed(added)}",
        place=context.place_of_column(added[0]),
        columns=added,
    )


def _named(name: str, kind: str | None) -> str:
    return f"'{name}'" if kind is None else f"'{name}' ({kind.lower()})"


RULE = Rule("column-added", Category.NON_BREAKING, check)
