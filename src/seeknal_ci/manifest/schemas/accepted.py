"""What a field takes before it is checked, as JSON Schema.

A field's type says what it becomes. What may be written is more: one item for a list, `24h` for a
length of time, `OFF` for a switch. An editor must not underline what is read without complaint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from seeknal_ci.manifest.kinds.durations import LETTERS, UNITS
from seeknal_ci.manifest.kinds.rule import LEVELS, METRICS, OTHER_NAMES, WORDS
from seeknal_ci.manifest.kinds.second_order import WORDS as AGGREGATES

JsonSchema = dict[str, Any]

TEXT: JsonSchema = {"type": "string"}
NUMBER: JsonSchema = {"type": "number"}
NULL: JsonSchema = {"type": "null"}
SCALAR: JsonSchema = {"type": ["string", "number", "boolean", "null"]}
MAPPING: JsonSchema = {"type": "object"}


def either(*schemas: JsonSchema) -> JsonSchema:
    """A schema of which one of these holds, each said once."""
    found: list[JsonSchema] = []
    for schema in schemas:
        for part in schema["anyOf"] if set(schema) == {"anyOf"} else (schema,):
            if part not in found:
                found.append(part)
    return found[0] if len(found) == 1 else {"anyOf": found}


def any_case(words: Iterable[str], after: str = "") -> JsonSchema:
    """Text that is one of these words whatever its case; editors propose the words."""
    listed = list(words)
    pattern = "|".join(spelt(word) for word in listed)
    return {"anyOf": [{"enum": listed}, {**TEXT, "pattern": f"^(?:{pattern}){after}$"}]}


def spelt(word: str) -> str:
    """A pattern for a word in any case; JSON Schema has no flag for that."""
    return "".join(
        f"[{letter.upper()}{letter.lower()}]" if letter.isalpha() else re.escape(letter)
        for letter in word
    )


def one_or_many(items: JsonSchema) -> JsonSchema:
    """A list, or its only item."""
    return either({"type": "array", "items": items}, items)


SHORT_DURATION: JsonSchema = either(
    {**NUMBER, "minimum": 0},
    {
        **TEXT,
        "pattern": r"^\s*\d+(?:\.\d+)?\s*(?:"
        + "|".join([*(spelt(w) for w in LETTERS), *(f"{spelt(w)}[Ss]?" for w in UNITS)])
        + r")?\s*$",
        "examples": ["24h", "7 days", "30 minutes"],
    },
)
DURATION = either(SHORT_DURATION, {**MAPPING, "required": ["count", "period"]})
SETTING_DURATION: JsonSchema = either(
    {**NUMBER, "minimum": 0},
    {**TEXT, "pattern": r"^\s*\d+(?:\.\d+)?\s*(?:ms|s|m|h|d|w)\s*$", "examples": ["7d"]},
)
DAYS: JsonSchema = {**TEXT, "pattern": r"^\s*\d+\s*[dD]?\s*$", "examples": ["7d"]}
COMPARED: JsonSchema = {**TEXT, "examples": ["> 5", "between 10 and 500"]}
REF: JsonSchema = {**TEXT, "examples": ["source.orders"]}


def _as_list(inner: JsonSchema) -> JsonSchema:
    return either(inner, inner.get("items", {}))


def _named(inner: JsonSchema) -> JsonSchema:
    return one_or_many(either(TEXT, inner["items"]))


def _edges(inner: JsonSchema) -> JsonSchema:
    edge = either(REF, inner["items"])
    return either({"type": "array", "items": edge}, {**MAPPING, "additionalProperties": edge})


def _columns(inner: JsonSchema) -> JsonSchema:
    said = next(part for part in either(inner, NULL)["anyOf"] if part.get("type") == "object")
    shape = said["additionalProperties"]
    return either(
        {**MAPPING, "additionalProperties": either(SCALAR, shape)},
        {"type": "array", "items": either(SCALAR, shape)},
        NULL,
    )


def _any_case(inner: JsonSchema) -> JsonSchema:
    parts = inner["anyOf"] if set(inner) == {"anyOf"} else [inner]
    return either(*(any_case(part["enum"]) if "enum" in part else part for part in parts))


def _plural(inner: JsonSchema) -> JsonSchema:
    parts = inner["anyOf"] if set(inner) == {"anyOf"} else [inner]
    return either(*(any_case(p["enum"], "[sS]?") if "enum" in p else p for p in parts))


def _items_too(inner: JsonSchema) -> JsonSchema:
    return either(inner, {"type": "array", "items": inner["additionalProperties"]})


def _rule_items(inner: JsonSchema) -> JsonSchema:
    return one_or_many(either(TEXT, inner["items"]))


def _same(inner: JsonSchema) -> JsonSchema:
    return inner


def _is(schema: JsonSchema) -> Callable[[JsonSchema], JsonSchema]:
    return lambda inner: schema


def _or(*schemas: JsonSchema) -> Callable[[JsonSchema], JsonSchema]:
    return lambda inner: either(inner, *schemas)


# By module and name of what looks at a value before, or in place of, pydantic's own check.
ACCEPTED: Mapping[str, Callable[[JsonSchema], JsonSchema]] = {
    "aggregation.RatioShape._as_days": lambda inner: one_or_many(either(inner["items"], DAYS)),
    "aggregation.RollingShape._days": lambda inner: one_or_many(either(inner["items"], DAYS)),
    "aggregation.days_of": _or(DAYS),
    "base._inputs": _edges,
    "durations.length": _is(DURATION),
    "feature_group._by_number": _items_too,
    "feature_group._described": _or({"not": MAPPING}),
    "feature_group._named": _or(TEXT, NUMBER),
    "metric._measure": _or(NUMBER, {**MAPPING, "required": ["name"]}),
    "metric._metric_inputs": _named,
    "rule._bound": _is(either(TEXT, NUMBER)),
    "rule._items": _rule_items,
    "rule._level": _is(any_case([*LEVELS, *WORDS])),
    "rule._metric": _is(any_case([*METRICS, *OTHER_NAMES])),
    "rule._moment": _is({**TEXT, "examples": ["2024-04-02T07:00:00"]}),
    "second_order._in_order": lambda inner: {**inner, "minItems": 2, "maxItems": 2},
    "second_order._known": _is(
        either(
            any_case(AGGREGATES),
            {**TEXT, "pattern": f"^{spelt('percentile')}_[0-9_]+$", "examples": ["percentile_95"]},
        )
    ),
    "second_order._percent": _is(
        either({**NUMBER, "exclusiveMinimum": 0, "maximum": 100}, {**TEXT, "pattern": r"^[0-9.]+$"})
    ),
    "second_order._period": _or({"type": "integer", "exclusiveMinimum": 0}, DAYS),
    "semantic._filters": _named,
    "semantic._named": _named,
    "settings_file._duration": _is(SETTING_DURATION),
    "settings_file._level": _or({"enum": ["off", "counts", "full"]}),
    "settings_file._production": _same,
    "settings_file._severity": _is({"enum": ["BREAKING", "NON_BREAKING"]}),
    "settings_file._timeout": _is(SETTING_DURATION),
    "shape.as_list": _as_list,
    "shape.as_text": _or(NUMBER),
    "shape.lower": _any_case,
    "shape.singular": _plural,
    "source.SourceShape._table_elsewhere": _same,
    "shape.Shape._empty_is_absent": _same,
    "tables._scd": _or({**TEXT, "pattern": r"[12]\s*$"}),
    "thresholds._read": _is(COMPARED),
    "upkeep._age": _or(SHORT_DURATION),
    "upkeep._backoff": _is(either(DURATION, any_case(["constant", "exponential", "linear"]))),
    "upkeep._columns": _columns,
    "upkeep._lookback": _is(DURATION),
    "upkeep._retry": _or({"type": "integer", "minimum": 0}),
    "upkeep._schedule": _or({**TEXT, "examples": ["0 6 * * *"]}),
    "upkeep._switch": _or({"type": "boolean"}),
}
