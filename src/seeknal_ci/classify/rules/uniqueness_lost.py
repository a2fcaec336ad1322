"""Another grain of a node whose rows are declared to be unique: they may not be any more."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.model.category import Category
from seeknal_ci.model.node import Node
from seeknal_ci.model.report import Finding
from seeknal_ci.model.spec import AggregationSpec

# Parts of a query that keep rows apart.
GRAIN = ("distinct", "group by", "qualify")


def check(context: Context) -> Iterator[Finding]:
    """One finding if what kept the rows apart in base is another thing, or gone."""
    if context.both is None or isinstance(context.node.spec, AggregationSpec):
        return
    columns = _declared(context.both[1])
    before, after = context.known_before.clauses, context.known_after.clauses
    if not columns or not context.known_after.canonical:
        return
    changed = [
        part
        for part in GRAIN
        if part in before
        and (part not in after or context.renamed(before[part].canonical) != after[part].canonical)
    ]
    if changed:
        yield Finding(
            RULE.id,
            RULE.category,
            f"Rows may no longer be unique by {listed(columns)}: {changed[0]} changed",
            fix="keep the grain, or change the audit that holds the rows to be unique",
            place=context.node.place_of("audits"),
            columns=columns,
        )


def _declared(node: Node) -> tuple[str, ...]:
    """The columns that the first audit of uniqueness names."""
    for audit in node.audits:
        if audit.type == "unique":
            return tuple(column.name for column in audit.columns)
    return ()


RULE = Rule("uniqueness-lost", Category.BREAKING, check)
