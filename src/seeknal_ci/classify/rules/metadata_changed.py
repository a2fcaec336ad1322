"""Description, owner, tags and the like: nothing is rebuilt."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.classify.rules.sql_reformatted import query_fields
from seeknal_ci.model.category import Category
from seeknal_ci.model.node import METADATA_FIELDS
from seeknal_ci.model.report import ChangeKind, Finding

ELSEWHERE = frozenset({"active", "audits"})
# Of a rule.
CHECKS = frozenset({"inputs", "params", "rule"})


def check(context: Context) -> Iterator[Finding]:
    """One finding naming every field that changed without changing what the node is."""
    if context.change.kind is not ChangeKind.MODIFIED:
        return
    elsewhere = ELSEWHERE.union(query_fields(context.node), CHECKS if context.is_rule else ())
    fields = [
        key
        for key in context.changed_fields
        if key not in elsewhere and (key in METADATA_FIELDS or context.same_definition)
    ]
    if fields:
        names = ", ".join(fields)
        yield Finding(
            RULE.id,
            RULE.category,
            f"Changed {names}",
            fix="nothing; by itself it builds nothing again",
            place=context.node.place_of(fields[0]),
        )


RULE = Rule("metadata-changed", Category.METADATA, check)
