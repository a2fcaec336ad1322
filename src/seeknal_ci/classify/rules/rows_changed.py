"""A change of what decides the rows: filter, join, grouping, DISTINCT, QUALIFY, LIMIT, WITH."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.classify.row_words import row_words
from seeknal_ci.model.category import Category
from seeknal_ci.model.features import SecondOrderSpec
from seeknal_ci.model.report import Finding
from seeknal_ci.model.spec import AggregationSpec, ExposureSpec
from seeknal_ci.sql.analysed import Clause


def check(context: Context) -> Iterator[Finding]:
    """One finding for each part of the query that changed."""
    if context.both is None or isinstance(context.node.spec, ExposureSpec):
        return
    before, after = context.known_before, context.known_after
    if not (before.canonical and after.canonical):
        return  # a query that cannot be read is an error, told elsewhere
    if context.renamed(before.canonical) == after.canonical:
        return
    parts = {*before.clauses, *after.clauses}
    if isinstance(context.node.spec, AggregationSpec | SecondOrderSpec):
        parts &= {"group by"}  # all else is made from the features, which are columns
    changed = [part for part in sorted(parts) if _differs(context, part)]
    # Where other parts changed too, what one of them does to the rows alone says little.
    around = {*before.clauses, *after.clauses} if len(changed) == 1 else None
    for part in changed:
        old, new = before.clauses.get(part), after.clauses.get(part)
        yield Finding(
            RULE.id,
            RULE.category,
            row_words(part, _follow(context, old), new, around),
            fix="compare the number of rows in the branch's environment before the merge",
            place=new.place if new else context.place_of_column(""),
        )


def _differs(context: Context, part: str) -> bool:
    old, new = (k.clauses.get(part) for k in (context.known_before, context.known_after))
    return old is None or new is None or context.renamed(old.canonical) != new.canonical


def _follow(context: Context, old: Clause | None) -> Clause | None:
    """A part of base's query that reads renamed inputs by their new names."""
    if old is None:
        return None
    terms = {context.renamed(text): words for text, words in old.terms.items()}
    return replace(old, terms=terms)


RULE = Rule("rows-changed", Category.NON_BREAKING, check)
