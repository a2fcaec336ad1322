"""A source that is read in another way, as with another delimiter."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, different
from seeknal_ci.manifest.definition import source_parameters
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Finding
from seeknal_ci.model.spec import SourceSpec


def check(context: Context) -> Iterator[Finding]:
    """One finding naming every parameter that changed; values are not shown, one may be secret."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    before, after = context.both
    if not isinstance(before.spec, SourceSpec) or not isinstance(after.spec, SourceSpec):
        return
    changed = different(source_parameters(before.spec), source_parameters(after.spec))
    if changed:
        names = ", ".join(f"`{name}`" for name in changed)
        yield Finding(
            RULE.id,
            RULE.category,
            f"The source is read with other parameters: {names}",
            fix="compare the number of rows in the branch's environment before the merge",
            place=after.place_of("params"),
        )


RULE = Rule("source-params-changed", Category.NON_BREAKING, check)
