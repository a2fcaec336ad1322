"""A declared key, entity or grain: who joins or merges by the old one gets other rows."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule, shortened
from seeknal_ci.manifest.definition import json_text
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Finding
from seeknal_ci.model.spec import Json

# Fields of every kind that declare what tells one row from another.
FIELDS = ("entities", "entity", "foreign_keys", "grain", "keys", "merge_keys", "scd_type")
# What is said of a key to people.
SAID = frozenset({"description", "label"})
TARGETS = ("materialization", "materializations")


def check(context: Context) -> Iterator[Finding]:
    """One finding for each declaration that says something else."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    before, after = (node.definition for node in context.both)
    for field in FIELDS:
        old, new = before.get(field), after.get(field)
        if old is not None and json_text(_plain(old)) != json_text(_plain(new)):
            yield _finding(context, field, field, old, new)
    old, new = _unique_keys(before), _unique_keys(after)
    if old and old != new:
        field = next((key for key in TARGETS if key in after), "name")
        yield _finding(context, field, "unique_keys", old, new)


def _finding(context: Context, field: str, word: str, old: Json, new: Json) -> Finding:
    return Finding(
        RULE.id,
        RULE.category,
        f"Changed `{word}`: {_told(old)} → {_told(new)}",
        fix="tell those who join or merge by the old key, then acknowledge it",
        place=context.node.place_of(field),
    )


def _plain(value: Json) -> Json:
    """`entity: customer` and `entity: {name: customer}` are one thing; keys have no order."""
    if isinstance(value, list):
        return sorted((_plain(item) for item in value), key=json_text)
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key not in SAID}
        return {key: _plain(item) if isinstance(item, list) else item for key, item in kept.items()}
    return {"name": value} if isinstance(value, str) else value


def _unique_keys(definition: object) -> list[Json]:
    assert isinstance(definition, dict), "the YAML of a node is a mapping"
    values = [definition.get(key) for key in TARGETS]
    items = [i for value in values for i in (value if isinstance(value, list) else [value])]
    found = [item.get("unique_keys") for item in items if isinstance(item, dict)]
    return [keys for keys in found if keys]


def _told(value: Json) -> str:
    return "none" if value is None else shortened(f"`{json_text(value)}`", 80)


RULE = Rule("key-changed", Category.BREAKING, check)
