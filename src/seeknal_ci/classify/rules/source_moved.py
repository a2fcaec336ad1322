"""A source that reads from elsewhere: another system, table or file."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Finding
from seeknal_ci.model.spec import SourceSpec


def check(context: Context) -> Iterator[Finding]:
    """One finding for a new type, one for a new table or path."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    before, after = context.both
    old, new = before.spec, after.spec
    if not isinstance(old, SourceSpec) or not isinstance(new, SourceSpec):
        return
    for field, was, now in (("source", old.type, new.type), ("table", old.table, new.table)):
        if was != now:
            yield Finding(
                RULE.id,
                RULE.category,
                f"Data comes from elsewhere: {field} `{was}` → `{now}`",
                fix="make sure that the new place holds the same data, then acknowledge it",
                place=after.place_of(field),
            )


RULE = Rule("source-moved", Category.BREAKING, check)
