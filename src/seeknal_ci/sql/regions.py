"""Which part of an SQL text is code, and which is in quotes or in a comment."""

from __future__ import annotations

import re
from enum import StrEnum


class Region(StrEnum):
    """What the characters at some point of an SQL text are part of."""

    CODE = "code"
    TEXT = "a text in quotes"
    ESCAPED = "a text in quotes after E"
    DOLLARS = "a text between dollars"
    NAME = "a name in quotes"
    LINE = "a comment"
    BLOCK = "a comment between /* and */"


# What ends a region, or stands in it and is looked for: a template, or `$word` in code. Comments
# of DuckDB 2.0 and PostgreSQL may hold comments.
MARKS = {
    Region.CODE: re.compile(
        r"""(?<!\w)[eE]'|'|"|--|/\*|(?<!\w)\$(?:[A-Za-z_]\w*)?\$|\{[{%#]|(?<!\w)\$[A-Za-z_]\w*"""
    ),
    Region.TEXT: re.compile(r"''|'|\{\{"),
    Region.ESCAPED: re.compile(r"\\.|''|'|\{\{", re.DOTALL),
    Region.NAME: re.compile(r'""|"|\{\{'),
    Region.LINE: re.compile(r"\n"),
    Region.BLOCK: re.compile(r"/\*|\*/"),
}
OPENED = {
    "'": Region.TEXT,
    '"': Region.NAME,
    "--": Region.LINE,
    "/*": Region.BLOCK,
}


class Reader:
    """Reads SQL from its beginning, in as many parts as there are, and knows where it is."""

    def __init__(self) -> None:
        self.region = Region.CODE
        self._tag = ""
        self._depth = 0

    @property
    def state(self) -> tuple[Region, str, int]:
        """All that decides how the next character is read."""
        return self.region, self._tag, self._depth

    def close_line(self) -> None:
        """Go on as after the line end that was put behind a comment."""
        if self.region is Region.LINE:
            self.region = Region.CODE

    def find(self, text: str, start: int) -> re.Match[str] | None:
        """The next `{{` from `start` on that is in no comment, or `{%`, `{#` or `$word` in code.

        All text up to it has then been read.
        """
        while (match := self._marks().search(text, start)) is not None:
            mark = match[0]
            if mark in ("{{", "{%", "{#") or (mark[0] == "$" and not mark.endswith("$")):
                return match
            self._pass(mark)
            start = match.end()
        return None

    def _marks(self) -> re.Pattern[str]:
        if self.region is Region.DOLLARS:
            return re.compile(rf"{re.escape(self._tag)}|\{{\{{")
        return MARKS[self.region]

    def _pass(self, mark: str) -> None:
        if self.region is Region.CODE:
            self._open(mark)
        elif self.region is Region.BLOCK:
            self._depth += 1 if mark == "/*" else -1
            if not self._depth:
                self.region = Region.CODE
        elif mark in ("'", '"', "\n", self._tag):
            self.region, self._tag = Region.CODE, ""

    def _open(self, mark: str) -> None:
        if mark in OPENED:
            self.region = OPENED[mark]
            self._depth = int(mark == "/*")
        elif mark.startswith("$"):
            self.region, self._tag = Region.DOLLARS, mark
        else:
            self.region = Region.ESCAPED
