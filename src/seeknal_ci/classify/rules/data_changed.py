"""A data file that git tracks, with other content."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.model.category import Category
from seeknal_ci.model.place import Place
from seeknal_ci.model.report import ChangeKind, Finding


def check(context: Context) -> Iterator[Finding]:
    """One finding for all files of the source that differ."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    before, after = context.both
    old = {file.path: file.blob_id for file in before.data}
    new = {file.path: file.blob_id for file in after.data}
    changed = [path for path in sorted({*old, *new}) if old.get(path) != new.get(path)]
    if changed and (new or before.spec != after.spec):
        yield Finding(
            RULE.id,
            RULE.category,
            f"Data changed: {listed(changed)}",
            fix="nothing; the source and what it feeds are loaded anew",
            place=Place(changed[0]) if changed[0] in new else after.place_of("table"),
        )


RULE = Rule("data-changed", Category.NON_BREAKING, check)
