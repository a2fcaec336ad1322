"""What the symbols of a project stand for in one run: one day, one machine, one run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.template import SYMBOL, Symbol, symbol_of, symbols_in

HIDDEN = "***"


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one run. `day` is a date of UTC; `environ` may hold secrets."""

    day: date = field(default_factory=_today)
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    run_id: str = ""

    def of(self, symbol: Symbol) -> str | None:
        """A symbol's value; None for a variable that is not set and has no default."""
        if symbol.word == "env":
            return self.environ.get(symbol.name, symbol.default)
        if symbol.word == "run_id":
            return self.run_id
        return _date(symbol, self.day).isoformat()

    def missing(self, symbol: Symbol) -> bool:
        """True for a variable that is not set and has no default."""
        return self.of(symbol) is None

    def filled(self, text: str, *, public: bool = False) -> str:
        """The text with its symbols' values; `public` leaves out those of the environment.

        Raises SeeknalCiError for a variable that is not set.
        """

        def value(match: re.Match[str]) -> str:
            symbol = symbol_of(match[0][2:-2])
            assert symbol is not None, "the pattern finds nothing but symbols"
            return match[0] if public and symbol.word == "env" else self.required(symbol)

        return SYMBOL.sub(value, text)

    def required(self, symbol: Symbol) -> str:
        """A symbol's value. Raises SeeknalCiError for a variable that is not set."""
        value = self.of(symbol)
        if value is None:
            raise SeeknalCiError(
                f"the environment variable {symbol.name} is not set",
                fix=f"set {symbol.name}, or give a default: {{{{ env:{symbol.name}|… }}}}",
            )
        return value

    def stamps(self, texts: Iterable[str]) -> list[list[str | None]]:
        """What the symbols of some texts stand for, so that other values make another build.

        Dates are as they are, the environment's values hashed. A run's id is in no stamp: rows
        keep the id of the run that made them.
        """
        found = {str(symbol): symbol for text in texts for symbol in symbols_in(text)}
        return [
            [text, self._stamp(symbol)]
            for text, symbol in sorted(found.items())
            if symbol.word != "run_id"
        ]

    def _stamp(self, symbol: Symbol) -> str | None:
        value = self.of(symbol)
        if value is None or symbol.word != "env":
            return value
        return hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()

    def hidden(self, text: str, symbols: Iterable[Symbol]) -> str:
        """The text without what the environment gave for these symbols."""
        values = {self.environ.get(s.name, "") for s in symbols if s.word == "env"}
        for value in sorted(values - {""}, key=lambda value: (-len(value), value)):
            for spelling in _spellings(value):
                text = _without(text, spelling)
        return text


def _date(symbol: Symbol, day: date) -> date:
    if symbol.word == "year_start":
        return date(day.year + symbol.offset, 1, 1)
    if symbol.word == "month_start":
        years, month = divmod(day.month - 1 + symbol.offset, 12)
        return date(day.year + years, month + 1, 1)
    return day + timedelta(days=symbol.offset)


def _spellings(value: str) -> tuple[str, ...]:
    """How a value may be written in what an engine says of a statement."""
    plain = (value, " ".join(value.split()), value.replace("'", "''"), value.encode(
        "unicode_escape", "surrogateescape"
    ).decode("ascii"))  # fmt: skip
    return tuple(sorted({text for text in plain if text}, key=lambda text: (-len(text), text)))


def _without(text: str, secret: str) -> str:
    """The text without a secret, nor with the beginning of one where it was cut short."""
    text = text.replace(secret, HIDDEN)
    if not text.endswith("…"):
        return text
    for length in range(len(secret) - 1, 0, -1):
        if text.endswith(f"{secret[:length]}…"):
            return f"{text[: -length - 1]}{HIDDEN}…"
    return text
