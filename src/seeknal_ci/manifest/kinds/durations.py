"""Lengths of time, in the ways in which projects write them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

UNITS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
SHORT = {"s": "second", "sec": "second", "m": "minute", "min": "minute", "h": "hour", "hr": "hour"}
LETTERS = {**SHORT, "d": "day", "w": "week"}
DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)
FORM = "it is no length of time; write a number with a unit, such as `24h` or `30 minutes`"


def duration(text: str) -> timedelta | None:
    """`24h`, `7 days`, `1.5 hours`; a number alone is of seconds, as in Seeknal. Else None."""
    match = DURATION.fullmatch(text)
    if match is None:
        return None
    word = match[2].lower()
    unit = LETTERS.get(word) or (word.removesuffix("s") if word else "second")
    if unit not in UNITS:
        return None
    try:
        return float(match[1]) * UNITS[unit]
    except OverflowError:
        return None


def length(value: Any) -> timedelta:
    """A length of time in any form. Raises ValueError for what is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, dict) and {"count", "period"} <= value.keys():
        value = f"{value['count']}{value['period']}"
    found = duration(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(FORM)
    return found


# What pydantic checks: text, a number of seconds, or `{count: 24, period: hour}` as in dbt.
Duration = Annotated[timedelta, BeforeValidator(length)]
