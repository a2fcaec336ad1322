"""What pydantic finds wrong with a field, in plain words: what is expected, and what is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

# What a field should be, by the beginning of pydantic's name for the error, and what to do.
WANTED: Mapping[str, tuple[str, str]] = {
    "bool": ("true or false", "write true or false"),
    "date": ("a date", "write it as 2026-01-31"),
    "decimal": ("a number", "write a number"),
    "dict": ("a mapping", "write it as `key: value`"),
    "float": ("a number", "write a number"),
    "is": ("a list", "write each entry in a line of its own, after `- `"),
    "int": ("a whole number", "write a whole number"),
    "list": ("a list", "write each entry in a line of its own, after `- `"),
    "mapping": ("a mapping", "write it as `key: value`"),
    "model": ("a mapping", "write it as `key: value`"),
    "sequence": ("a list", "write each entry in a line of its own, after `- `"),
    "string": ("text", "write one text"),
}
LIMITS: Mapping[str, tuple[str, str]] = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
# What comes after this in the text of a ValueError says how to repair it.
REMEDY = re.compile(
    r"; (?=add |did you mean |give |make |put |remove |use one of |write )|: (?=add )"
)
LONGEST = 60


def misshapen(name: str, detail: Mapping[str, Any], *, alone: bool = False) -> tuple[str, str]:
    """What is wrong with a field, and how to repair it. `detail` is one error of pydantic's;
    `alone` is true of what stands in the place of a list.
    """
    kind, seen, limits = str(detail["type"]), detail["input"], detail.get("ctx", {})
    if kind == "missing":
        parent, _, last = name.rpartition(".")
        return f"`{parent}` needs `{last}`", f"add `{last}:`"
    if kind == "value_error":
        what, *remedy = REMEDY.split(str(limits["error"]), maxsplit=1)
        return f"`{name}` is wrong: {what}", remedy[0] if remedy else f"correct `{name}`"
    if kind in ("literal_error", "enum"):
        return f"`{name}` cannot be {shown(seen)}", _proposed(seen, str(limits["expected"]))
    if kind in LIMITS:
        key, words = LIMITS[kind]
        fix = f"write a number that is {words} {limits[key]}"
        return f"`{name}` is {shown(seen)}, and must be {words} {limits[key]}", fix
    if kind == "string_pattern_mismatch":
        return f"`{name}` cannot be {shown(seen)}", "use small letters, digits and `_` alone"
    if kind.endswith("too_short"):
        return f"`{name}` is empty", "add an entry" if seen == [] else "give it a value"
    if kind.endswith("too_long"):
        most = limits["max_length"]
        return f"`{name}` has {len(seen)} characters, and can have {most}", "shorten it"
    return _of_another_type(name, detail, alone)


def _of_another_type(name: str, detail: Mapping[str, Any], alone: bool) -> tuple[str, str]:
    seen = detail["input"]
    wanted = WANTED.get(str(detail["type"]).split("_")[0])
    if wanted is None:
        return f"`{name}` cannot be {shown(seen)}: {detail['msg']}", f"correct `{name}`"
    what, fix = wanted
    if what == "text" and not isinstance(seen, list | dict):
        fix = "put it in quotes"
    if alone:
        what, fix = f"a list, or one entry: {what}", "write a list"
    return f"`{name}` should be {what}, and is {shown(seen)}", fix


def shown(value: object) -> str:
    """What a value is, so that whoever wrote it knows it again."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        text = value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
        return f"the text `{text}`" if text.strip() else "an empty text"
    return "a list" if isinstance(value, list) else "a mapping"


def _proposed(seen: object, expected: str) -> str:
    """`expected` is pydantic's list of what may be there: 'a', 'b' or 'c'."""
    values = re.findall(r"'([^']*)'", expected) or expected.replace(" or ", ", ").split(", ")
    return nearest(str(seen), values)


def nearest(word: str, values: Iterable[str]) -> str:
    """A fix that names the value that was likely meant, or all."""
    listed = {value.lower(): value for value in values}
    close = get_close_matches(word.lower(), listed, n=1)
    if close:
        return f"did you mean `{listed[close[0]]}`?"
    return f"use one of {', '.join(listed.values())}"
