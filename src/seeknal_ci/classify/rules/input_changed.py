"""A changed node to which its inputs, which changed too, do more than its own change does."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.classify.missing import taken_away
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Downstream, Finding, Impact


def check(context: Context) -> Iterator[Finding]:
    """One finding for what other changes do to a changed node, where no rule of its own says it."""
    fate = context.fate
    if fate is None or context.after is None or not _untold(context, fate):
        return
    if fate.impact in (Impact.REBUILDS, Impact.UNAFFECTED):
        message = f"Built again, because {listed(fate.because_of)} changed"
        fix = "nothing; it is built after its inputs"
    else:
        message = fate.message
        fix = f"change it together with {listed(fate.because_of)}"
    category = fate.category
    yield Finding(RULE.id, category, message, fix, place=fate.place, columns=fate.columns)


def _untold(context: Context, fate: Downstream) -> bool:
    if fate.impact is Impact.BREAKS:
        return not taken_away(fate.node.id, context.base, context.head)
    if fate.impact is Impact.BLOCKED:
        return True
    harmless = context.change.kind is ChangeKind.MODIFIED and not context.may_differ
    return fate.category is Category.NON_BREAKING and harmless


RULE = Rule("input-changed", Category.NON_BREAKING, check)
