"""A query in other words that means the same: nothing is rebuilt."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Finding

FIELDS = ("transform", "sql", "features")


def check(context: Context) -> Iterator[Finding]:
    """One finding if the query's text changed and nothing else about it."""
    changed = [key for key in FIELDS if key in context.changed_fields]
    if changed and context.same_definition:
        yield Finding(
            RULE.id,
            RULE.category,
            "The query is written in other words and means the same",
            fix="nothing; by itself it builds nothing again",
            place=context.node.place_of(changed[0]),
        )


RULE = Rule("sql-reformatted", Category.METADATA, check)
