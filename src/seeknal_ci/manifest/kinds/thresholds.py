"""What a metric must not be, as rules write it: `> 5`, `= 0`, `between 10 and 500`."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from seeknal_ci.model.checks import Threshold

NUMBER = r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*%?"
COMPARISON = re.compile(rf"(>=|<=|<>|!=|==|=|>|<)\s*{NUMBER}", re.IGNORECASE)
BETWEEN = re.compile(rf"(not\s+)?between\s+{NUMBER}\s+and\s+{NUMBER}", re.IGNORECASE)
SPELLINGS = {"==": "=", "<>": "!="}
FORM = "it is no comparison with a number; write one such as `> 5`, or `between 10 and 500`"


def threshold(text: str) -> Threshold | None:
    """The threshold that a text means; None for a text that means none."""
    stripped = text.strip()
    match = COMPARISON.fullmatch(stripped)
    if match is not None:
        return Threshold(SPELLINGS.get(match[1], match[1]), float(match[2]))
    match = BETWEEN.fullmatch(stripped)
    if match is None or float(match[2]) > float(match[3]):
        return None
    operator = "not between" if match[1] else "between"
    return Threshold(operator, float(match[2]), float(match[3]))


def _read(value: Any) -> Any:
    found = threshold(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(FORM)
    return found


ThresholdText = Annotated[Threshold, BeforeValidator(_read)]
