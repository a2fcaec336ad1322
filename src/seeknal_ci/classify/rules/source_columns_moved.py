"""A file without a header, in which a column is what stands at its place in the schema."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, listed
from seeknal_ci.manifest.definition import source_parameters
from seeknal_ci.model.category import Category
from seeknal_ci.model.node import Node
from seeknal_ci.model.report import ChangeKind, Finding
from seeknal_ci.model.spec import SourceSpec


def check(context: Context) -> Iterator[Finding]:
    """One finding naming the columns that now stand for another column of the file."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    if not all(_is_headerless(node) for node in context.both):
        return
    before, after = list(context.types_before), list(context.types_after)
    moved = tuple(
        name for place, name in enumerate(after) if name in before and before.index(name) != place
    )
    if moved:
        yield Finding(
            RULE.id,
            RULE.category,
            f"{listed(moved)} now stand for another column of a file that has no header",
            fix="keep the schema in the order of the file, and add columns at its end",
            place=context.place_of_column(moved[0]),
            columns=moved,
        )


def _is_headerless(node: Node) -> bool:
    spec = node.spec
    if not isinstance(spec, SourceSpec) or spec.type != "csv":
        return False
    return str(source_parameters(spec).get("header")).lower() in ("false", "no", "off")


RULE = Rule("source-columns-moved", Category.BREAKING, check)
