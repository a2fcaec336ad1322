"""The few colours of the terminal; a colour only ever repeats what a word says."""

from __future__ import annotations

from dataclasses import dataclass

from seeknal_ci.model.category import Category

RULE = "=" * 60


@dataclass(frozen=True, slots=True)
class Palette:
    """Paints text where `color` is true, and leaves it as it is elsewhere."""

    color: bool

    def bad(self, text: str) -> str:
        """What stops somebody."""
        return self._paint("1;31", text)

    def caution(self, text: str) -> str:
        """What somebody should look at."""
        return self._paint("33", text)

    def good(self, text: str) -> str:
        """What went well."""
        return self._paint("32", text)

    def strong(self, text: str) -> str:
        """A title, or a name to find at a glance."""
        return self._paint("1", text)

    def faint(self, text: str) -> str:
        """What only some readers want."""
        return self._paint("2", text)

    def category(self, category: Category) -> str:
        """The category's own word."""
        paint = {
            Category.BREAKING: self.bad,
            Category.NON_BREAKING: self.caution,
            Category.METADATA: self.faint,
        }[category]
        return paint(str(category))

    def title(self, text: str) -> list[str]:
        """A heading over a double line."""
        return [self.strong(text), RULE]

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color else text
