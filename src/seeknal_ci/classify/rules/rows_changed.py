"""A change of what decides the rows: filter, join, grouping, DISTINCT, QUALIFY, LIMIT, WITH."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, shortened
from seeknal_ci.model.category import Category
from seeknal_ci.model.features import SecondOrderSpec
from seeknal_ci.model.report import Finding
from seeknal_ci.model.spec import AggregationSpec, ExposureSpec
from seeknal_ci.sql.analysed import Clause

# What goes by the columns that the query puts out, without a mention of them.
BY_OUTPUTS = frozenset({"ALL", "DISTINCT"})


def check(context: Context) -> Iterator[Finding]:
    """One finding for each part of the query that changed."""
    if context.both is None or isinstance(context.node.spec, ExposureSpec):
        return
    before, after = context.known_before, context.known_after
    if not (before.canonical and after.canonical):
        return  # a query that cannot be read is an error, told elsewhere
    parts = {*before.clauses, *after.clauses}
    if isinstance(context.node.spec, AggregationSpec | SecondOrderSpec):
        parts &= {"group by"}  # all else is made from the features, which are columns
    for part in sorted(parts):
        old, new = before.clauses.get(part), after.clauses.get(part)
        if old and new and context.renamed(old.canonical) == new.canonical:
            continue
        yield Finding(
            RULE.id,
            RULE.category,
            f"Rows may differ; {_told(part, old, new)}",
            fix="compare the number of rows in the branch's environment before the merge",
            place=new.place if new else context.place_of_column(""),
        )


def _told(part: str, old: Clause | None, new: Clause | None) -> str:
    """Only the terms that differ, in the words of the change."""
    was = dict(old.terms) if old else {}
    now = dict(new.terms) if new else {}
    gone = [*dict.fromkeys(words for text, words in was.items() if text not in now)]
    came = [*dict.fromkeys(words for text, words in now.items() if text not in was)]
    if old and new and {*gone, *came} <= BY_OUTPUTS:
        return f"{part}: by other columns, as the outputs changed"
    if part == "with" or gone == came:
        return f"{part}: a step of the query changed"
    return f"{part}: {_joined(gone)} → {_joined(came)}"


def _joined(terms: list[str]) -> str:
    return shortened(", ".join(terms)) if terms else "none"


RULE = Rule("rows-changed", Category.NON_BREAKING, check)
