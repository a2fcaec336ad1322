"""An exposure that writes elsewhere or in another form: its readers are outside the project."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.node import Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.report import ChangeKind, Finding
from seeknal_ci.model.spec import ExposureSpec


def check(context: Context) -> Iterator[Finding]:
    """One finding for each part of the target that changed."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    old, new = context.both[0].spec, context.both[1].spec
    if not isinstance(old, ExposureSpec) or not isinstance(new, ExposureSpec):
        return
    parts = (
        ("type", old.type, new.type),
        ("path", old.path.name if old.path else "", new.path.name if new.path else ""),
        ("format", old.format, new.format),
        ("compression", old.compression or "", new.compression or ""),
        ("partition_by", _names(old), _names(new)),
    )
    for part, was, now in parts:
        if was != now:
            yield Finding(
                RULE.id,
                RULE.category,
                f"The export changed: {part} `{was or 'none'}` → `{now or 'none'}`",
                fix="tell those who read the export, then acknowledge it",
                place=_place(context.node, part),
            )

    for part in sorted({*old.target, *new.target}):
        if old.type == new.type and old.target.get(part) != new.target.get(part):
            # Not what it was and is: an address may be a secret.
            yield Finding(
                RULE.id,
                RULE.category,
                f"The export changed: it has another {part}",
                fix="tell those who read the export, then acknowledge it",
                place=_place(context.node, part),
            )


def _names(spec: ExposureSpec) -> str:
    return ", ".join(item.name for item in spec.partition_by)


def _place(node: Node, part: str) -> Place:
    return node.place_of(part) if part in node.definition else node.place_of("params", part)


RULE = Rule("exposure-moved", Category.BREAKING, check)
