"""A query in other words that means the same: nothing is rebuilt."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.features import FeatureGroupSpec
from seeknal_ci.model.node import Node
from seeknal_ci.model.report import Finding

QUERY = ("transform", "sql")
FEATURES = ("features",)


def check(context: Context) -> Iterator[Finding]:
    """One finding if the query's text changed and nothing else about it."""
    changed = [key for key in query_fields(context.node) if key in context.changed_fields]
    if changed and context.same_definition:
        yield Finding(
            RULE.id,
            RULE.category,
            "The query is written in other words and means the same",
            fix="nothing; by itself it builds nothing again",
            place=context.node.place_of(changed[0]),
        )


def query_fields(node: Node) -> tuple[str, ...]:
    """The fields that a node's query is made of; the features of a group are none of them."""
    return QUERY if isinstance(node.spec, FeatureGroupSpec) else (*QUERY, *FEATURES)


RULE = Rule("sql-reformatted", Category.METADATA, check)
