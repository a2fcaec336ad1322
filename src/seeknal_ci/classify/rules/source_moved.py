"""A source that reads from elsewhere: another system, table or file."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.node import Node
from seeknal_ci.model.report import ChangeKind, Finding
from seeknal_ci.model.spec import PythonSpec, SourceSpec


def check(context: Context) -> Iterator[Finding]:
    """One finding for a new type, one for a new table or path."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    before, after = context.both
    old, new = _read_from(before), _read_from(after)
    if old is None or new is None:
        return
    for field, was, now in zip(("source", "table"), old, new, strict=True):
        if was != now:
            yield Finding(
                RULE.id,
                RULE.category,
                f"Data comes from elsewhere: {field} `{was}` → `{now}`",
                fix="make sure that the new place holds the same data, then acknowledge it",
                place=after.place_of(field),
            )


def _read_from(node: Node) -> tuple[str, str] | None:
    """A source's type and table; None for a node that is no source."""
    if isinstance(node.spec, SourceSpec):
        return node.spec.type, node.spec.table
    if isinstance(node.spec, PythonSpec) and node.kind == "source":
        return str(node.definition["source"]), str(node.definition["table"])
    return None


RULE = Rule("source-moved", Category.BREAKING, check)
