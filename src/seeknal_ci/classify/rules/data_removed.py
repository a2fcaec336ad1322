"""A data file that git no longer tracks: the source cannot be loaded from git any more."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding if base has the source's data and head has none of it."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    before, after = context.both
    if before.data and not after.data and before.spec == after.spec:
        yield Finding(
            RULE.id,
            RULE.category,
            f"Data removed: {listed(file.path for file in before.data)} is no longer in git",
            fix="keep the file, or put it where the project is built before the merge",
            place=after.place_of("table"),
        )


RULE = Rule("data-removed", Category.BREAKING, check)
