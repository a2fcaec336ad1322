"""Checks of a rule added, removed or changed: rows stay, what is held true of them may not."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.checks import Bound, Check, RuleSpec
from seeknal_ci.model.node import Node
from seeknal_ci.model.report import ChangeKind, Finding

FIELDS = frozenset({"inputs", "params", "rule"})


def check(context: Context) -> Iterator[Finding]:
    """One finding; it says so where a check that base has is gone, or holds less than it did."""
    before, after = (_rule(node) for node in (context.before, context.after))
    if (before, after) == (None, None) or not _is_told(context):
        return
    same = _same(context, before, after)
    weaker = before is not None and not same and _is_weaker(context, before, after)
    if same:
        renamed = context.change.kind is ChangeKind.RENAMED
        message = "The rule is renamed" if renamed else "Checks are written in other words"
    elif after is None:
        message = "The rule is removed: what it held true is no longer checked"
    elif before is None:
        message = f"The rule is new: {_counted(after)}"
    elif weaker:
        message = "Checks weakened: one that was held before is gone, or holds less"
    else:
        message = "Checks changed"
    yield Finding(
        RULE.id,
        RULE.category,
        message,
        fix="make sure that this is meant" if weaker else "nothing",
        place=context.node.place_of("rule"),
    )


def _is_told(context: Context) -> bool:
    """False where nothing of the rule changed but what other rules tell."""
    modified = context.change.kind is ChangeKind.MODIFIED
    return not modified or bool(FIELDS.intersection(context.changed_fields))


def _rule(node: Node | None) -> RuleSpec | None:
    return node.spec if node is not None and isinstance(node.spec, RuleSpec) else None


def _same(context: Context, before: RuleSpec | None, after: RuleSpec | None) -> bool:
    if before is None or after is None:
        return False
    inputs = tuple(context.renames.get(ref, ref) for ref in _checked(context.before))
    checks = [_key(item) for item in before.checks]
    return inputs == _checked(context.after) and checks == [_key(item) for item in after.checks]


def _checked(node: Node | None) -> tuple[str, ...]:
    return () if node is None else tuple(edge.ref for edge in node.inputs)


def _counted(spec: RuleSpec) -> str:
    return f"{len(spec.checks)} {'check' if len(spec.checks) == 1 else 'checks'}"


def _is_weaker(context: Context, before: RuleSpec, after: RuleSpec | None) -> bool:
    if after is None or context.after is None or not context.after.active:
        return True
    inputs = [context.renames.get(ref, ref) for ref in _checked(context.before)]
    if inputs[:1] != [*_checked(context.after)[:1]]:
        return True
    strict = [item for item in before.checks if not item.warns]
    return not all(any(_holds(item, other) for other in after.checks) for item in strict)


def _holds(before: Check, after: Check) -> bool:
    """True if whatever the earlier check objects to, the later one stops too."""
    if after.warns or _aspect(before) != _aspect(after):
        return False
    return (
        after.tolerance <= before.tolerance
        and _reaches(before.low, after.low, upward=True)
        and _reaches(before.high, after.high, upward=False)
        and (after.max_age_seconds or 0) <= (before.max_age_seconds or 0)
    )


def _reaches(before: Bound | None, after: Bound | None, *, upward: bool) -> bool:
    """True if a bound is where it was, or further in."""
    if before is None or before == after:
        return True
    if isinstance(before, int | float) and isinstance(after, int | float):
        return after >= before if upward else after <= before
    return False


def _aspect(item: Check) -> tuple[object, ...]:
    """What a check looks at, in what way, without how strictly."""
    return (
        item.type,
        tuple(column.name.lower() for column in item.columns),
        None if item.metric is None else item.metric.name,
        str(item.threshold),
        item.reference,
        None if item.sql is None else " ".join(item.sql.text.split()),
    )


def _key(item: Check) -> tuple[object, ...]:
    """All of a check but its words for people."""
    strictness = (item.tolerance, item.low, item.high, item.max_age_seconds)
    return (*_aspect(item), item.warns, *strictness)


RULE = Rule("checks-changed", Category.METADATA, check)
