"""Templates that stand for a value of the day, of the machine or of the run.

They are compared as they are written, in one spelling each, and get their value only when SQL is
run: the manifest of a commit is the same on every day and on every machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DATES = ("today", "month_start", "year_start")
WORDS = (*DATES, "yesterday", "run_date", "run_id", "env")

# How far from today a date may be: a century to either side.
FARTHEST = {"today": 36_500, "month_start": 1_200, "year_start": 100}

VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"
CALL = re.compile(r"([a-z_]+)\s*(?:\((.*)\))?", re.DOTALL)
ENV = re.compile(rf"(?:env:\s*|env\s*\(\s*)(['\"]?)({VARIABLE})\1\s*(?:([|,])(.*))?", re.DOTALL)

NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d+)?")

# The one spelling of each; nothing else is filled in at a run.
SYMBOL = re.compile(
    rf"\{{\{{ (?:(?:{'|'.join(DATES)})(?:\(-?\d+\))?|run_date|run_id|env:{VARIABLE}(?:\|[^{{}}]*)?)"
    r" \}\}"
)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A value that is not known before a run. `word` is one of `WORDS`, but never `yesterday`.

    `offset` counts days, months or years from today's. `name` and `default` are those of `env`.
    """

    word: str
    offset: int = 0
    name: str = ""
    default: str | None = None

    def __str__(self) -> str:
        """The one spelling: `{{ today(-1) }}`, `{{ env:TOKEN|none }}`."""
        if self.word == "env":
            default = "" if self.default is None else f"|{self.default}"
            return f"{{{{ env:{self.name}{default} }}}}"
        offset = f"({self.offset})" if self.offset else ""
        return f"{{{{ {self.word}{offset} }}}}"


def symbol_of(expression: str) -> Symbol | None:
    """What stands between the braces, if it is a symbol; None if it is something else.

    Raises ValueError, with what is wrong, for a symbol with arguments that it does not take.
    """
    text = " ".join(expression.split())
    if text.startswith(("env:", "env(", "env (")):
        return _variable(text)
    match = CALL.fullmatch(text)
    if match is None or match[1] not in WORDS:
        return None
    word, argument = match[1], (match[2] or "").strip()
    if word == "env":
        raise ValueError("`env` names no variable")
    if word == "yesterday" and not argument:
        return Symbol("today", -1)
    if not argument:
        return Symbol(word)
    if word not in DATES:
        raise ValueError(f"`{word}` takes no argument")
    if not re.fullmatch(r"[-+]?\d{1,6}", argument) or abs(int(argument)) > FARTHEST[word]:
        raise ValueError(
            f"`{word}` takes a whole number up to {FARTHEST[word]:,}, not `{argument}`"
        )
    return Symbol(word, int(argument))


def symbols_in(text: str) -> tuple[Symbol, ...]:
    """The symbols of a text in which each is in its one spelling, in their order."""
    found = (symbol_of(match[0][2:-2].strip()) for match in SYMBOL.finditer(text))
    return tuple(symbol for symbol in found if symbol is not None)


def as_value(text: str) -> bool | int | float | str:
    """What a text stands for where it is the whole of a value: `10`, `1.5`, `true`, or itself."""
    if text in ("true", "false"):
        return text == "true"
    if not NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _variable(text: str) -> Symbol:
    """`env:VAR`, `env:VAR|default`, `env(VAR)` and `env(VAR, default)`."""
    called = not text.startswith("env:")
    if called and not text.endswith(")"):
        raise ValueError("`env(` is not closed")
    match = ENV.fullmatch(text[:-1].rstrip() if called else text)
    if match is None or (match[3] == "," and not called):
        raise ValueError("`env` takes the name of a variable, and a default after `|`")
    default = match[4]
    if called and default is not None:
        default = _unquoted(default.strip())
    return Symbol("env", name=match[2], default=None if default is None else default.strip())


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text
